import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Whole systems first: their tests take longest, and a long file begun last would leave the other cores idle. */
export default class SystemsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const whole = ({ moduleId }: TestSpecification) => moduleId.includes('/test/')
    const slow = (file: TestSpecification) => /\/test\/(web|versions|edge)\//.test(file.moduleId)
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => Number(slow(b)) - Number(slow(a)) || Number(whole(b)) - Number(whole(a)))
  }
}
