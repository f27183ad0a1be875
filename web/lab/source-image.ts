import type { Card } from '../../models/card.ts'
import { parseImage } from '../../models/images/image-code.ts'
import type { AppContext } from './app-context.ts'

/** Parses the number of a test image from a text such as `test:5`. */
export function testIndex(x: string): number | undefined {
  const match = /^test:(\d{1,6})$/.exec(x)
  return match ? Number(match[1]) : undefined
}

/**
 * The image that the state's `x` refers to, [D_x] in 0…1: an image of the visitor's, or a test image. Undefined while
 * it is loading, and if the page does not have it.
 */
export function sourceImage(app: AppContext, dataset: Card['dataset']): Float32Array | undefined {
  const { x } = app.state
  const index = testIndex(x)
  if (index === undefined) return parseImage(x, dataset.width * dataset.height)
  return app.testImages.image(dataset.name, index)
}
