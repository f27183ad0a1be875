import type { Card } from '../../models/card.ts'
import type { Model } from '../catalog/catalog.ts'
import { ready } from '../catalog/resource.ts'
import type { AppContext } from '../lab/app-context.ts'
import { isConditional } from '../lab/points.ts'
import { classNames } from '../plot/plane/classes.ts'
import type { PlaneContent } from '../plot/plane/plane-content.ts'
import { type Projection, projectGaussian } from '../plot/plane/projection.ts'

type ModelContent = Pick<PlaneContent, 'theme' | 'projection' | 'latents' | 'prior' | 'hidden' | 'names'>

/** The part of a plane's content that comes from a model: test images, prior and class names. */
export function modelContent(
  app: AppContext,
  model: Model,
  card: Card,
  projection: Projection,
): ModelContent {
  return {
    theme: app.theme,
    projection,
    latents: ready(model.latents()),
    prior: card.architecture.kind === 'vae' ? projectGaussian(projection, card.prior) : undefined,
    hidden: new Set(app.state.hide),
    // The classes of a conditional model overlap, so their names would too.
    names: isConditional(card) ? [] : classNames(card, projection),
  }
}
