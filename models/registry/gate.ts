import type { Card, Metric } from '../card.ts'
import { checkJudgement, compareJudgements, type Judged } from './compare-judgements.ts'
import type { Finding } from './finding.ts'
import { comparePaired } from './paired-test.ts'

/** A version's losses on a test set, measured by the gate on the version's files. */
export interface Measured {
  /** SHA-256 of the set of test images. */
  testSet: string
  images: number
  /** By image, at z = mu: means over pixels and, for a VAE, the KL term in nats. */
  losses: { bce: Float64Array; mse: Float64Array; l1: Float64Array; kl?: Float64Array }
  /** Latent dimensions whose mu varies by more than 0.01. */
  activeUnits: number
  /**
   * Mean squared error between images and the reconstructions of other images. It equals that of their own
   * reconstructions if the latent carries no information.
   */
  shuffledMse: number
  /** By image, whether the version was trained on it; absent where its training images are not known. */
  isTrained?: readonly boolean[]
}

/** A version as the gate sees it. */
export interface Contender extends Judged {
  /** Measurements by test set: first that of its own data, then that of the data of the version it would replace. */
  measured: readonly Measured[]
}

/** The limits of the gate. */
export const GATE = {
  /** Largest absolute difference of a runtime's outputs from TF.js's, by weight precision. */
  parity: { fp32: 1e-3, fp16: 2e-2, int8: 5e-1 },
  /** Runtimes that must have been compared: those that answer on the server and in the browser. */
  runtimes: ['onnxruntime-node', 'onnxruntime-web', 'typescript'],
  /** Percent by which a test metric may be worse than that of the version replaced, and than that of the floor. */
  tolerance: 2,
  /** Largest relative difference between a card's metric and the one measured: float32 sums in another order. */
  card: 1e-3,
  /** Share of the test images that neither version may have been trained on, at least. */
  untouched: 0.5,
  /** Least ratio of the error of other images' reconstructions to that of an image's own. */
  shuffled: 1.001,
} as const

/** Metrics that measure how good a model is; kl alone does not. */
const JUDGED = { bce: 'lower', mse: 'lower', l1: 'lower', elbo: 'higher' } as const

/**
 * Checks a version before it answers:
 *
 * - parity of runtimes, as its card states it;
 * - that it is comparable with the version it replaces: data, shape, class names, kind, latent size and prior;
 * - that its card's figures are those measured on its files, those of a judge included;
 * - that the stable version's objective is not worse on test images than the stable version's own, by more than
 *   `tolerance` percent and beyond chance, nor than that of the floor, so that small losses do not add up;
 * - that it has not collapsed: no fewer active dimensions than before, some at all, and reconstructions that are nearer
 *   to their own images than to others;
 * - that the judge of its data finds its samples no worse than those of the version it replaces (`SAMPLES_TOLERANCE`).
 *
 * Versions are compared on every test set that both were measured on, by the images that neither was trained on. Where
 * there is no such set, the figures of their cards are compared.
 *
 * @param stable the version that answers now; undefined for a first version
 * @param floor the version that no later one may be much worse than; it does not move with promotions
 */
export function judge(
  candidate: Contender,
  stable: Contender | undefined,
  floor?: Contender,
  tolerance: number = GATE.tolerance,
): Finding[] {
  const findings = [
    ...judgeParity(candidate.card),
    ...judgeCard(candidate),
    ...checkJudgement(candidate),
    ...judgeMeasuredCollapse(candidate),
  ]
  if (!stable) return findings
  const differing = incomparable(candidate.card, stable.card)
  if (differing.length > 0) {
    return [...findings, ...differing.map(says => ({ check: 'comparable' as const, passed: false, says }))]
  }
  findings.push(...judgeMetrics('metric', candidate, stable, tolerance))
  if (floor && floor.card.version !== stable.card.version) {
    findings.push(...judgeMetrics('floor', candidate, floor, tolerance))
  }
  return [...findings, ...judgeCollapse(candidate, stable), ...compareJudgements(candidate, stable)]
}

function judgeParity({ parity, precision }: Card): Finding[] {
  const allowed = GATE.parity[precision]
  return GATE.runtimes.map(runtime => {
    const got: number | undefined = parity.maxAbsDifference[runtime]
    return {
      check: 'parity',
      passed: got !== undefined && got <= allowed,
      says: `${runtime}: expected at most ${allowed} from TF.js (${precision}), got ${got?.toPrecision(3) ?? 'no comparison'}`,
    }
  })
}

/**
 * Reasons, a line each, why clients of the replaced version cannot be served by this one or the two cannot be compared.
 */
