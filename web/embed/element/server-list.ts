/** The servers whose script is on the page; elements without `src` use these. */
export interface ServerList {
  /** Adds the server that a script came from. */
  add(base: string): void
  /**
   * The servers to try for an element: that of the nearest script before it in the document, even if it has not run yet,
   * then the others. So each of two snippets, copied from two servers, uses its own.
   */
  listFor(element: Element): string[]
  /** Calls back when a server is added, until `signal` aborts. */
  onAdd(callback: () => void, signal: AbortSignal): void
}

/** Path of the element's script below the base URL of a server. */
const SCRIPT = 'embed/latent-interpolation.js'

/** Creates an empty list of servers. */
export function createServerList(): ServerList {
  const bases: string[] = []
  const events = new EventTarget()

  /** The bases of the scripts before an element, the nearest first. */
  function before(element: Element): string[] {
    const host = outermostHost(element)
    return [...element.ownerDocument.querySelectorAll<HTMLScriptElement>('script[src]')]
      .filter(node => node.compareDocumentPosition(host) & Node.DOCUMENT_POSITION_FOLLOWING)
      .map(node => node.src.replace(/[?#].*/, ''))
      .filter(url => url.endsWith(SCRIPT))
      .map(url => url.slice(0, -SCRIPT.length))
      .toReversed()
  }

  return {
    add(base) {
      if (bases.includes(base)) return
      bases.push(base)
      events.dispatchEvent(new Event('add'))
    },
    listFor: element => [...new Set([...before(element), ...bases])],
    onAdd: (callback, signal) => events.addEventListener('add', callback, { signal }),
  }
}

/** The element, or the outermost host of the shadow trees that it is in: positions are compared in the document. */
function outermostHost(element: Element): Element {
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? outermostHost(root.host) : element
}
