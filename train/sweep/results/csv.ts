import type { Summary } from './summary.ts'

const COLUMNS = [
  'model',
  'data',
  'kind',
  'layers',
  'latent_dim',
  'beta',
  'prior_mean',
  'prior_variance',
  'training_loss',
  'parameters',
  'seed',
  'folds',
  'n',
  'epochs',
  'split',
  'z',
  'metric',
  'unit',
  'mean',
  'std',
  'paper_table',
  'paper_mean',
  'paper_std',
]

/** Summaries as CSV (RFC 4180): a line for each figure, numbers in full; empty where n < 3 leaves no deviation. */
export function formatCsv(summaries: Summary[]): string {
  const lines = summaries.flatMap(summary => {
    const { name, configuration, parameters, seed, n, epochs, figures, paper } = summary
    const { data, architecture, objective, prior } = configuration
    const model = [
      name,
      data.name,
      architecture.kind,
      architecture.layers,
      architecture.latentDim,
      objective.beta,
      prior.mean.join(' '),
      prior.variance.join(' '),
      objective.reconstruction,
      parameters,
      seed,
      data.folds,
      n,
      epochs[0] === epochs[1] ? epochs[0] : epochs.join('-'),
    ]
    return figures.map(({ split, latent, name: metric, unit, mean, std }) => {
      const row = metric === 'bce' || metric === 'mse' || metric === 'l1' ? paper[metric] : undefined
      const printed = row && [row.table, row[split].mean, row[split].std]
      return [...model, split, latent, metric, unit, mean, std ?? '', ...(printed ?? ['', '', ''])]
    })
  })
  return [COLUMNS, ...lines].map(line => `${line.map(quote).join(',')}\r\n`).join('')
}

function quote(value: string | number): string {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
