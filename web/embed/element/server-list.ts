/** The servers that scripts on the page came from; elements without `src` use them. */
export interface ServerList {
  /** Adds the server that a script came from. */
  add(base: string): void
  /**
   * The servers to try for an element: first that of the nearest script before it in the document, even if that has not
   * run yet, then the others. So two snippets that were copied from two servers each use their own.
   */
  listFor(element: Element): string[]
  /** Calls `callback` when a server is added, until `signal` aborts. */
  onAdd(callback: () => void, signal: AbortSignal): void
}

/** Path of the element's script, relative to a server's base URL. */
const SCRIPT = 'embed/latent-interpolation.js'

/** Creates an empty list of servers. */
export function createServerList(): ServerList {
  const bases: string[] = []
  const events = new EventTarget()

  /** The base URLs of the scripts before an element, the nearest first. */
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

/** The element itself or, inside shadow trees, their outermost host: positions are compared in the document. */
function outermostHost(element: Element): Element {
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? outermostHost(root.host) : element
}
