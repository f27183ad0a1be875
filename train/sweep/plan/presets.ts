import { type Group, paperRows } from '../../../models/paper/paper-rows.ts'
import { replicationRecipe } from './replication-recipe.ts'
import type { Settings } from './settings.ts'

/** A built-in sweep with a name. */
export interface Preset {
  name: string
  description: string
  settings: Settings[]
}

/** §3 of the paper: Adam at a constant rate of 0.001 in batches of 100. */
const PROTOCOL = { batch: 100, lr: 0.001, schedule: 'constant' } as const
const EPOCHS = { frey: 2000, other: 200 }

/** The settings with which the paper trains a model. */
export function byProtocol(id: string): Settings {
  return { id, ...PROTOCOL, epochs: id.startsWith('frey-') ? EPOCHS.frey : EPOCHS.other }
}

/** The models that are also trained by the paper's protocol: two of 784 pixels, and those of FreyFace in question. */
const BY_PROTOCOL = /^(mnist-vae-l2-z2|fashion-ae-l2-z2|frey-vae-l[24]-z2-mse|frey-ae-l[12346]-z2-mse)$/

const ONE_FOLD: Settings = { runFolds: 1 }

/**
 * How many folds a model is trained on by the protocol: by cost one, but more of the AEs that show whether FreyFace's test
 * frames had been trained on.
 */
function protocolFolds(id: string): Settings {
  if (/^frey-ae-l[123]-/.test(id)) return {}
  return id.startsWith('frey-ae-l4-') ? { runFolds: 3 } : ONE_FOLD
}

/**
 * Variants of models of `replication`, with one setting changed or trained by the paper's protocol, for questions that
 * the paper leaves open.
 */
function variants(ids: string[]): Settings[] {
  const change = (id: string, changed: Settings): Settings[] => {
    const usual = replicationRecipe(id)
    return usual ? [{ ...usual, ...changed }] : []
  }
  return [
    ...ids
      .filter(id => BY_PROTOCOL.test(id))
      .map(id => ({ ...byProtocol(id), variant: 'paper', ...protocolFolds(id) })),
    ...ids
      .filter(id => /^frey-vae-l[468]-z2-mse$/.test(id))
      .flatMap(id => change(id, { betaWarmup: 0, variant: 'nowarmup', ...ONE_FOLD })),
    ...['frey-ae-l4-z2-mse', 'frey-vae-l4-z2-mse'].flatMap(id =>
      change(id, { split: 'contiguous', variant: 'contiguous', ...ONE_FOLD }),
    ),
    ...change('mnist-vae-l2-z2-var1x9', ONE_FOLD),
  ]
}

const DESCRIPTIONS: Record<Group, string> = {
  'latent-dims': 'Tables 3 to 5: one layer; latent size 2, 8, 64; AE and VAE; the three data sets',
  depths: 'Tables 6 to 8: 1 to 8 layers; latent size 2; AE and VAE; the three data sets',
  priors: "Table 1: the paper's four priors; two-layer VAE on MNIST",
  betas: 'Table 2: beta 0.02, 1, 1.5, 10; two-layer VAE on MNIST',
}

/**
 * A preset for each group of the paper's tables, and `paper` for all of them, each model once. Training is the paper's:
 * 200 epochs on BCE for MNIST and Fashion-MNIST, 2000 on MSE for FreyFace. The tables for BCE, MSE and L1 report the
 * same models (see `paperRows`), so each model is trained once for three tables.
 */
export function presets(): Preset[] {
  const rows = paperRows()
  const settings = (ids: string[]): Settings[] => [...new Set(ids)].map(byProtocol)
  const groups = (Object.keys(DESCRIPTIONS) as Group[]).map(name => ({
    name,
    description: DESCRIPTIONS[name],
    settings: settings(rows.filter(row => row.group === name).map(row => row.id)),
  }))
  const ids = rows.map(row => row.id)
  const all = { name: 'paper', description: 'all of the above, each model once' }
  const unique = [...new Set(ids)]
  const replication = {
    name: 'replication',
    description: 'the same models by the recipes that the search chose, in a fraction of the time',
  }
  const variantPreset = {
    name: 'variants',
    description: "some of them by the paper's protocol, without warm-up, on another split",
  }
  return [
    ...groups,
    { ...all, settings: settings(ids) },
    { ...replication, settings: unique.flatMap(id => replicationRecipe(id) ?? []) },
    { ...variantPreset, settings: variants(unique) },
  ]
}
