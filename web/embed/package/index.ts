import { defineElement } from '../element/define-element.ts'
import { createElementContext, LatentInterpolation } from '../element/element.ts'
import { createServerList, type ServerList } from '../element/server-list.ts'

/*
 * Entry of the npm package: importing it registers the element. It may be imported where there is no DOM, as on a server
 * that renders pages; it then registers nothing.
 */
const servers: ServerList = defineElement(createElementContext(createServerList()))

/** Sets the server of elements that have no `src`. Call it once, with the base URL of the server. */
export function setServer(url: string | URL): void {
  const base = String(url)
  servers.add(base.endsWith('/') ? base : `${base}/`)
}

export { LatentInterpolation }
