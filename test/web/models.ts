import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { FOLDERS } from '../../edge/node/build.ts'
import { type NodeServer, startServer } from '../../edge/node/server.ts'
import { TRAINED } from './site.ts'

/** The name under which the trained model is shown a second time, with more figures. */
export const DEEP = 'mnist-vae-l6-z2'

/** Starts an API with the trained model under its own id and under `DEEP`. */
export function startModels() {
  let zoo = ''
  let server: NodeServer
  const start = async (port = 0) => {
    const options = {
      host: '127.0.0.1',
      port,
      models: zoo,
      rate: 0,
      trustProxy: false,
      sessionBytes: 2 ** 26,
    }
    server = await startServer({ ...options, log() {} })
    return server.url
  }
  return {
    async begin() {
      zoo = await mkdtemp(path.join(tmpdir(), 'latent-edge-figures-'))
      for (const id of [TRAINED, DEEP]) {
        await cp(path.join(FOLDERS.zoo, TRAINED), path.join(zoo, id), { recursive: true })
        const card = path.join(zoo, id, 'card.json')
        await writeFile(card, JSON.stringify({ ...JSON.parse(await readFile(card, 'utf8')), id }))
      }
      return start()
    },
    stop: () => server.stop(0),
    again: (url: string) => start(Number(new URL(url).port)),
    async end() {
      await server.stop(0)
      await rm(zoo, { recursive: true, force: true })
    },
  }
}
