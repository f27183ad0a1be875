import type { Card } from '../../models/card.ts'
import { parseImage, testIndex } from '../../models/images/image-code.ts'
import type { AppContext } from './app-context.ts'

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
