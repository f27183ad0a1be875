import { latentSizeModels } from './latent-size-models.ts'

/** A panel of a figure. */
export type Panel =
  /** mu of the test images in the plane, coloured by class. */
  | 'latent'
  /** A histogram of each latent dimension over the test images, with the prior's density. */
  | 'marginals'
  /** Decoded points of a grid over ±3 deviations of the prior around its mean, 10 by 10. */
  | 'grid'
  /** Decoded draws from the prior, 10 by 10 (FreyFace: one, as in the paper). */
  | 'samples'
  /** Test images over their reconstructions. */
  | 'reconstructions'
  /** The objective over the epochs, on training and validation images. */
  | 'losses'

/** A figure of the paper, or several that belong together. */
export interface Figure {
  /** For addresses and file names. */
  slug: string
  /** Its numbers in the paper: the last is the figure, those before it are its parts. */
  numbers: string
  title: string
  /** What the paper’s text says about its figure, or its tables where the text says nothing: its pictures are not described. */
  paper: string
  /** What our figure shows, written after looking at it; '' if not written yet. */
  found: string
  panels: readonly Panel[]
  /** Names of results and ids of models, one column or line each, in order. */
  models: readonly string[]
  /** Names of the results whose losses are shown; those of `models` where it is left out. */
  curves?: readonly string[]
}

const PRIORS = [
  'mnist-vae-l2-z2',
  'mnist-vae-l2-z2-mean5x10',
  'mnist-vae-l2-z2-var1x3',
  'mnist-vae-l2-z2-mean2x5-var3x1',
]
const BETAS = [
  'mnist-vae-l2-z2-beta0.02',
  'mnist-vae-l2-z2',
  'mnist-vae-l2-z2-beta1.5',
  'mnist-vae-l2-z2-beta10',
]
const DEPTHS = [1, 2, 3, 4, 5, 6, 7, 8]
const depths = (stem: string, end = '') => DEPTHS.map(layers => `${stem}-l${layers}-z2${end}`)

