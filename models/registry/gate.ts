import type { Card, Metric } from '../card.ts'

/** One thing a version is held against before it may answer. */
export interface Finding {
  check: 'parity' | 'comparable' | 'metric' | 'collapse'
  passed: boolean
  /** What was expected and what came, for a person. */
  says: string
}

/** What a version is held to. */
export const GATE = {
  /** Largest absolute difference of a runtime's outputs from TF.js's, by weight precision. */
  parity: { fp32: 1e-3, fp16: 2e-2, int8: 5e-1 },
  /** Runtimes that must have been compared: those that answer on the server and in the browser. */
  runtimes: ['onnxruntime-node', 'onnxruntime-web', 'typescript'],
  /** Percent by which a test metric may be worse than that of the version replaced. */
  tolerance: 2,
} as const

/** Metrics that say how good a model is; kl alone says nothing of that. */
const JUDGED = { bce: 'lower', mse: 'lower', l1: 'lower', elbo: 'higher' } as const

/**
 * Holds a version against what it would replace: parity of runtimes, metrics of the test split within `tolerance`
 * percent, no more collapsed latent dimensions than before (those whose mean hardly moves: see Metric activeUnits).
 *
 * @param replaced the version that answers now; without one, only parity can be judged
 */
export function judge(card: Card, replaced: Card | undefined, tolerance: number = GATE.tolerance): Finding[] {
  const findings = judgeParity(card)
  if (!replaced) return findings
  const differing = incomparable(card, replaced)
  if (differing) return [...findings, { check: 'comparable', passed: false, says: differing }]
  const metrics = judgeMetrics(card, replaced, tolerance)
  if (metrics.length === 0) {
    const says = `expected a test metric that ${card.version} and ${replaced.version} both have, found none`
    findings.push({ check: 'comparable', passed: false, says })
  }
  return [...findings, ...metrics, ...judgeCollapse(card, replaced)]
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

function incomparable(card: Card, replaced: Card): string | undefined {
  const of = ({ dataset, architecture }: Card) =>
    `${dataset.name}, ${dataset.height}×${dataset.width}, ${dataset.classes.length} classes, ${architecture.latentDim} latent dimensions`
  if (of(card) === of(replaced)) return undefined
  return `expected ${of(replaced)}, as clients of ${replaced.version} know it, got ${of(card)}`
}

function judgeMetrics(card: Card, replaced: Card, tolerance: number): Finding[] {
  return testMetrics(card).flatMap(metric => {
    const better = JUDGED[metric.name as keyof typeof JUDGED]
    const old = better && findMetric(replaced, metric)
    if (typeof metric.value !== 'number' || typeof old !== 'number') return []
    const worse = better === 'lower' ? metric.value - old : old - metric.value
    const change = (100 * worse) / Math.abs(old)
    const told = `${Math.abs(change).toFixed(2)}% ${change > 0 ? 'worse' : 'better'}`
    return {
      check: 'metric',
      // Not `change <= tolerance` negated: what is no number must not pass.
      passed: change <= tolerance,
      says: `test ${metric.name} at z ${metric.latent}: expected at most ${tolerance}% worse than ${old.toPrecision(5)}, got ${metric.value.toPrecision(5)} (${told})`,
    } satisfies Finding
  })
}

function judgeCollapse(card: Card, replaced: Card): Finding[] {
  const collapsed = (of: Card) => {
    const active = testMetrics(of).find(metric => metric.name === 'activeUnits')?.value
    return typeof active === 'number' ? of.architecture.latentDim - active : undefined
  }
  const [now, before] = [collapsed(card), collapsed(replaced)]
  if (now === undefined || before === undefined) return []
  const says = `collapsed latent dimensions: expected at most ${before}, as before, got ${now}`
  return [{ check: 'collapse', passed: now <= before, says }]
}

function testMetrics(card: Card): Metric[] {
  return card.metrics.filter(({ split }) => split === 'test')
}

/** The value of a metric that may be compared with `like`: the same but for its value. */
export function findMetric(card: Card, like: Metric): Metric['value'] | undefined {
  return card.metrics.find(
    ({ name, unit, split, images, latent }) =>
      name === like.name &&
      unit === like.unit &&
      split === like.split &&
      images === like.images &&
      latent === like.latent,
  )?.value
}
