import type { Card, Metric } from '../card.ts'
import { checkJudgement, compareJudgements } from './compare-judgements.ts'
import { compareMetrics, testMetrics } from './compare-metrics.ts'
import type { Finding } from './finding.ts'
import { GATE, type MeasuredVersion, type TestMeasurement } from './measured-version.ts'

/**
 * Checks a version before it answers:
 *
 * - parity of runtimes, as its card states it;
 * - that it is comparable with the version it replaces: data, shape, class names, kind, latent size and prior;
 * - that most of its test images are new to it, and its card's figures are those measured on its files, those of a judge included;
 * - that its loss on test images, by the stable version's objective, is not worse than the stable version's by more than
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
export function checkGate(
  candidate: MeasuredVersion,
  stable: MeasuredVersion | undefined,
  floor?: MeasuredVersion,
  tolerance: number = GATE.tolerance,
): Finding[] {
  const findings = [
    ...checkParity(candidate.card),
    ...checkTestImages(candidate),
    ...checkCard(candidate),
    ...checkJudgement(candidate),
    ...checkMeasuredCollapse(candidate),
  ]
  if (!stable) return findings
  const differing = incomparable(candidate.card, stable.card)
  if (differing.length > 0) {
    return [...findings, ...differing.map(says => ({ check: 'comparable' as const, passed: false, says }))]
  }
  findings.push(...compareMetrics('metric', candidate, stable, tolerance))
  if (floor && floor.card.version !== stable.card.version) {
    findings.push(...compareMetrics('floor', candidate, floor, tolerance))
  }
  return [...findings, ...checkCollapse(candidate, stable), ...compareJudgements(candidate, stable)]
}

function checkParity({ parity, precision }: Card): Finding[] {
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
function checkCard({ card, measured }: MeasuredVersion): Finding[] {
  const [own] = measured
  if (!own || card.training.pixels === 'binarized') return []
  const means = meansOf(own)
  return testMetrics(card).flatMap(({ name, latent, images, value }) => {
    const got = latent === 'mu' ? means[name] : undefined
    if (got === undefined || typeof value !== 'number') return []
    if (images !== own.images) {
      const says = `test ${name} at z mu: expected one over its ${own.images} test images, got one over ${images} in its card`
      return [{ check: 'measured', passed: false, says } satisfies Finding]
    }
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

/** Checks that most test images are new to the version. */
function checkTestImages({ measured: [own] }: MeasuredVersion): Finding[] {
  if (!own?.isTrained) return []
  const fresh = own.isTrained.filter(isTrained => !isTrained).length
  const says = `test images that are not among its training images: expected at least half of ${own.images}, got ${fresh}`
  return [{ check: 'measured', passed: fresh >= GATE.untouched * own.images, says }]
}

function meansOf({ losses, activeUnits }: TestMeasurement): Partial<Record<Metric['name'], number>> {
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length
  const { bce, mse, l1 } = losses
  return { bce: mean(bce), mse: mean(mse), l1: mean(l1), activeUnits }
}

/** Checks that the latent space carries information, also if there is no version to compare with. */
function checkMeasuredCollapse({ measured }: MeasuredVersion): Finding[] {
  const [own] = measured
  // With a single image, no dimension varies and there is no reconstruction of another image.
  if (!own || own.images < 2) return []
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

function checkCollapse(now: MeasuredVersion, before: MeasuredVersion): Finding[] {
  const collapsed = ({ card, measured }: MeasuredVersion) => {
    const active =
      measured[0]?.activeUnits ?? testMetrics(card).find(({ name }) => name === 'activeUnits')?.value
    return typeof active === 'number' ? card.architecture.latentDim - active : undefined
  }
  const [here, there] = [collapsed(now), collapsed(before)]
  if (here === undefined || there === undefined) return []
  const says = `collapsed latent dimensions: expected at most ${there}, as before, got ${here}`
  return [{ check: 'collapse', passed: here <= there, says }]
}
