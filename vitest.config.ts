import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{models,export,train,edge,web,test}/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/summary.ts'],
  },
})
