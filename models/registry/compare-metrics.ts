import type { Card, Metric } from '../card.ts'
import type { Finding } from './finding.ts'
import { GATE, type MeasuredVersion, type TestMeasurement } from './measured-version.ts'
import { comparePaired } from './paired-test.ts'

/** Metrics that measure how good a model is; kl alone does not. */
const JUDGED = { bce: 'lower', mse: 'lower', l1: 'lower', elbo: 'higher' } as const

/** Compares two versions by the test sets that both were measured on, or else by the figures of their cards. */
export function compareMetrics(
  check: 'metric' | 'floor',
  now: MeasuredVersion,
  before: MeasuredVersion,
  tolerance: number,
): Finding[] {
  const shared = now.measured.flatMap(one => {
    const other = before.measured.find(({ testSet }) => testSet === one.testSet)
    return other ? compareMeasured(check, one, other, before.card, tolerance) : []
  })
  const findings = shared.length > 0 ? shared : compareCards(check, now.card, before.card, tolerance)
  if (findings.length > 0) return findings
  const says = `expected a test metric that ${now.card.version} and ${before.card.version} both have, found none`
  return [{ check: 'comparable', passed: false, says }]
}

/** Compares two versions by the objective that the earlier one was trained on, image by image. */
function compareMeasured(
  check: 'metric' | 'floor',
  now: TestMeasurement,
  before: TestMeasurement,
  { objective, architecture, version }: Card,
  tolerance: number,
): Finding[] {
  const { reconstruction, beta } = objective
  const isTouched = (i: number) => now.isTrained?.[i] === true || before.isTrained?.[i] === true
  const objectiveOf = ({ losses }: TestMeasurement) =>
    losses[reconstruction]
      .map((loss, i) => loss * architecture.inputDim + beta * (losses.kl?.[i] ?? 0))
      .filter((_, i) => !isTouched(i))
  const compared = objectiveOf(now).length
  if (compared < GATE.untouched * now.images) {
    const says = `expected at least half of ${now.images} test images to be new to both versions, got ${compared}: the others are among the training images of one of them`
    return [{ check: 'comparable', passed: false, says }]
  }
  const { percentWorse, significant, ...means } = comparePaired(
    objectiveOf(before),
    objectiveOf(now),
    tolerance,
  )
  const worse = !(percentWorse <= tolerance)
  const chance = worse && !significant ? ', which may be chance' : ''
  const difference = `${Math.abs(percentWorse).toFixed(2)}% ${percentWorse > 0 ? 'worse' : 'better'}${chance}`
  const kl = beta > 0 ? ` + ${beta === 1 ? '' : `${beta}·`}kl` : ''
  const of = check === 'floor' ? ` of the floor ${version}` : ''
  return [
    {
      check,
      passed: !(worse && significant),
      says: `test ${reconstruction}${kl} in nats over ${compared} images: expected at most ${tolerance}% worse than ${means.before.toPrecision(5)}${of}, got ${means.now.toPrecision(5)} (${difference})`,
    },
  ]
}

function compareCards(check: 'metric' | 'floor', card: Card, replaced: Card, tolerance: number): Finding[] {
  return testMetrics(card).flatMap(metric => {
    const better = JUDGED[metric.name as keyof typeof JUDGED]
    const old = better && findMetric(replaced, metric)
    if (typeof metric.value !== 'number' || typeof old !== 'number') return []
    const worse = better === 'lower' ? metric.value - old : old - metric.value
    const change = (100 * worse) / Math.abs(old)
    const difference = `${Math.abs(change).toFixed(2)}% ${change > 0 ? 'worse' : 'better'}`
    return {
      check,
      // Not the negation of `change > tolerance`: NaN must not pass.
      passed: change <= tolerance,
      says: `test ${metric.name} at z ${metric.latent}: expected at most ${tolerance}% worse than ${old.toPrecision(5)}, got ${metric.value.toPrecision(5)} (${difference})`,
    } satisfies Finding
  })
}

/** A card's test metrics. */
export function testMetrics(card: Card): Metric[] {
  return card.metrics.filter(({ split }) => split === 'test')
}

/** The value of the metric that agrees with `like` in all fields but the value. */
export function findMetric(card: Card, like: Metric): Metric['value'] | undefined {
  return card.metrics.find(
    ({ name, unit, split, images, latent, pixels }) =>
      name === like.name &&
      unit === like.unit &&
      split === like.split &&
      images === like.images &&
      latent === like.latent &&
      pixels === like.pixels,
  )?.value
}
