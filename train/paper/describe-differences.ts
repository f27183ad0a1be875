import type { Result } from '../../models/paper/result.ts'

const NAMES: Readonly<Record<string, string>> = {
  'optimization.epochs': 'epochs',
  'optimization.batch': 'images a step',
  'optimization.learningRate': 'learning rate',
  'optimization.schedule': 'schedule',
  'optimization.warmup': 'warm-up of the rate, epochs',
  'optimization.betaWarmup': 'warm-up of beta, epochs',
  'optimization.patience': 'patience, epochs',
  'optimization.keep': 'weights kept',
  'objective.samples': 'Monte Carlo samples',
  'objective.reconstruction': 'trained on',
  'data.split': 'split',
  'prior.mean': "prior's mean",
  'prior.variance': "prior's variance",
}

/** The settings in which a configuration differs from another, in words: `epochs 200 (not 20), schedule constant (not cosine)`. */
export function describeDifferences(usual: Result['configuration'], other: Result['configuration']): string {
  const before = leaves(usual)
  return [...leaves(other)]
    .filter(([path, value]) => before.get(path) !== value && path !== 'data.fold' && path !== 'id')
    .map(([path, value]) => `${NAMES[path] ?? path} ${value} (not ${before.get(path)})`)
    .join(', ')
}

function leaves(configuration: Result['configuration']): Map<string, string> {
  return new Map(
    Object.entries(configuration).flatMap(([group, value]) =>
      value && typeof value === 'object'
        ? Object.entries(value).map(([key, leaf]) => [`${group}.${key}`, String(leaf)] as const)
        : [[group, String(value)] as const],
    ),
  )
}
