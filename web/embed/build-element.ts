import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build, type Plugin, type Rolldown } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const SCRIPT = 'embed/latent-interpolation.js'
const TYPES = 'embed/latent-interpolation.d.ts'

/**
 * Builds the element into one script without imports, so that a page, and its Content Security Policy, needs to name
 * only one URL.
 */
export async function buildElement(): Promise<string> {
  const result = (await build({
    configFile: false,
    root: here('.'),
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2022',
      cssTarget: ['chrome111', 'firefox121', 'safari16.4'],
      modulePreload: false,
      rolldownOptions: {
        input: here('element/server-script.ts'),
        preserveEntrySignatures: 'strict',
        output: { format: 'es', codeSplitting: false },
      },
    },
  })) as Rolldown.RolldownOutput
  return result.output[0].code
}

/**
 * A Vite plugin that emits the element's script and its types beside the page, in files without a hash in their names.
 */
export function embedScript(): Plugin {
  return {
    name: 'embed-script',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: SCRIPT, source: await buildElement() })
      this.emitFile({
        type: 'asset',
        fileName: TYPES,
        source: readFileSync(here('latent-interpolation.d.ts'), 'utf8'),
      })
    },
    configureServer(server) {
      server.middlewares.use(`/${SCRIPT}`, (_, response) => {
        response.setHeader('content-type', 'text/javascript')
        response.end(
          "import { defineFromServer } from '/embed/element/define-element.ts'\n" +
            'defineFromServer(import.meta.url)\n',
        )
      })
    },
  }
}
