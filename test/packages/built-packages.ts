import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../../edge/node/build.ts'

const run = promisify(execFile)

/** The packages, built from the sources as they are and packed as npm would publish them. */
export interface BuiltPackages {
  /** Folder of a built package. */
  folder(name: PackageName): string
  /** Path of its tarball. */
  tarball(name: PackageName): string
  /**
   * A new project with these packages installed from their tarballs and nothing else.
   *
   * @param others packages of this repository's node_modules that are linked into it, as React beside the element
   */
  createProject(names: readonly PackageName[], others?: readonly string[]): Promise<Project>
  remove(): Promise<void>
}

/** Names of the npm packages. */
export const PACKAGE_NAMES = ['latent-interpolation', 'latent-edge-client', 'tfjs-to-onnx'] as const
/** One of `PACKAGE_NAMES`. */
export type PackageName = (typeof PACKAGE_NAMES)[number]

/** A project that uses packages. */
export interface Project {
  folder: string
  write(name: string, content: string): Promise<void>
  /** Runs a program in the project. @returns its standard output @throws Error with its output when it fails */
  run(program: string, ...args: string[]): Promise<string>
}

/** Builds and packs the packages in a temporary folder. */
export async function buildPackages(): Promise<BuiltPackages> {
  const root = await mkdtemp(path.join(tmpdir(), 'latent-packages-'))
  const out = path.join(root, 'packages')
  await run(process.execPath, [path.join(ROOT, 'export/packages/cli.ts'), '--out', out], { cwd: ROOT })
  const tarballs = new Map<PackageName, string>()
  for (const name of PACKAGE_NAMES) {
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', root], {
      cwd: path.join(out, name),
    })
    const [{ filename }] = JSON.parse(stdout) as { filename: string }[]
    tarballs.set(name, path.join(root, filename))
  }
  const tarball = (name: PackageName) => tarballs.get(name) as string
  return {
    folder: name => path.join(out, name),
    tarball,
    async createProject(names, others = []) {
      const folder = await mkdtemp(path.join(root, 'project-'))
      const project: Project = {
        folder,
        write: (name, content) => writeFile(path.join(folder, name), content),
        run: async (program, ...args) => (await run(program, args, { cwd: folder })).stdout,
      }
      await project.write('package.json', '{ "name": "project", "private": true, "type": "module" }')
      // Offline: the packages need nothing from the registry.
      await project.run('npm', 'install', '--offline', '--no-audit', '--no-fund', ...names.map(tarball))
      for (const other of others) {
        const link = path.join(folder, 'node_modules', other)
        await mkdir(path.dirname(link), { recursive: true })
        await symlink(path.join(ROOT, 'node_modules', other), link)
      }
      return project
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}
