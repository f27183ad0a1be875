import type { OutputBundle, OutputChunk } from 'rolldown'
import type { Plugin } from 'vite'

/**
 * A Vite plugin that lists in index.html which files each view needs besides those that every page loads. With it the
 * server makes the browser fetch the files of the address's view together with the page's script, and not after it.
 *
 * @param views ids of the views' scripts by name
 */
export function viewFiles(views: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'view-files',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle, chunk, path }) {
        if (!bundle || !chunk || path !== '/index.html') return html
        const loaded = new Set(filesOf(chunk, bundle))
        const later = Object.entries(views).map(([name, id]) => {
          const view = chunks(bundle).find(each => each.facadeModuleId === id)
          if (!view) throw new Error(`view-files: expected a script of its own for the view ${name}, ${id}`)
          return [name, filesOf(view, bundle).filter(file => !loaded.has(file))] as const
        })
        const json = JSON.stringify(Object.fromEntries(later))
        return [
          {
            tag: 'script',
            attrs: { type: 'application/json', id: 'view-files' },
            children: json,
            injectTo: 'head',
          },
        ]
      },
    },
  }
}

function chunks(bundle: OutputBundle): OutputChunk[] {
  return Object.values(bundle).filter(file => file.type === 'chunk')
}

/** A chunk's script, style sheets, and those of the chunks that it imports. */
function filesOf(chunk: OutputChunk, bundle: OutputBundle): string[] {
  const all = new Set([chunk])
  for (const each of all) {
    for (const name of each.imports) {
      const imported = bundle[name]
      if (imported?.type === 'chunk') all.add(imported)
    }
  }
  return [...all].flatMap(({ fileName, viteMetadata }) => [fileName, ...(viteMetadata?.importedCss ?? [])])
}
