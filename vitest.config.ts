import { defineConfig } from 'vitest/config'
import LongestFirst from './test/support/longest-first.ts'

const BESIDE_CODE = '{models,export,train,edge,web}/**/*.test.ts'
const WHOLE_SYSTEMS = ['test/**/*.test.ts', '**/*.system.test.ts']
const SLOW = '**/*.slow.test.ts'
const NOT_OURS = ['**/node_modules/**', '**/dist/**']

/**
 * Three groups, by where a file stands and how it is named:
 *
 * - unit: beside the code; no browser, no workerd, no training run
 * - system: in test/, or named *.system.test.ts; starts browsers, servers and training runs
 * - slow: named *.slow.test.ts; only `npm run test:all` runs them
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: './test/support/made-once.ts',
    sequence: { sequencer: LongestFirst },
    reporters: ['default', './test/support/summary-reporter.ts'],
    // No test takes a minute on a quiet machine; a machine that is busy with other work may be ten times as slow.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // By default expect.poll gives up after one second.
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // A process serves many files, so that libraries such as TF.js are loaded once. Vitest still loads our own
          // modules anew for each file; what a test changes of a library or a global, it must set back.
          isolate: false,
          include: [BESIDE_CODE, 'test/layout/*.test.ts'],
          exclude: [...NOT_OURS, SLOW, '**/*.system.test.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'system', include: WHOLE_SYSTEMS, exclude: [...NOT_OURS, SLOW, 'test/layout/**'] },
      },
      { extends: true, test: { name: 'slow', include: [SLOW], exclude: NOT_OURS } },
    ],
  },
})
