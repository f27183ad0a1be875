import type { Card } from '../../../models/card.ts'
import { cardTitle, datasetTitle, numbersTitle } from '../../../models/model-title.ts'
import type { Plan } from './plan.ts'

/** What a link preview says: its title and description, and what its picture shows. */
export interface Words {
  title: string
  description: string
  alt: string
}

/** The words of a link to the page that names nothing. */
export const PAGE_WORDS: Words = {
  title: 'What a few numbers can draw',
  description:
    'An autoencoder squeezes an image into a few numbers and draws it again from them. Drag a point, and see ' +
    'the image that it decodes to.',
  alt: 'Images that a model has drawn',
}

/** The words of a link to a view of several models. */
export function planWords(plan: Plan): Words {
  switch (plan.view) {
    case 'reconstruct':
      return {
        title: 'An image squeezed through a few numbers',
        description: `See what is kept of it and what is lost by ${listTitles(plan.models)}. Draw or photograph one of your own.`,
        alt: 'An image, and its reconstructions by several models',
      }
    case 'compare':
      return {
        title: 'Two autoencoders side by side',
        description: `${listTitles(plan.models) || 'Two models'}: the same ${sharedBy(plan.by)} in both. Move one, and the other follows.`,
        alt: `Images of two models beside each other: ${listTitles(plan.models)}`,
      }
    case 'train':
      return {
        title: 'Train an autoencoder in this page',
        description:
          'On your own machine, on digits or on your own images, which never leave it. Watch the classes separate.',
        alt: 'Test images as points on a plane, in the colours of their classes',
      }
    case 'paper':
      return {
        title: 'A paper on autoencoders, replicated',
        description:
          'Every table and figure, trained again: which results are reached, which are not, and ' +
          `why.${dataOf(plan.models)}`,
        alt: 'Reconstructions of test images, a row for each model',
      }
    case 'gallery':
      return {
        title: 'One image turning into another, on your page',
        description:
          'An HTML element that moves through the latent space of an autoencoder: examples with their code, and a playground.',
        alt: 'Rows of images, each of which turns into another step by step',
      }
    case 'own':
      return {
        title: 'A drawing as a point of a latent space',
        description: 'A drawing, at the point to which the encoder maps it. See which images lie around it.',
        alt: 'A drawing, and its reconstruction by a model',
      }
    case 'plane':
      return {
        title: 'A map of a latent space',
        description:
          `Each image here is decoded from ${numbersTitle(plan.models[0].architecture.latentDim)}. ` +
          'Drag a point over the map, and watch the image change.',
        alt: 'The images that a model decodes from the points of a plane',
      }
  }
}

/** At most so many titles are listed; the others are counted. */
const MOST_TITLES = 3

function listTitles(cards: readonly Card[]): string {
  const more = cards.length - MOST_TITLES
  const titles = cards.slice(0, MOST_TITLES).map(cardTitle)
  return [...titles, ...(more > 0 ? [`${more} more`] : [])].join('; ')
}

/** What the models of the paper's figure are shown with. */
const dataOf = ([card]: readonly Card[]) =>
  card ? ` Here: ${datasetTitle(card.dataset.name)} through 2, 8 and 64 numbers.` : ''

function sharedBy(by: Extract<Plan, { view: 'compare' }>['by']): string {
  return by === 'point' ? 'place' : by === 'seed' ? 'seed' : 'image'
}
