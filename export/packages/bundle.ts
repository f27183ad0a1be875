import { existsSync } from 'node:fs'
import path from 'node:path'
import { rolldown } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'
import { build, type Plugin } from 'vite'

/** The repository's root. */
export const ROOT = path.resolve(import.meta.dirname, '../..')

/** The input of a bundle. */
export interface Bundle {
  /** Entry modules from the repository's root, by the names of their output files. */
  entries: Readonly<Record<string, string>>
  /** Folder for the output files. */
  out: string
  /** Imports of packages that are left as they are. */
  external?: readonly string[]
  minify?: boolean
  /** One script without imports. */
  format?: 'es' | 'iife'
  plugins?: Plugin[]
}

/** Bundles modules into JavaScript for Node 20 and browsers of 2023, with source maps. */
export async function bundle(options: Bundle): Promise<void> {
  const { entries, out, external = [], minify = false, format = 'es', plugins = [] } = options
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    publicDir: false,
    plugins,
    build: {
      outDir: out,
      emptyOutDir: false,
      target: 'es2022',
      cssTarget: ['chrome111', 'firefox121', 'safari16.4'],
      minify,
      sourcemap: true,
      modulePreload: false,
      rolldownOptions: {
        input: absolute(entries),
        external: id =>
          id.startsWith('node:') || external.some(name => id === name || id.startsWith(`${name}/`)),
        preserveEntrySignatures: 'strict',
        output: {
          format,
          entryFileNames: '[name].js',
          chunkFileNames: '[name]-[hash].js',
          ...(format === 'iife' && { codeSplitting: false }),
        },
      },
    },
  })
}

/**
 * Bundles the types of modules into one declaration file an entry.
 *
 * @param entries entry modules from the repository's root; `tsc -b` has emitted their declarations
 * @param project folder of the declarations below .tsbuild
 * @param external imports that are left as they are, beside packages
 */
export async function bundleTypes(
  entries: Readonly<Record<string, string>>,
  project: string,
  out: string,
  external: readonly string[] = [],
): Promise<void> {
  const declarations = Object.fromEntries(
    Object.entries(entries).map(([name, file]) => [
      name,
      path.join('.tsbuild', project, file.replace(/\.ts$/, '.d.ts')),
    ]),
  )
  const bundled = await rolldown({
    input: absolute(declarations),
    external: id => external.includes(id) || (!id.startsWith('.') && !path.isAbsolute(id)),
    // Declarations have no effects: without this, an import whose types are not used stays.
    treeshake: { moduleSideEffects: false },
    plugins: [resolveDeclarations(), ...dts({ emitDtsOnly: true, generator: 'oxc' })],
    logLevel: 'warn',
  })
  await bundled.write({
    dir: out,
    format: 'es',
    entryFileNames: '[name].ts',
    chunkFileNames: '[name]-[hash].d.ts',
  })
  await bundled.close()
}

/** Emitted declarations import "./file.ts", beside which only file.d.ts is; those of other projects are elsewhere. */
function resolveDeclarations() {
  return {
    name: 'resolve-declarations',
    resolveId(source: string, importer: string | undefined) {
      if (!importer || !source.startsWith('.') || source.endsWith('.d.ts')) return null
      // .tsbuild/PROJECT/FOLDER/…: the folder names the project that emitted a file, except for the converter's own files.
      const [, ...inside] = path
        .relative(path.join(ROOT, '.tsbuild'), path.resolve(path.dirname(importer), source))
        .split(path.sep)
      const found = ['convert', inside[0]].map(project =>
        path.join(ROOT, '.tsbuild', project, ...inside).replace(/\.ts$/, '.d.ts'),
      )
      return found.find(file => existsSync(file)) ?? null
    },
  }
}

const absolute = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, file]) => [name, path.join(ROOT, file)]))
