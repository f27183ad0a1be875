import type { Card } from '../../../models/card.ts'
import { meanOf } from '../../../models/latent/encoded-set.ts'
import type { Model } from '../../catalog/catalog.ts'
import { ready } from '../../catalog/resource.ts'
import { hasTestImage } from '../../catalog/test-images.ts'
import { type AppContext, decode } from '../../lab/app-context.ts'
import { withClass } from '../../lab/points.ts'

/** A test image for the eye: the image itself, or what the model makes of it where the page does not have it. */
export type TestPicture = (index: number) => Float32Array | undefined

/** What such a picture is, for screen readers and as a tooltip. */
export function testPictureName(dataset: string, index: number): string {
  return hasTestImage(dataset, index) ? `Test image ${index}` : `Test image ${index}, reconstructed`
}

/** Creates the pictures of a model's test images. Reconstructions are kept until another model is shown. */
export function createTestPictures(app: AppContext): (model: Model, card: Card) => TestPicture {
  let kept: { model: Model; images: Map<number, Float32Array> } | undefined

  /** The decoded mean of a test image, only from the engine that answers at once: others would take a request for each. */
  function reconstruction(model: Model, card: Card, index: number): Float32Array | undefined {
    const [decoder, latents] = [ready(model.decoder()), ready(model.latents())]
    if (!decoder || !latents || app.engines.current !== 'plain') return undefined
    const outputs = decode(app, decoder, withClass(card, meanOf(latents, index), latents.label?.[index] ?? 0))
    return outputs instanceof Promise ? undefined : outputs.xhat
  }

  return (model, card) => index => {
    if (hasTestImage(card.dataset.name, index)) return app.testImages.image(card.dataset.name, index)
    if (kept?.model !== model) kept = { model, images: new Map() }
    const known = kept.images.get(index) ?? reconstruction(model, card, index)
    if (known) kept.images.set(index, known)
    return known
  }
}
