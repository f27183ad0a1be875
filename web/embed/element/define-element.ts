import { createElementContext, type ElementContext, LatentInterpolation } from './element.ts'
import { createServerList, type ServerList } from './server-list.ts'

const TAG = 'latent-interpolation'

/**
 * Registers `<latent-interpolation>`, unless another script has registered it or there is no DOM.
 *
 * @param home base URL of the server that the script came from; without it, elements need the attribute `src`
 * @returns the server list of the registered element
 */
export function defineElement(context: ElementContext, home?: string): ServerList {
  const registered = globalThis.customElements?.get(TAG) as { servers?: ServerList } | undefined
  const servers = registered?.servers ?? context.servers
  if (home) servers.add(home)
  if (registered || !globalThis.customElements) return servers
  class RegisteredElement extends LatentInterpolation {
    static readonly servers = context.servers
    constructor() {
      super(context)
    }
  }
  customElements.define(TAG, RegisteredElement)
  return servers
}

/** Registers the element from a server's script: elements without `src` use that server. */
export function defineFromServer(scriptUrl: string): void {
  defineElement(createElementContext(createServerList()), new URL('..', scriptUrl).href)
}
