import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** A vitest sequencer that runs the slowest files first: one started last would run alone while the other core is idle. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const weight = ({ moduleId }: TestSpecification) => {
      if (/\/test\/(web|versions|edge)\//.test(moduleId)) return 2
      return moduleId.includes('/test/') || moduleId.endsWith('.system.test.ts') ? 1 : 0
    }
    return (await super.sort(files)).toSorted((a, b) => weight(b) - weight(a))
  }
}
