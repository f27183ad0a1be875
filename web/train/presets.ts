import { DEFAULT_RECIPE, type Recipe } from './recipe.ts'

/** A recipe with a name and a sentence on what it shows. */
export interface Preset {
  name: string
  words: string
  recipe: Recipe
}

const preset = (name: string, words: string, changes: Partial<Recipe>): Preset => ({
  name,
  words,
  recipe: { ...DEFAULT_RECIPE, ...changes },
})

/** The presets that the form offers. */
export const PRESETS: readonly Preset[] = [
  preset('Fast', 'One hidden layer of 128 units: the classes separate within seconds.', {
    widths: [128],
    layers: 2,
    images: 5000,
    epochs: 10,
  }),
  preset('The paper’s', 'The paper’s two-layer VAE: 784, 393 and 2 units each way.', {}),
  preset(
    'AE and VAE',
    'The same network with and without a prior, side by side: nothing limits how far the autoencoder’s points ' +
      'spread; the VAE’s points fill the region that samples are drawn from.',
    {
      widths: [128],
      layers: 2,
      images: 5000,
      beside: true,
    },
  ),
  preset('Autoencoder', 'The same network without a prior: nothing keeps the latents together.', {
    kind: 'ae',
  }),
  preset(
    'Posterior collapse',
    'Six layers and β = 20 from the first step: the KL term wins, and the encoder gives every image the same posterior. Five epochs of warm-up for β prevent it.',
    { layers: 6, beta: 20, images: 5000 },
  ),
  preset(
    'Conditional VAE',
    'A conditional VAE: encoder and decoder are given the class, so the latent needs to hold only the handwriting.',
    {
      conditional: true,
      latent: 4,
    },
  ),
  preset('Eight numbers', 'Eight latent numbers: sharper images. The plane shows two of their dimensions.', {
    latent: 8,
  }),
]
