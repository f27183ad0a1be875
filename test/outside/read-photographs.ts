/**
 * Reads the photographs that photographs.py has rendered as the page does, and prints how many the judge takes for the
 * digit in their name: KIND-DIGIT.jpg. The page reads files by a canvas; here sharp does.
 *
 *     npx node test/outside/read-photographs.ts FOLDER
 */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'
import { readPhoto } from '../../web/ink/photo/read-photo.ts'
import { greyOf, LONGEST } from '../../web/ink/picture-file.ts'

const folder = process.argv[2]
const judge = await InferenceSession.create(await readFile('models/judges/mnist/classifier.onnx'))
const counts = new Map<string, { right: number; all: number; wrong: string[] }>()

async function readDigit(file: string): Promise<number> {
  const fit = { fit: 'inside', withoutEnlargement: true } as const
  const image = sharp(file).resize(LONGEST, LONGEST, fit).ensureAlpha().raw()
  const { data, info } = await image.toBuffer({ resolveWithObject: true })
  const stages = readPhoto({ width: info.width, height: info.height, pixels: greyOf(data) }, 28)
  const x = stages[stages.length - 1].picture.pixels
  const { logits } = await judge.run({ x: new Tensor('float32', x, [1, 784]) })
  const values = logits.data as Float32Array
  return values.indexOf(Math.max(...values))
}

for (const name of (await readdir(folder)).sort()) {
  const [, kind, digit] = /^(\w+)-(\d)\.jpg$/.exec(name) ?? []
  if (kind === undefined) continue
  const read = await readDigit(path.join(folder, name))
  const count = counts.get(kind) ?? { right: 0, all: 0, wrong: [] }
  count.all++
  if (read === Number(digit)) count.right++
  else count.wrong.push(`${digit} as ${read}`)
  counts.set(kind, count)
}
for (const [kind, { right, all, wrong }] of counts) {
  console.log(`${kind.padEnd(12)} ${right} of ${all}  ${wrong.join(', ')}`)
}
const sum = (key: 'right' | 'all') => [...counts.values()].reduce((total, count) => total + count[key], 0)
console.log(`${sum('right')} of ${sum('all')}`)
