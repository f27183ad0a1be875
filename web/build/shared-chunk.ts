import type { CodeSplittingGroup } from 'rolldown'

/** The part of the bundler's description of modules that is used here. */
interface ModuleGraph {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null
}

/**
 * Puts the modules that some scripts need and share with others into one chunk. The bundler's own choice is a chunk for
 * each set of users: about twenty small files, of which a browser fetches six at a time over HTTP/1.1, and each costs a
 * slow network a round trip.
 *
 * @param entries ids of the scripts
 * @param others ids of scripts on other pages: what they need too is left out, for the chunk may import from the page
 * @returns a group of the bundler's `codeSplitting`
 */
export function sharedChunk(
  name: string,
  entries: readonly string[],
  others: readonly string[] = [],
): CodeSplittingGroup {
  let needed: Set<string> | undefined
  let elsewhere: Set<string> | undefined
  return {
    debugName: name,
    name(id, graph) {
      needed ??= staticImports(entries, graph)
      elsewhere ??= staticImports(others, graph)
      return needed.has(id) && !elsewhere.has(id) ? name : null
    },
    minShareCount: 2,
    // Without this, a chunk would also take what its modules import from other chunks, even the page's own script.
    includeDependenciesRecursively: false,
  }
}

/** The modules that some modules import, directly or through others, except by a dynamic import. */
function staticImports(entries: readonly string[], graph: ModuleGraph): Set<string> {
  const found = new Set(entries)
  for (const id of found) {
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) found.add(imported)
  }
  return found
}
