import { z } from 'zod'
import { Prior } from '../card.ts'
import { formatId, type Identity } from '../ids.ts'
import { standardPrior } from '../latent/prior.ts'
import tables from './tables.json' with { type: 'json' }

const Figure = z.object({ mean: z.number(), stdPercent: z.number() })
const Splits = z.object({ validation: Figure, test: Figure })
const Compared = z.object({
  model: z.enum(['AE', 'VAE']),
  layers: z.int(),
  latentDim: z.int(),
  mnist: Splits,
  fashionMnist: Splits,
  freyFace: Splits,
})
const ByLoss = z.object({ bce: z.array(Compared), mse: z.array(Compared), l1: z.array(Compared) })
const Paper = z.object({
  priorsOnMnist: z.object({ rows: z.array(Splits.extend({ prior: Prior })) }),
  betasOnMnist: z.object({ rows: z.array(Splits.extend({ beta: z.number() })) }),
  latentDims: ByLoss,
  depths: ByLoss,
})

/** A group of the paper's tables, under the name of the preset that trains its models. */
export type Group = 'latent-dims' | 'depths' | 'priors' | 'betas'

/** The losses that the paper reports. */
export type Loss = 'bce' | 'mse' | 'l1'

/** A row of one of the paper's tables on one data set: a loss per pixel over the folds. */
export interface PaperRow {
  group: Group
  /** Number of the table in the paper. */
  table: number
  /** The model's id: that of the run that reproduces the row. */
  id: string
  loss: Loss
  validation: PaperFigure
  test: PaperFigure
}

/** A figure of the paper: mean and standard deviation over folds. */
export interface PaperFigure {
  mean: number
  /** Standard deviation over the folds, in the unit of the mean: the paper prints it as a percentage. */
  std: number
}

const DATA = { mnist: 'mnist', fashionMnist: 'fashion-mnist', freyFace: 'freyface' } as const
const LOSSES = ['bce', 'mse', 'l1'] as const

/**
 * Every row of the paper's tables, with the id of its model.
 *
 * The paper trains each model once: on BCE for MNIST and Fashion-MNIST, on MSE for FreyFace (§3, "Training procedure
 * and hyperparameters"). The losses in Tables 3 to 8 are therefore measured on that model, which was not trained on
 * each of them.
 */
export function paperRows(): PaperRow[] {
  const paper = Paper.parse(tables)
  const twoLayers: Identity = {
    data: 'mnist',
    kind: 'vae',
    layers: 2,
    latentDim: 2,
    beta: 1,
    reconstruction: 'bce',
    prior: standardPrior(2),
  }
  const row = (group: Group, table: number, identity: Identity, loss: Loss, splits: Splits): PaperRow => ({
    group,
    table,
    id: formatId(identity),
    loss,
    validation: figure(splits.validation),
    test: figure(splits.test),
  })
  const compared = (group: 'latent-dims' | 'depths', firstTable: number, byLoss: z.infer<typeof ByLoss>) =>
    LOSSES.flatMap((loss, i) =>
      byLoss[loss].flatMap(r =>
        (['mnist', 'fashionMnist', 'freyFace'] as const).map(data =>
          row(group, firstTable + i, comparedIdentity(r, data), loss, r[data]),
        ),
      ),
    )
  return [
    ...paper.priorsOnMnist.rows.map(r => row('priors', 1, { ...twoLayers, prior: r.prior }, 'bce', r)),
    ...paper.betasOnMnist.rows.map(r => row('betas', 2, { ...twoLayers, beta: r.beta }, 'bce', r)),
    ...compared('latent-dims', 3, paper.latentDims),
    ...compared('depths', 6, paper.depths),
  ]
}
type Splits = z.infer<typeof Splits>

function comparedIdentity(row: z.infer<typeof Compared>, data: keyof typeof DATA): Identity {
  return {
    data: DATA[data],
    kind: row.model === 'AE' ? 'ae' : 'vae',
    layers: row.layers,
    latentDim: row.latentDim,
    beta: row.model === 'AE' ? 0 : 1,
    reconstruction: data === 'freyFace' ? 'mse' : 'bce',
    prior: standardPrior(row.latentDim),
  }
}

function figure({ mean, stdPercent }: z.infer<typeof Figure>): PaperFigure {
  // Without the digits that a division by 100 adds in binary: 0.028% is 0.00028.
  return { mean, std: Number((stdPercent / 100).toPrecision(12)) }
}

/** Looks up the paper's rows for a model and a loss, one for each table that has it, those of the group `first` first. */
export function paperLookup(first?: string): (id: string, loss: Loss) => PaperRow[] {
  const rows = paperRows()
  const ordered = [...rows.filter(row => row.group === first), ...rows.filter(row => row.group !== first)]
  return (id, loss) => ordered.filter(row => row.id === id && row.loss === loss)
}
