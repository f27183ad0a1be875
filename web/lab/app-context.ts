import type { TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { firstPoint } from '../../models/first-view.ts'
import type { Catalog, Model, Network } from '../catalog/catalog.ts'
import type { TestImages } from '../catalog/test-images.ts'
import type { Outputs } from '../engines/engine.ts'
import type { Engines } from '../engines/engines.ts'
import type { Theme } from '../plot/theme.ts'
import type { State } from './state/state.ts'

/** What every view is given: the state, the models, the engines, and ways to talk to the visitor. */
export interface AppContext {
  readonly state: State
  readonly catalog: Catalog
  readonly testImages: TestImages
  readonly engines: Engines
  /** What canvases are drawn with: the same object until colours or text size change. */
  readonly theme: Theme
  /** The server's picture of what the page's first address shows, until the state changes: the page came with it. */
  readonly arrival: Element | undefined
  /** Changes the state; the URL follows. With 'push', the browser's back button undoes the change. */
  set(patch: Partial<State>, how?: 'push'): void
  /** Renders the page in the next frame. */
  refresh(): void
  /** Announces a text to screen readers, unless another text follows within half a second. */
  say(text: string): void
  /** Shows a message until the visitor dismisses it. */
  tell(message: string): void
  /** The model named by the state, or the default one; undefined while the catalog is loading. */
  model(): Model | undefined
}

/** A view renders the state. It keeps only what does not belong into a URL, such as a hovered point. */
export interface View {
  render(): TemplateResult
  /** What is shown, for the window's title; the view's name if undefined. */
  title?(): string | undefined
  /** Called when another view replaces it. */
  close?(): void
}

/** Creates a view for the app's context. */
export type CreateView = (app: AppContext) => View

/** Whether the API has the model that is shown; models kept in this browser are on no server. */
export function isServed(app: AppContext, card: Card): boolean {
  return app.model()?.id === card.id
}

/**
 * The state's point, [D_z]. If the state has none, or one of another size, it is the mean of the first class, which
 * decodes to a recognisable image; without classes, the mean of all images.
 */
export function pointOf(state: State, card: Card): Float32Array {
  return Float32Array.from(state.z.length === card.architecture.latentDim ? state.z : firstPoint(card))
}

/**
 * Creates a runner of decodes that runs one at a time and, while one runs, keeps only the newest request. So a drag
 * that is faster than the engine skips frames and does not lag. If `run` returns synchronously, `done` is called
 * synchronously.
 */
export function createLatestRunner(
  done: (outputs: Outputs) => void,
): (run: () => Outputs | Promise<Outputs>) => void {
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
