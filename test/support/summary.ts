import type { Reporter, TestModule } from 'vitest/node'

/**
 * A vitest reporter that closes the run with one plain line, "N passed, N failed, N skipped": counts of test cases,
 * and of files that failed before any case of theirs ran.
 */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      let cases = 0
      for (const test of module.children.allTests()) {
        count[test.result().state]++
        cases++
      }
      if (cases === 0 && !module.ok()) count.failed++
    }
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped`)
  }
}
