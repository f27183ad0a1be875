/** A model of the zoo, and the run it is exported from: a result's name, of fold 0. */
export interface ZooModel {
  id: string
  run: string
}

const sizes = (stem: string, latentDims: readonly number[], end = '') =>
  ['ae', 'vae'].flatMap(kind => latentDims.map(size => `${stem}-${kind}-l1-z${size}${end}`))

/** Of MNIST: every latent size, the paper's two and six layers, its priors and its betas. */
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
/** Of the others: the latent sizes, as far as some 40 MB for all reach, and the depth of the paper's figures of their planes. */
const FASHION = [...sizes('fashion', [2, 8]), 'fashion-ae-l4-z2', 'fashion-vae-l4-z2']
const FREY = [...sizes('frey', [2, 8, 64], '-mse'), 'frey-ae-l5-z2-mse', 'frey-vae-l5-z2-mse']

/**
 * The models that are shipped from the paper's runs; those called best are its deepest planes. The conditional models, which
 * the page and the API begin with, and the model of binary pixels were trained by themselves: `npm run zoo:replicate` trains
 * them again by their cards.
 */
export const ZOO: readonly ZooModel[] = [
  ...[...MNIST, ...FASHION, ...FREY].map(id => ({ id, run: id })),
  { id: 'mnist-vae-best', run: 'mnist-vae-l4-z2' },
  { id: 'fashion-vae-best', run: 'fashion-vae-l3-z2' },
]
