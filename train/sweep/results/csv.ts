import type { Result } from '../../../models/paper/result.ts'
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
    'how it was trained. search: as the search on validation folds chose; protocol: as the paper says; other: neither, such as the search’s choice without the warm-up of beta (-nowarmup); empty in a sweep’s own table',
  ],
  ['split', 'validation (the held-out fold) or test (the test images)'],
  ['z', 'mu: decoded from the posterior’s mean (an AE’s z); sampled: from a draw of the posterior'],
  [
    'metric',
    'bce, mse, l1: reconstruction losses, whichever was trained on; kl: KL divergence to the prior; elbo: minus the sum of the training loss, summed over pixels, and kl, where z is sampled: for bce a lower bound on ln p(x) (of grey pixels, on its mean over binary images drawn with them as probabilities), for mse and l1 without the density’s constant: less D/2·ln π (mse) or D·ln 2 (l1) for D pixels it is a lower bound on ln p(x) with a Gaussian of variance 1/2 or a Laplace density of scale 1; activeUnits: latent dimensions whose mu varies over the images by more than 0.01',
  ],
  ['unit', 'unit of the metric, with its reduction: per pixel or per image'],
  ['mean', 'mean over the n folds'],
  ['std', 'sample standard deviation (n − 1) over the folds; empty for fewer than three'],
  ['paper_table', 'number of a table of the paper that reports this model and loss; empty where none does'],
  ['paper_mean', 'the paper’s mean, as printed'],
  ['paper_std', 'the paper’s standard deviation in the unit of the mean; printed as a percentage there'],
]

/**
 * Formats summaries as CSV (RFC 4180): a line for each figure, with all digits; where several tables of the paper report
 * it, a line for each of them.
 *
 * @param recipeOf the recipe of runs with a configuration
 */
export function formatCsv(
  summaries: Summary[],
  recipeOf: (configuration: Result['configuration']) => string = () => '',
): string {
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
      recipeOf(configuration),
    ]
    return figures.flatMap(({ split, latent, name: metric, unit, mean, std }) => {
      const rows = metric === 'bce' || metric === 'mse' || metric === 'l1' ? paper[metric] : []
      const printed = rows.map(row => [row.table, row[split].mean, row[split].std])
      const figure = [...model, split, latent, metric, unit, mean, std ?? '']
      return (printed.length > 0 ? printed : [['', '', '']]).map(cells => [...figure, ...cells])
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
    'Made by `npm run report`. A line for each model, split, z and metric; where several tables of the paper report the model ' +
      'and loss, a line for each of them, which differ in the last three columns alone. RFC 4180, UTF-8.',
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
