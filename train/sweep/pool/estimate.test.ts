import { expect, test } from 'vitest'
import { parseId } from '../../../models/ids.ts'
import { configure } from '../../fit/choices.ts'
import { defaultChoices } from '../../fit/run-options.ts'
import { costRate, epochCost, secondsLeft } from '../plan/cost.ts'
import { type Job, jobCost } from '../plan/plan.ts'
import { estimateTime } from './estimate.ts'

function job(epochs: number, id = 'mnist-vae-l2-z2'): Job {
  const choices = { ...defaultChoices(), data: 'mnist', epochs }
  const configuration = configure(parseId(id), choices, { height: 28, width: 28 })
  return { name: id, run: `${id}-fold0-seed1`, configuration, images: 54_000 }
}

test('costRate without finished work gives the two-layer VAE 54,000 / 8,500 seconds an epoch', () => {
  const { configuration, images } = job(40)
  expect(epochCost(configuration, images) / costRate([])).toBeCloseTo(54_000 / 8_500, 9)
})

test('secondsLeft starts each run on the first free worker', () => {
  // 5 | 3 then 3: the second worker is done last, after 6 units at 2 a second.
  expect(secondsLeft([5, 3, 3], 2, 2)).toBe(3)
  expect(secondsLeft([5, 3, 3], 1, 2)).toBe(5.5)
  expect(secondsLeft([], 2, 2)).toBe(0)
})

test('estimateTime follows the speed of the runs', () => {
  const jobs = [job(10), job(10), job(20)]
  const clock = { now: 0 }
  const begun = (j: Job) => (j === jobs[1] ? 0.5 : 0)
  const estimate = estimateTime(jobs, begun, 2, [], () => clock.now)
  estimate.start(jobs[0])
  estimate.start(jobs[1])
  estimate.advance(jobs[0], 0)
  estimate.advance(jobs[1], 0.5)
  // Both runs take ten seconds an epoch: 9 and 4 of their epochs are left, and then the 20 of the third run, on the
  // second worker.
  clock.now = 10_000
  estimate.advance(jobs[0], 0.1)
  estimate.advance(jobs[1], 0.6)
  expect(estimate.left()).toBeCloseTo(240, 6)
  clock.now = 50_000
  estimate.advance(jobs[0], 0.5)
  estimate.advance(jobs[1], 1)
  estimate.end(jobs[1])
  estimate.start(jobs[2])
  expect(estimate.left()).toBeCloseTo(200, 6)
})

test('estimateTime starts with the speed of earlier work', () => {
  const [first] = [job(10)]
  const done = [{ cost: jobCost(first), seconds: 700 }]
  expect(estimateTime([first], () => 0, 2, done).left()).toBeCloseTo(700, 6)
})
