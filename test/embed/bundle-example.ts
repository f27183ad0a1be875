import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { compile } from 'svelte/compiler'
import { build, type Plugin, type Rolldown } from 'vite'
import { compileScript, parse } from 'vue/compiler-sfc'
import { ROOT } from '../../edge/node/build.ts'

const FOLDER = path.join(ROOT, 'web/embed/frameworks')
const FILES = { React: 'react.tsx', Vue: 'vue.vue', Svelte: 'svelte.svelte' } as const
/** A framework with an example in web/embed/frameworks. */
export type Framework = keyof typeof FILES

/** A main module for each example, as its users write it; `leave` removes the example from the page. */
const MAINS: Record<Framework, (home: string) => string> = {
  React: home => `import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { Digits } from '${FOLDER}/react.tsx'
const root = createRoot(document.querySelector('#app'))
root.render(createElement(Digits, { home: '${home}' }))
window.leave = () => root.unmount()`,
  Vue: () => `import { createApp } from 'vue'
import Digits from '${FOLDER}/vue.vue'
const app = createApp(Digits)
app.mount('#app')
window.leave = () => app.unmount()`,
  Svelte: home => `import { mount, unmount } from 'svelte'
import Digits from '${FOLDER}/svelte.svelte'
const app = mount(Digits, { target: document.querySelector('#app'), props: { home: '${home}' } })
window.leave = () => unmount(app)`,
}

/** Bundles an example with its framework into one script for a page with a `#app`. */
export async function bundleExample(framework: Framework, home: string): Promise<string> {
  const result = (await build({
    configFile: false,
    root: ROOT,
    logLevel: 'silent',
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
    },
    // Vitest sets NODE_ENV to test, which would choose the development runtime; the production build of React lacks it.
    oxc: { jsx: { runtime: 'automatic', development: false } },
    resolve: { conditions: ['browser'] },
    plugins: [entry(MAINS[framework](home)), components()],
    build: { write: false, rolldownOptions: { input: 'virtual:main', output: { codeSplitting: false } } },
  })) as Rolldown.RolldownOutput
  return result.output[0].code
}

function entry(code: string): Plugin {
  return {
    name: 'entry',
    resolveId: id => (id === 'virtual:main' ? id : undefined),
    load: id => (id === 'virtual:main' ? code : undefined),
  }
}

/** Compiles Vue's and Svelte's single-file components with their own compilers. */
function components(): Plugin {
  return {
    name: 'components',
    async load(id) {
      if (id.endsWith('.svelte')) {
        return compile(await readFile(id, 'utf8'), { filename: id, generate: 'client' }).js.code
      }
      if (!id.endsWith('.vue')) return undefined
      const { descriptor } = parse(await readFile(id, 'utf8'), { filename: id })
      const isCustomElement = (tag: string) => tag === 'latent-interpolation'
      const templateOptions = { compilerOptions: { isCustomElement } }
      return compileScript(descriptor, { id: 'digits', inlineTemplate: true, templateOptions }).content
    },
  }
}
