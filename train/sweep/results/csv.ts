import type { Summary } from './summary.ts'

/** The columns of the table and their meaning. */
const COLUMNS: readonly (readonly [name: string, meaning: string])[] = [
  ['model', 'name of the runs: the model’s id, and the settings that differ from the usual ones'],
  ['data', 'data set: mnist, fashion-mnist, freyface, or where a user’s own images were read from'],
  ['kind', 'ae (autoencoder) or vae (variational autoencoder)'],
  ['layers', 'dense layers each way'],
  ['latent_dim', 'dimensions of z'],
  ['beta', 'weight of the KL term; 0 for an AE'],
  ['prior_mean', 'mean of the Gaussian prior, a number for each latent dimension'],
  ['prior_variance', 'variance of the Gaussian prior, a number for each latent dimension'],
  ['training_loss', 'reconstruction term that was minimised, summed over pixels: bce, mse or l1'],
  ['parameters', 'trained weights and biases'],
  ['seed', 'seed of initial weights, order of images and noise'],
  ['folds', 'K of the cross-validation'],
  ['n', 'folds that were trained'],
  ['epochs', 'epochs trained: least-most where runs stopped early'],
  [
    'recipe',
    'search: chosen by the search on validation folds; protocol: the paper’s; empty in a sweep’s own table',
  ],
  ['split', 'validation (the held-out fold) or test (the test images)'],
  ['z', 'mu: decoded from the posterior’s mean (an AE’s z); sampled: from a draw of the posterior'],
  [
    'metric',
    'bce, mse, l1: reconstruction losses; kl: KL divergence to the prior; elbo: lower bound where z is sampled; activeUnits: latent dimensions whose mu varies over the images by more than 0.01',
  ],
  ['unit', 'unit of the metric, with its reduction: per pixel or per image'],
  ['mean', 'mean over the n folds'],
  ['std', 'sample standard deviation (n − 1) over the folds; empty for fewer than three'],
  ['paper_table', 'the paper’s table that reports this model and loss; empty where none does'],
  ['paper_mean', 'the paper’s mean, as printed'],
  ['paper_std', 'the paper’s standard deviation in the unit of the mean; printed as a percentage there'],
]

/**
 * Formats summaries as CSV (RFC 4180): a line for each figure, with all digits.
 *
 * @param recipeOf the recipe of the runs of a name
 */
export function formatCsv(summaries: Summary[], recipeOf: (name: string) => string = () => ''): string {
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
      recipeOf(name),
    ]
    return figures.map(({ split, latent, name: metric, unit, mean, std }) => {
      const row = metric === 'bce' || metric === 'mse' || metric === 'l1' ? paper[metric] : undefined
      const printed = row && [row.table, row[split].mean, row[split].std]
      return [...model, split, latent, metric, unit, mean, std ?? '', ...(printed ?? ['', '', ''])]
    })
  })
  return [COLUMNS.map(([name]) => name), ...lines].map(line => `${line.map(quote).join(',')}\r\n`).join('')
}

/** Formats the data dictionary of the table in Markdown. */
export function formatDictionary(): string {
  const rows = COLUMNS.map(([name, meaning]) => `| \`${name}\` | ${meaning} |`)
  return [
    '# Columns of results.csv',
    '',
    'Made by `npm run report`. A line for each model, split, z and metric; RFC 4180, UTF-8.',
    '',
    '| column | meaning |',
    '| :-- | :-- |',
    ...rows,
    '',
  ].join('\n')
}

function quote(value: string | number): string {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
