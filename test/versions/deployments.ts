import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildAssets, buildWorker } from '../../edge/node/build.ts'
import { startServer } from '../../edge/node/server.ts'
import { startWorkerd } from '../../edge/node/workerd.ts'
import type { Bucket } from '../../export/registry/stores/bucket.ts'
import { openFolder } from '../../export/registry/stores/folder.ts'
import { openLocal } from '../../export/registry/stores/local-r2.ts'

/** Runtimes with the buckets they serve from. */
export const DEPLOYMENTS = ['workerd and its R2', 'Node and a folder'] as const
/** One of `DEPLOYMENTS`. */
export type DeploymentName = (typeof DEPLOYMENTS)[number]

/** A server, and the bucket it follows as the command line sees it. */
export interface Deployment {
  url: string
  bucket: Bucket
  /** The bucket's folder. */
  folder: string
  log: string[]
  stop(): Promise<void>
}

/** Seconds between reads of the channels: few, so that tests do not wait. */
const SECONDS = 0.1

/** Folders that outlive a server: its bundled models, its build, its bucket. */
export interface DeploymentFolders {
  root: string
  zoo: string
  bundle(): Promise<void>
  remove(): Promise<void>
}

/** Creates empty folders for a server's models, build and bucket. */
export async function makeFolders(): Promise<DeploymentFolders> {
  const root = await mkdtemp(path.join(tmpdir(), 'latent-edge-versions-'))
  const zoo = path.join(root, 'zoo')
  await mkdir(zoo)
  return {
    root,
    zoo,
    async bundle() {
      const folders = { zoo, assets: path.join(root, 'assets'), worker: path.join(root, 'worker') }
      await buildAssets(folders)
      await buildWorker(folders)
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

/** Starts a server that follows the bucket `name`. */
export async function startDeployment(
  runtime: DeploymentName,
  folders: DeploymentFolders,
  name: string,
): Promise<Deployment> {
  const { root, zoo } = folders
  const folder = path.join(root, 'buckets', `${name}-${DEPLOYMENTS.indexOf(runtime)}`)
  await mkdir(folder, { recursive: true })
  const bucket = runtime === 'workerd and its R2' ? await openLocal(folder) : openFolder(folder)
  const log: string[] = []
  const common = {
    host: '127.0.0.1',
    port: 0,
    log: (line: string) => void log.push(line),
    channelSeconds: SECONDS,
  }
  const server =
    runtime === 'workerd and its R2'
      ? await startWorkerd({
          ...common,
          worker: path.join(root, 'worker'),
          assets: path.join(root, 'assets'),
          limit: 0,
          state: folder,
        })
      : await startServer({
          ...common,
          models: zoo,
          bucket: folder,
          rate: 0,
          trustProxy: true,
          sessionBytes: 2 ** 26,
        })
  return {
    url: server.url,
    bucket,
    folder,
    log,
    async stop() {
      await server.stop()
      await bucket.close()
    },
  }
}
