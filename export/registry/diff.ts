import type { Card } from '../../models/card.ts'
import { findMetric } from '../../models/registry/compare-metrics.ts'

/** A field in which two versions differ; `change` is that from a to b in percent, where both are numbers. */
export interface Difference {
  field: string
  a: string
  b: string
  change?: string
}

/** Fields that are compared one by one; latent statistics differ between any two versions. */
const FIELDS = [
  'id',
  'version',
  'architecture',
  'parameters',
  'objective',
  'prior',
  'dataset',
  'training',
  'opset',
  'precision',
  'parity',
] as const

/** The differences between two versions: training, sizes, metrics, and parity of runtimes. */
export function diffCards(a: Card, b: Card): Difference[] {
  const [fields, others] = [FIELDS.map(field => [field, a[field]]), FIELDS.map(field => [field, b[field]])]
  const [left, right] = [flatten(Object.fromEntries(fields)), flatten(Object.fromEntries(others))]
  const differences: Difference[] = []
  for (const field of new Set([...Object.keys(left), ...Object.keys(right)])) {
    if (left[field] !== right[field]) differences.push(compare(field, left[field], right[field]))
  }
  for (const part of ['encoder', 'decoder', 'latents'] as const) {
    const [before, after] = [a.files[part], b.files[part]]
    if (before.bytes !== after.bytes) differences.push(compare(`${part}, bytes`, before.bytes, after.bytes))
    else if (before.sha256 !== after.sha256) {
      differences.push({ field: part, a: before.sha256.slice(0, 12), b: after.sha256.slice(0, 12) })
    }
  }
  return [...differences, ...diffMetrics(a, b)]
}

function diffMetrics(a: Card, b: Card): Difference[] {
  const name = (m: Card['metrics'][number]) => `${m.split} ${m.name} at z ${m.latent}`
  const shared = a.metrics.flatMap(metric => {
    const other = findMetric(b, metric)
    if (other === undefined) return [{ field: name(metric), a: show(metric.value), b: 'not measured alike' }]
    return show(other) === show(metric.value) ? [] : [compare(name(metric), metric.value, other)]
  })
  const added = b.metrics.filter(metric => findMetric(a, metric) === undefined)
  return [
    ...shared,
    ...added.map(metric => ({ field: name(metric), a: 'not measured alike', b: show(metric.value) })),
  ]
}

function compare(field: string, a: unknown, b: unknown): Difference {
  const difference = { field, a: show(a), b: show(b) }
  if (typeof a !== 'number' || typeof b !== 'number' || a === 0) return difference
  const percent = (100 * (b - a)) / Math.abs(a)
  return { ...difference, change: `${percent > 0 ? '+' : ''}${percent.toFixed(2)}%` }
}

function show(value: unknown): string {
  if (value === undefined) return 'none'
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toPrecision(6)
  if (Array.isArray(value)) return value.map(show).join(' ')
  return String(value)
}

/** Nested objects as one level: `objective.beta`; lists of plain values as one text. */
function flatten(value: object, path = ''): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const name = path ? `${path}.${key}` : key
      if (Array.isArray(inner)) return [[name, inner.join(' ')]]
      return inner !== null && typeof inner === 'object'
        ? Object.entries(flatten(inner, name))
        : [[name, inner]]
    }),
  )
}