function incomparable(card: Card, replaced: Card): string[] {
  const lines: string[] = []
  const compare = (what: string, of: (card: Card) => string) => {
    if (of(card) === of(replaced)) return
    lines.push(
      `${what}: expected ${of(replaced)}, as clients of ${replaced.version} know it, got ${of(card)}`,
    )
  }
  compare('data', ({ dataset }) => dataset.name)
  compare('size', ({ dataset }) => `${dataset.height}×${dataset.width}`)
  compare('classes', ({ dataset }) => dataset.classes.join(', ') || 'none')
  compare('kind', ({ architecture }) => `${architecture.classes ? 'conditional ' : ''}${architecture.kind}`)
  compare('latent', ({ architecture }) => `${architecture.latentDim} dimensions`)
  compare('prior', ({ prior }) => `mean ${prior.mean.join(' ')}, variance ${prior.variance.join(' ')}`)
  return lines
}

/** A card's figures beside those measured on the same images. */
function judgeCard({ card, measured }: Contender): Finding[] {
  const [own] = measured
  if (!own || card.training.pixels === 'binarized') return []
  const means = meansOf(own)
  return testMetrics(card).flatMap(({ name, latent, images, value }) => {
    const got = latent === 'mu' && images === own.images ? means[name] : undefined
    if (got === undefined || typeof value !== 'number') return []
    const says = `test ${name} at z mu: expected ${got.toPrecision(5)}, as measured on its files, got ${value.toPrecision(5)} in its card`
    return [
      {
        check: 'measured',
        passed: Math.abs(got - value) <= GATE.card * Math.abs(got),
        says,
      } satisfies Finding,
    ]
  })
}

function meansOf({ losses, activeUnits }: Measured): Partial<Record<Metric['name'], number>> {
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length
  const { bce, mse, l1 } = losses
  return { bce: mean(bce), mse: mean(mse), l1: mean(l1), activeUnits }
}

function judgeMetrics(
  check: 'metric' | 'floor',
  now: Contender,
  before: Contender,
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
  now: Measured,
  before: Measured,
  { objective, architecture, version }: Card,
  tolerance: number,
): Finding[] {
  const { reconstruction, beta } = objective
  const isTouched = (i: number) => now.isTrained?.[i] === true || before.isTrained?.[i] === true
  const objectiveOf = ({ losses }: Measured) =>
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
  const told = `${Math.abs(percentWorse).toFixed(2)}% ${percentWorse > 0 ? 'worse' : 'better'}${chance}`
  const kl = beta > 0 ? ` + ${beta === 1 ? '' : `${beta}·`}kl` : ''
  const of = check === 'floor' ? ` of the floor ${version}` : ''
  return [
    {
      check,
      passed: !(worse && significant),
      says: `test ${reconstruction}${kl} in nats over ${compared} images: expected at most ${tolerance}% worse than ${means.before.toPrecision(5)}${of}, got ${means.now.toPrecision(5)} (${told})`,
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
    const told = `${Math.abs(change).toFixed(2)}% ${change > 0 ? 'worse' : 'better'}`
    return {
      check,
      // Not the negation of `change > tolerance`: NaN must not pass.
      passed: change <= tolerance,
      says: `test ${metric.name} at z ${metric.latent}: expected at most ${tolerance}% worse than ${old.toPrecision(5)}, got ${metric.value.toPrecision(5)} (${told})`,
    } satisfies Finding
  })
}

/** Checks that the latent space carries information, also if there is no version to compare with. */
function judgeMeasuredCollapse({ measured }: Contender): Finding[] {
  const [own] = measured
  if (!own) return []
  const mse = meansOf(own).mse as number
  return [
    {
      check: 'collapse',
      passed: own.activeUnits > 0,
      says: `active latent dimensions: expected at least 1, got ${own.activeUnits}`,
    },
    {
      check: 'collapse',
      passed: own.shuffledMse > GATE.shuffled * mse,
      says: `test mse: expected it below ${own.shuffledMse.toPrecision(5)}, that of reconstructions of other images, got ${mse.toPrecision(5)}`,
    },
  ]
}

function judgeCollapse(now: Contender, before: Contender): Finding[] {
  const collapsed = ({ card, measured }: Contender) => {
    const active =
      measured[0]?.activeUnits ?? testMetrics(card).find(({ name }) => name === 'activeUnits')?.value
    return typeof active === 'number' ? card.architecture.latentDim - active : undefined
  }
  const [here, there] = [collapsed(now), collapsed(before)]
  if (here === undefined || there === undefined) return []
  const says = `collapsed latent dimensions: expected at most ${there}, as before, got ${here}`
  return [{ check: 'collapse', passed: here <= there, says }]
}

function testMetrics(card: Card): Metric[] {
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
