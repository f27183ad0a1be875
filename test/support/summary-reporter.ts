import type { Reporter, TestModule } from 'vitest/node'

/**
 * A vitest reporter that ends the run with the line "N passed, N failed, N skipped". It counts tests, and files that
 * failed before any of their tests ran.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      let tests = 0
      for (const test of module.children.allTests()) {
        count[test.result().state]++
        tests++
      }
      if (tests === 0 && !module.ok()) count.failed++
    }
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped`)
  }
}
