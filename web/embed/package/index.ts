import { defineElement } from '../element/define-element.ts'
import { createElementContext, LatentInterpolation } from '../element/element.ts'
import { createServerList, type ServerList } from '../element/server-list.ts'

/*
 * The npm package's entry: importing it registers the element. Without a DOM, as on a server that renders pages, it
 * registers nothing.
 */
const servers: ServerList = defineElement(createElementContext(createServerList()))

/** Sets the server of elements without `src`. Call it once, with the server's base URL. */
export function setServer(url: string | URL): void {
  const base = String(url)
  servers.add(base.endsWith('/') ? base : `${base}/`)
}

export { LatentInterpolation }
