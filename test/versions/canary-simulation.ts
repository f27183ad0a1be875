/*
 * Simulated canaries, with a look after every pair of requests:
 *
 *   node test/versions/canary-simulation.ts
 *
 * Prints how many of 1,000 canaries as good as the stable version are rolled back, and how many of 200 with a planted
 * regression, after how many pairs. Takes about a minute.
 */
import { TRIAL_ALPHA } from '../../models/registry/canary-trial.ts'
import { type Effects, MOST, simulateTrial } from '../../models/registry/testing/simulate-canary.ts'

const CANARIES: [what: string, runs: number, effects: Effects][] = [
  ['as good', 1000, {}],
  ['3% worse in quality', 200, { quality: 1.03 }],
  ['20% slower', 200, { latency: 1.2 }],
  ['1% of requests fail', 200, { errors: 0.01 }],
]

console.log(
  `at most ${100 * TRIAL_ALPHA}% of canaries as good may be rolled back; undecided after ${MOST} pairs\n`,
)
const rows = CANARIES.map(([what, runs, effects], kind) => {
  const trials = Array.from({ length: runs }, (_, i) => simulateTrial(10_000 * kind + i, effects))
  const of = (verdict: string) => trials.filter(trial => trial.verdict === verdict)
  const expected = kind === 0 ? 'promote' : 'rollback'
  const pairs = of(expected)
    .map(trial => trial.pairs)
    .sort((a, b) => a - b)
  return {
    canary: what,
    runs,
    'rolled back': of('rollback').length,
    promoted: of('promote').length,
    undecided: of('undecided').length,
    'pairs, median': pairs[pairs.length >> 1],
    'pairs, 9 of 10': pairs[Math.floor(pairs.length * 0.9)],
  }
})
console.table(rows)
