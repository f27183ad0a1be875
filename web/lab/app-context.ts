import type { TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import type { Catalog, Model, Network } from '../catalog/catalog.ts'
import type { TestImages } from '../catalog/test-images.ts'
import type { Outputs } from '../engines/engine.ts'
import type { Engines } from '../engines/engines.ts'
import type { State } from './state.ts'

/** What every view works with: the state, the models, the engines, and ways to talk to the visitor. */
export interface AppContext {
  readonly state: State
  readonly catalog: Catalog
  readonly testImages: TestImages
  readonly engines: Engines
  /** Changes the state; the URL follows. 'push' makes a step that the browser's back button undoes. */
  set(patch: Partial<State>, how?: 'push'): void
  /** Draws the page again on the next frame. */
  refresh(): void
  /** Announces a text to screen readers after half a second without another. */
  say(text: string): void
  /** Shows a message until the visitor dismisses it. */
  tell(message: string): void
  /** The model that the state names, or else the default one; undefined while the catalog is loading. */
  model(): Model | undefined
}

/** A view: renders the state. What does not belong into a URL, such as a hovered point, it keeps itself. */
export interface View {
  render(): TemplateResult
  /** What is shown, for the window's title; the view's name where absent. */
  title?(): string | undefined
  /** Called when another view takes its place. */
  close?(): void
}

export type CreateView = (app: AppContext) => View

/**
 * The state's point, [D_z]. Where the state has none, or one of another size: the mean of the first class, which decodes
 * to a recognisable image, or else the mean of all images.
 */
export function pointOf(state: State, card: Card): Float32Array {
  const { whole, classes } = card.latent
  return Float32Array.from(
    state.z.length === card.architecture.latentDim ? state.z : (classes[0] ?? whole).mean,
  )
}

/**
 * Runs one decode at a time and drops all but the newest of those that wait, so that a drag that is faster than the
 * engine skips frames and does not lag. `done` is called at once when `run` returns at once.
 */
export function latest(done: (outputs: Outputs) => void): (run: () => Outputs | Promise<Outputs>) => void {
  let busy = false
  let next: (() => Outputs | Promise<Outputs>) | undefined
  function go(run: () => Outputs | Promise<Outputs>): void {
    const outputs = run()
    if (!(outputs instanceof Promise)) {
      done(outputs)
      return
    }
    busy = true
    outputs
      .then(done, () => {})
      .finally(() => {
        busy = false
        const waiting = next
        next = undefined
        if (waiting) go(waiting)
      })
  }
  return run => {
    if (busy) next = run
    else go(run)
  }
}

/** Decodes through the engine in use. @param z [n, D_z] */
export function decode(app: AppContext, decoder: Network, z: Float32Array): Outputs | Promise<Outputs> {
  return app.engines.run(decoder, z, z.length / decoder.mlp.input.features)
}
