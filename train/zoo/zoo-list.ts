const sizes = (stem: string, latentDims: readonly number[], end = '') =>
  ['ae', 'vae'].flatMap(kind => latentDims.map(size => `${stem}-${kind}-l1-z${size}${end}`))

/** MNIST: every latent size of the paper, its depths of two and six layers, its priors and its betas. */
const MNIST = [
  ...sizes('mnist', [2, 8, 64]),
  'mnist-ae-l2-z2',
  'mnist-vae-l2-z2',
  'mnist-vae-l2-z2-mean5x10',
  'mnist-vae-l2-z2-var1x3',
  'mnist-vae-l2-z2-mean2x5-var3x1',
  'mnist-vae-l2-z2-beta0.02',
  'mnist-vae-l2-z2-beta1.5',
  'mnist-vae-l2-z2-beta10',
  'mnist-ae-l6-z2',
  'mnist-vae-l6-z2',
]
/**
 * Fewer latent sizes of the others, so that all models together stay near 40 MB, and the depths of the paper's plots of
 * their latent planes.
 */
const FASHION = [...sizes('fashion', [2, 8]), 'fashion-ae-l4-z2', 'fashion-vae-l4-z2']
const FREY = [...sizes('frey', [2, 8, 64], '-mse'), 'frey-ae-l5-z2-mse', 'frey-vae-l5-z2-mse']

/**
 * The shipped models that are the paper's: each is the run of fold 0 that the tables are made of. Not in this list are the
 * models named best, the conditional ones, which the page and the API show first, and the model of binary pixels.
 */
export const PAPER_MODELS: readonly string[] = [...MNIST, ...FASHION, ...FREY]
