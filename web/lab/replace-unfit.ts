import type { Card } from '../../models/card.ts'
import { sampleSource } from '../../models/first-view.ts'
import { parseImage, testIndex } from '../../models/images/image-code.ts'
import { testSheetsOf } from '../../models/test-sheets.ts'
import { type Listed, LOCAL_PREFIX } from '../catalog/catalog.ts'
import type { State } from './state/state.ts'

/** Fields of an address that can be read, but do not fit the models: what replaces them, and a sentence for each. */
export interface Unfit {
  patch: Partial<State>
  sentences: string[]
}

/**
 * Finds the fields of the state that name models, points, images or classes that there are not.
 *
 * @param card of the chosen model
 * @param list all models, those of this browser included
 */
export function findUnfit(state: State, card: Card, list: readonly Listed[]): Unfit {
  const patch: Partial<State> = {}
  const sentences: string[] = []
  const replace = <K extends keyof State>(key: K, value: State[K], sentence: string) => {
    patch[key] = value
    sentences.push(`${sentence} The default is used instead.`)
  }
  const isThere = (id: string) => list.some(one => one.available && one.id === id)
  const whose = (id: string) => (id.startsWith(LOCAL_PREFIX) ? 'This browser' : 'This server')
  if (state.other !== '' && !isThere(state.other)) {
    replace('other', '', `${whose(state.other)} has no model “${state.other}” to compare with.`)
  }
  const missing = state.among.find(id => !isThere(id))
  if (missing !== undefined) {
    replace('among', state.among.filter(isThere), `${whose(missing)} has no model “${missing}”.`)
  }
  const { latentDim, classes } = card.architecture
  if (state.z.length > 0 && state.z.length !== latentDim) {
    replace('z', [], `A point of this model has ${latentDim} numbers, and the address has ${state.z.length}.`)
  }
  if (classes !== undefined && state.y >= classes)
    replace(
      'y',
      0,
      `This model has ${classes} classes, counted from 0, and the address asks for number ${state.y}.`,
    )
  if (state.from !== 'any' && state.from !== 'prior' && sampleSource(state.from, card) === 'any') {
    replace('from', 'any', `This model has no class or prior “${state.from}” to draw images from.`)
  }
  if (!isImage(state.x, card))
    replace(
      'x',
      'test:0',
      `The address has an image that does not fit this model: expected an existing test image, or an image of ${card.dataset.width} × ${card.dataset.height} pixels.`,
    )
  return { patch, sentences }
}

/** Images in the test sets of MNIST and Fashion-MNIST; the page has pictures of some. */
const TEST_IMAGES = 10_000

/** Whether a text is an image of a model's size, or the number of a test image. */
function isImage(x: string, { dataset: { name, width, height } }: Card): boolean {
  const index = testIndex(x)
  if (index === undefined) return parseImage(x, width * height) !== undefined
  return testSheetsOf(name) === undefined || index < TEST_IMAGES
}
