import fs, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

/**
 * Pushes a model's folder into a bucket folder, and kills itself by SIGKILL after BYTES written bytes, in the middle of
 * a file, like a machine that loses its power. Ends with 0 if the push is finished before.
 *
 * node test/versions/push-until-killed.ts MODEL BUCKET BYTES
 */
const [model, bucket, bytes] = process.argv.slice(2)
let left = Number(bytes)

const open = fs.open
fs.open = async (...args) => {
  const file = await open(...args)
  const write = file.writeFile.bind(file)
  file.writeFile = (async (data: Uint8Array) => {
    if (data.length <= left) {
      left -= data.length
      return write(data)
    }
    await write(data.subarray(0, left))
    process.kill(process.pid, 'SIGKILL')
    await new Promise(() => {})
  }) as FileHandle['writeFile']
  return file
}
syncBuiltinESMExports()

const { openFolder } = await import('../../export/registry/stores/folder.ts')
const { readModelFolder } = await import('../../export/registry/read-folder.ts')
const { pushModel } = await import('../../export/registry/push.ts')
await pushModel(openFolder(bucket), await readModelFolder(model))
