import type { Result } from '../../models/paper/result.ts'

const NAMES: Readonly<Record<string, string>> = {
  'optimization.epochs': 'epochs',
  'optimization.batch': 'batch size',
  'optimization.learningRate': 'learning rate',
  'optimization.schedule': 'schedule',
  'optimization.warmup': 'epochs of learning-rate warm-up',
  'optimization.betaWarmup': 'epochs of β warm-up',
  'optimization.patience': 'epochs of patience',
  'optimization.keep': 'weights kept',
  'objective.samples': 'Monte Carlo samples',
  'objective.reconstruction': 'trained on',
  'data.split': 'split',
  'prior.mean': "prior's mean",
  'prior.variance': "prior's variance",
}

/**
 * The settings in which a configuration differs from another, in words: `epochs 200 (not 20), schedule constant (not
 * cosine)`. The value of a setting that one of them lacks is `none`.
 */
export function describeDifferences(usual: Result['configuration'], other: Result['configuration']): string {
  const before = new Map(leaves(usual))
  const now = new Map(leaves(other))
  return [...new Set([...now.keys(), ...before.keys()])]
    .filter(path => now.get(path) !== before.get(path) && path !== 'data.fold' && path !== 'id')
    .map(path => `${NAMES[path] ?? path} ${now.get(path) ?? 'none'} (not ${before.get(path) ?? 'none'})`)
    .join(', ')
}

/** The settings and their values as text, those of nested settings by their path: `optimization.epochs`. */
function leaves(settings: object, path = ''): [string, string][] {
  return Object.entries(settings).flatMap(([key, value]) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? leaves(value, `${path}${key}.`)
      : [[`${path}${key}`, String(value)] as [string, string]],
  )
}
