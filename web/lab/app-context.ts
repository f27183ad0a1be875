import type { TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import type { Catalog, Model, Network } from '../catalog/catalog.ts'
import type { Outputs } from '../engines/engine.ts'
import type { Engines } from '../engines/engines.ts'
import type { State } from './state.ts'

/** What a view is given. */
export interface AppContext {
  readonly state: State
  readonly catalog: Catalog
  readonly engines: Engines
  /** Changes the state; the URL follows. 'push' makes a step that the browser's back button undoes. */
  set(patch: Partial<State>, how?: 'push'): void
  /** Draws the page again on the next frame. */
  refresh(): void
  /** Says something to a screen reader once things have come to rest. */
  say(text: string): void
  /** Shows a message until it is put away. */
  tell(message: string): void
  /** The model the state names, or the catalog's first; undefined while the catalog is on its way. */
  model(): Model | undefined
}

/** A view: what it shows for the state as it is now. It may keep what is not worth a place in the URL. */
export interface View {
  render(): TemplateResult
  /** Called when another view takes its place. */
  close?(): void
}

export type CreateView = (app: AppContext) => View

/**
 * The state's point. Where it has none, or one of another size: the mean of the first class, which decodes to something
 * that can be recognised, or else the mean of all.
 */
export function pointOf(state: State, card: Card): Float32Array {
  const { whole, classes } = card.latent
  return Float32Array.from(
    state.z.length === card.architecture.latentDim ? state.z : (classes[0] ?? whole).mean,
  )
}

/**
 * Runs one thing at a time and forgets all but the newest of those that wait: a drag that is faster than an engine
 * skips frames and never lags. `done` is called at once when `run` answers at once.
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
