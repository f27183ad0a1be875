import { createElementContext, type ElementContext, LatentInterpolation } from './element.ts'
import { createServerList, type ServerList } from './server-list.ts'

const TAG = 'latent-interpolation'

/**
 * Registers `<latent-interpolation>`. If another script of it has done so, only the server of this one is added to that
 * script's list. Does nothing where there is no DOM.
 *
 * @param home base URL of the server that the script came from; without it elements need the attribute `src`
 */
export function defineElement(context: ElementContext, home?: string): void {
  if (!globalThis.customElements) return
  const registered = customElements.get(TAG) as { servers?: ServerList } | undefined
  const servers = registered ? registered.servers : context.servers
  if (home) servers?.add(home)
  if (registered) return
  class RegisteredElement extends LatentInterpolation {
    static readonly servers = context.servers
    constructor() {
      super(context)
    }
  }
  customElements.define(TAG, RegisteredElement)
}

/** Path of the script below the base URL of a server. */
const SCRIPT = 'embed/latent-interpolation.js'

/** Registers the element for the script that a server hands out: without `src`, elements use that server. */
export function defineFromServer(scriptUrl: string): void {
  defineElement(createElementContext(createServerList(SCRIPT)), new URL('..', scriptUrl).href)
}
