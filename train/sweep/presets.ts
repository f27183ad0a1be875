import { parseId } from '../identity.ts'
import { type Group, paperRows } from './paper.ts'
import type { Settings } from './settings.ts'

/** A sweep known by name. */
export interface Preset {
  name: string
  description: string
  settings: Settings[]
}

/** §3 of the paper: Adam at a constant rate of 0.001 in batches of 100. */
const PROTOCOL = { batch: 100, lr: 0.001, schedule: 'constant' } as const
const EPOCHS = { frey: 2000, other: 200 }

/** Epochs by layers, for both data sets or for each: the deeper the network, the fewer it needs to pass the paper. */
const EPOCHS_BY_LAYERS: Readonly<Record<number, { mnist: number; fashion: number }>> = {
  1: { mnist: 60, fashion: 60 },
  2: { mnist: 20, fashion: 50 },
  3: { mnist: 40, fashion: 60 },
  4: { mnist: 20, fashion: 20 },
}
const DEEPER_EPOCHS = 12

/**
 * How `replication` trains a model of the paper: its network, data, objective and batches of 100, but He's
 * initialisation, a rate that falls along half a cosine, fewer epochs, and the epoch of least validation loss. Deep
 * networks want a lower rate and a gentle start: after four epochs the eight-layer AE of MNIST was at a validation
 * BCE of 0.1787 with a rate of 0.004 and 0.1742 with 0.0015 after a warm-up. Fashion-MNIST wants more epochs of the
 * two-layer models: after 20 the VAE was at a test BCE of 0.3244, behind the paper's 0.323.
 */
function recipe(id: string): Settings {
  const { data, kind, layers } = parseId(id)
  const common = { id, batch: 100, schedule: 'cosine', keep: 'best' } as const
  if (data === 'freyface') return { ...common, ...freyRecipe(kind, layers) }
  const epochs = EPOCHS_BY_LAYERS[layers]?.[data === 'mnist' ? 'mnist' : 'fashion'] ?? DEEPER_EPOCHS
  return layers <= 2 ? { ...common, epochs, lr: 0.004 } : { ...common, epochs, lr: 0.002, warmup: 0.5 }
}

/** A VAE's beta rises over the first half: with it at 1 from the start, deep posteriors collapse to the prior. */
function freyRecipe(kind: 'ae' | 'vae', layers: number): Settings {
  const epochs = layers === 1 ? 1000 : 500
  return {
    epochs,
    lr: layers === 1 ? 0.004 : 0.002,
    warmup: 10,
    ...(kind === 'vae' && { betaWarmup: epochs / 2 }),
  }
}

/** Models of `replication` trained otherwise, to answer what the paper leaves open. */
function variants(ids: string[]): Settings[] {
  const paper = { ...PROTOCOL, variant: 'paper' }
  return [
    { id: 'fashion-ae-l2-z2', ...paper, epochs: EPOCHS.other },
    { id: 'mnist-vae-l2-z2', ...paper, epochs: EPOCHS.other },
    { id: 'frey-ae-l4-z2-mse', ...paper, epochs: EPOCHS.frey },
    { id: 'frey-vae-l4-z2-mse', ...paper, epochs: EPOCHS.frey },
    ...ids
      .filter(id => /^frey-vae-l[2468]-z2-mse$/.test(id))
      .map((id): Settings => ({ ...recipe(id), betaWarmup: 0, variant: 'nowarmup' })),
    ...['frey-ae-l4-z2-mse', 'frey-vae-l4-z2-mse'].map(
      (id): Settings => ({ ...recipe(id), split: 'contiguous', variant: 'contiguous' }),
    ),
    recipe('mnist-vae-l2-z2-var1x9'),
    { ...recipe('mnist-vae-l4-z2'), epochs: 45, variant: 'best' },
  ]
}

const DESCRIPTIONS: Record<Group, string> = {
  'latent-dims': 'Tables 3 to 5: one layer; latent size 2, 8, 64; AE and VAE; the three data sets',
  depths: 'Tables 6 to 8: 1 to 8 layers; latent size 2; AE and VAE; the three data sets',
  priors: "Table 1: the paper's four priors; two-layer VAE on MNIST",
  betas: 'Table 2: beta 0.02, 1, 1.5, 10; two-layer VAE on MNIST',
}

/**
 * A preset for each group of the paper's tables and `paper` for all of them, each model once, as the paper trains it:
 * 200 epochs on BCE for MNIST and Fashion-MNIST, 2000 on MSE for FreyFace. A table's loss is what it reports of
 * these models (see `paperRows`), so the three tables of a group need one training a model.
 */
export function presets(): Preset[] {
  const rows = paperRows()
  const settings = (ids: string[]): Settings[] =>
    [...new Set(ids)].map(id => ({
      id,
      ...PROTOCOL,
      epochs: id.startsWith('frey-') ? EPOCHS.frey : EPOCHS.other,
    }))
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
    description: 'the same models by a better recipe, in a tenth of the time',
  }
  const beside = {
    name: 'variants',
    description: "some of them by the paper's protocol, without warm-up, on another split",
  }
  return [
    ...groups,
    { ...all, settings: settings(ids) },
    { ...replication, settings: unique.map(recipe) },
    { ...beside, settings: variants(unique) },
  ]
}
