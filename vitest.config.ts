import { defineConfig } from 'vitest/config'
import SystemsFirst from './test/support/sequence.ts'

export default defineConfig({
  test: {
    include: ['{models,export,train,edge,web,test}/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: SystemsFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/support/summary.ts'],
  },
})