/** The paper's figures in its order. The parameters of a panel are the paper's own. */
export const FIGURES: readonly Figure[] = [
  {
    slug: 'overfitting',
    numbers: '1–3',
    title: 'The latent plane of an AE, and an AE that overfits',
    paper:
      'Trousers, ankle boots and bags form clusters of their own; shirts, T-shirts and pullovers overlap in the middle. ' +
      'The training loss goes on falling while the validation loss turns and rises.',
    found:
      'Fashion-MNIST’s plane is much the same. By the paper’s protocol its AE of two layers hardly overfits ' +
      'here: after 182 of 200 epochs the validation loss is lowest, 2% above the training loss. FreyFace’s ' +
      'AE of four layers does overfit: from epoch 445 its validation loss rises by 13% while its training ' +
      'loss falls by 45%.',
    panels: ['latent', 'losses'],
    models: ['fashion-ae-l4-z2'],
    curves: ['fashion-ae-l2-z2-paper', 'frey-ae-l4-z2-mse-paper'],
  },
  {
    slug: 'latent-size-mnist',
    numbers: '4–6, 45–48, 57–60',
    title: 'MNIST with 2, 8 and 64 latent dimensions, one layer',
    paper:
      'Two numbers degrade reconstructions, eight leave some of them blurred, 64 improve those of the AE, and those of ' +
      'the VAE slightly.',
    found:
      'The same for 2 and 8. From 8 to 64 our AE’s test BCE falls by 56%, our VAE’s by 37%, which is not ' +
      'slight. The falls in the paper’s Table 3 are as large, by 56% and 36%.',
    panels: ['reconstructions'],
    models: latentSizeModels('mnist'),
  },
  {
    slug: 'depth-fashion',
    numbers: '7–9',
    title: 'Fashion-MNIST with more layers',
    paper: 'Both AE and VAE improve markedly with more layers; some images stay blurred.',
    found:
      'The same: from one layer to four every garment gains its outline. Prints, laces and folds stay lost in ' +
      'two numbers.',
    panels: ['reconstructions'],
    models: [...depths('fashion-ae'), ...depths('fashion-vae')],
  },
  {
    slug: 'deep-ae',
    numbers: '10–13',
    title: 'The latent plane of a six-layer AE, and what it generates',
    paper:
      'Classes are spread over a wide range that is not centred on the origin. Over [−3, 3], and for draws from ' +
      'N(0, I), the decoder makes few distinct digits of good quality.',
    found:
      'The same: the ones alone reach 100 units away while most classes crowd around the origin. The grid and ' +
      'the draws cover only these classes: they show no 1 at all, and many blurred shapes between digits.',
    panels: ['latent', 'grid', 'samples'],
    models: ['mnist-ae-l6-z2'],
  },
  {
    slug: 'deep-vae',
    numbers: '14–17',
    title: 'The latent plane of a six-layer VAE, and what it generates',
    paper:
      'Compact, distinct clusters around the origin; each dimension roughly follows a standard normal. Over [−3, 3] ' +
      'the decoder makes many distinct digits of high quality.',
    found:
      'The same: all ten digits around the origin, and all ten in the grid and the draws. The marginals follow ' +
      'the prior except for a peak in the middle, where 3, 4, 5 and 8 meet and draws are blurred.',
    panels: ['latent', 'marginals', 'grid', 'samples'],
    models: ['mnist-vae-l6-z2'],
  },
  {
    slug: 'priors',
    numbers: '18–27',
    title: 'Four priors',
    paper:
      'The clusters keep their structure, move with the prior’s mean and stretch with its variance. All four generate ' +
      'good images; N(0, I) is the easiest to draw from.',
    found:
      'The planes are alike, shifted and stretched like their priors; 3 changes its place beside 5 and 8. Draws look ' +
      'alike. Under each prior the few that land where no image is encoded decode to noise.',
    panels: ['latent', 'samples'],
    models: PRIORS,
  },
  {
    slug: 'betas',
    numbers: '28–37, 85–89',
    title: 'Four values of β',
    paper:
      'β = 0.02 leaves the latent space less regularised, with less diversity in what is generated. β = 1 balances ' +
      'regularisation and reconstruction; 1.5 regularises slightly more. β = 10 gives a highly regularised, ' +
      'well-structured space and a larger reconstruction error.',
    found:
      'At β = 0.02 the digits 1, 7 and 9 reach far beyond the prior, so draws from it show hardly any of them; ' +
      'others land where no image is encoded and decode to noise. β = 1 and 1.5 ' +
      'look alike. At β = 10 nearly all means lie within three deviations, classes turn into bands, and ' +
      'reconstructions blur: 2 and 6 lose the shape that β = 1 still gives some of them.',
    panels: ['latent', 'samples', 'reconstructions'],
    models: BETAS,
  },
  {
    slug: 'ae-losses',
    numbers: '38–40',
    title: 'Loss of a one-layer AE over the epochs',
    paper: 'On MNIST and on FreyFace, training and validation loss both go down.',
    found:
      'The same. MNIST’s curves are flat after 40 epochs; FreyFace’s validation loss levels off 4% above its ' +
      'training loss.',
    panels: ['losses'],
    models: ['mnist-ae-l1-z2', 'frey-ae-l1-z2-mse'],
  },
  {
    slug: 'vae-losses',
    numbers: '41–44',
    title: 'ELBO of a two-layer VAE over the epochs',
    paper: 'On FreyFace, Fashion-MNIST and MNIST, training and validation curves all go down.',
    found:
      'Validation falls on all three; here it is measured with β at 1 throughout. FreyFace’s training loss ' +
      'rises again while β is raised from 0 to 1 over the first half of the epochs.',
    panels: ['losses'],
    models: ['frey-vae-l2-z2-mse', 'fashion-vae-l2-z2', 'mnist-vae-l2-z2'],
  },
  {
    slug: 'latent-size-fashion',
    numbers: '49–52, 61–64',
    title: 'Fashion-MNIST with 2, 8 and 64 latent dimensions, one layer',
    paper:
      'The text does not describe these pictures. In Table 3 the AE’s test BCE falls from 0.377 to 0.316 and ' +
      '0.274, the VAE’s from 0.378 to 0.321 and 0.306.',
    found: 'Both sharpen from 2 to 8 numbers, where AE and VAE look alike.',
    panels: ['reconstructions'],
    models: latentSizeModels('fashion'),
  },
  {
    slug: 'latent-size-frey',
    numbers: '53–56, 65–68',
    title: 'FreyFace with 2, 8 and 64 latent dimensions, one layer',
    paper:
      'The text does not describe these pictures. In Table 4 the AE’s test MSE falls from 0.008 to 0.004 and ' +
      '0.001, the VAE’s from 0.010 to 0.009 and 0.009.',
    found:
      'The AE follows the face ever more closely. The VAE’s rows differ a little where the mouth is open, from 2 to ' +
      '8 numbers, and no more from 8 to 64.',
    panels: ['reconstructions'],
    models: latentSizeModels('frey'),
  },
  {
    slug: 'depth-mnist',
    numbers: '69',
    title: 'MNIST with more layers',
    paper:
      'AE beside VAE, which the text does not describe. In Table 6 the test BCE is lowest with 3 layers for the AE and ' +
      'with 4 for the VAE.',
    found:
      'Digits sharpen from one layer to two. With six most digits are sharp, and some sharp but wrong: the AE turns ' +
      'the 3 into a 5, the 5 into a 6 and the 8 into a 3.',
    panels: ['reconstructions'],
    models: [...depths('mnist-ae'), ...depths('mnist-vae')],
  },
  {
    slug: 'depth-frey',
    numbers: '70',
    title: 'FreyFace with more layers',
    paper:
      'AE beside VAE, which the text does not describe. In Table 6 the VAEs of 4 to 8 layers have one and the same test ' +
      'BCE, 0.629.',
    found:
      'The AE of five layers follows expressions that one layer misses. So does our VAE of five layers, more ' +
      'faintly: with β raised slowly its posterior has not collapsed.',
    panels: ['reconstructions'],
    models: [...depths('frey-ae', '-mse'), ...depths('frey-vae', '-mse')],
  },
  {
    slug: 'latent-mnist',
    numbers: '71, 74',
    title: 'The plane of MNIST, AE and VAE of two layers',
    paper:
      'All ten digits, by the captions: of an AE “across all 10 folds”, and of a VAE’s best fold. The text does not ' +
      'describe them.',
    found:
      'The AE’s classes are rays from one corner, where most digits are crowded; the VAE’s digits surround ' +
      'the origin, with 3, 5 and 8 on top of each other in the middle.',
    panels: ['latent'],
    models: ['mnist-ae-l2-z2', 'mnist-vae-l2-z2'],
  },
  {
    slug: 'latent-fashion',
    numbers: '72, 75',
    title: 'The plane of Fashion-MNIST, AE and VAE of four layers',
    paper:
      'All ten classes, by the captions: of an AE “across all 10 folds”, and of a VAE’s best fold. The text does not ' +
      'describe them.',
    found:
      'Trousers, shoes and bags lie apart, while pullovers, coats and shirts share one fan. The VAE keeps nearly all of ' +
      'it within three deviations of the prior.',
    panels: ['latent'],
    models: ['fashion-ae-l4-z2', 'fashion-vae-l4-z2'],
  },
  {
    slug: 'latent-frey',
    numbers: '73, 76',
    title: 'The plane of FreyFace, AE and VAE of five layers',
    paper: 'The captions name the models, the VAE’s by its best fold. The text does not describe the planes.',
    found:
      'Neither plane has classes to tell apart. All of the VAE’s frames lie within three deviations of the prior.',
    panels: ['latent'],
    models: ['frey-ae-l5-z2-mse', 'frey-vae-l5-z2-mse'],
  },
  {
    slug: 'generated',
    numbers: '77–84',
    title: 'Images generated by AEs and VAEs with two latent dimensions',
    paper:
      'By the captions, MNIST with two layers, Fashion-MNIST with three, FreyFace with five (one image). The text does ' +
      'not describe these pictures.',
    found:
      'Draws from N(0, I) suit the VAEs: digits of every kind, and a face. Around the origin the two-layer AE ' +
      'of MNIST decodes little other than 0, 2, 5, 6 and 8, and gives noise where no image was encoded.',
    panels: ['samples'],
    models: [
      'mnist-ae-l2-z2',
      'fashion-ae-l3-z2',
      'frey-ae-l5-z2-mse',
      'mnist-vae-l2-z2',
      'fashion-vae-l3-z2',
      'frey-vae-l5-z2-mse',
    ],
  },
]
