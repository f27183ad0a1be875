/** Scripts that use the packages; each takes what it needs from the test. */
export const APP_FILES = {
  client: (server: string) => `
import { ApiError, createClient } from 'latent-edge-client'
const api = createClient('${server}/')
const model = 'mnist-vae-l2-z2'
const { models } = await api.models()
if (!models.some(({ id }) => id === model)) throw new Error('expected ' + model)
const one = await api.array('sample', model, { query: { n: 2, seed: 7 } })
const two = await api.array('sample', model, { query: { n: 2, seed: 7 } })
const { z } = await api.json('sample', model, { query: { n: 2, seed: 7 } })
const decoded = await api.array('decode', model, { body: Float32Array.from(z.flat()) })
let frames = 0
for await (const frame of api.frames('interpolate', model, { query: { from: 'class:1', to: 'class:7', steps: 3 } })) {
  if (frame.xhat.length === 784) frames++
}
const picture = await api.picture('sample', model, { query: { seed: 1 } })
const error = await api.json('sample', 'no-such-model').catch(error => error)
if (!(error instanceof ApiError)) throw error
console.log(JSON.stringify({
  shape: one.shape,
  first: one.data.subarray(0, 784).length,
  sameSeed: one.seed === 7 && one.data.every((value, i) => value === two.data[i]),
  decoded: decoded.data.every((value, i) => Math.abs(value - one.data[i]) < 1e-5),
  frames,
  png: picture.type,
  error: { status: error.status, code: error.code, field: error.fields[0].field },
}))
`,
  convert: (model: string) => `
import { readFile, writeFile } from 'node:fs/promises'
import { convertModel } from 'tfjs-to-onnx'
await writeFile('path.onnx', (await convertModel('${model}')).bytes)
const names = ['model.json', 'weights.bin']
const files = await Promise.all(names.map(async name => new File([await readFile('${model}/' + name)], name)))
await writeFile('memory.onnx', (await convertModel(files)).bytes)
const error = await convertModel({ files: {} }).catch(error => error)
if (error.name !== 'ConversionError' && !/model.json/.test(error.message)) throw error
`,
}

/** Files of a TypeScript project: correct uses, and wrong ones that the compiler must reject. */
export const TYPE_TESTS: Readonly<Record<string, string>> = {
  'client.ts': `
import { type Client, createClient, type Tensor } from 'latent-edge-client'
const api: Client = createClient('https://a.example', { retries: 1, apiKey: 'key' })
export const tensor: Promise<Tensor> = api.array('sample', 'm', { query: { n: 2 } })
export const losses = api.json('reconstruct', 'm', { body: { images: ['…'] } }).then(({ images }) => images[0].kl)
// @ts-expect-error: an operation that does not exist
api.array('draw', 'm')
// @ts-expect-error: a parameter of the wrong type
api.array('sample', 'm', { query: { n: 'two' } })
// @ts-expect-error: a parameter that does not exist
api.array('sample', 'm', { query: { count: 2 } })
// @ts-expect-error: an operation without pictures
api.picture('encode', 'm')
// @ts-expect-error: an operation that does not stream
api.frames('sample', 'm')
`,
  'convert.ts': `
import { convertModel } from 'tfjs-to-onnx'
export const bytes: Promise<Uint8Array> = convertModel('model.json', { precision: 'fp16' }).then(({ bytes }) => bytes)
// @ts-expect-error: a precision that does not exist
convertModel('model.json', { precision: 'fp8' })
`,
  'element.ts': `
import { setServer } from 'latent-interpolation'
import { offlinePage } from 'latent-interpolation/offline'
setServer('https://a.example')
const element = document.createElement('latent-interpolation')
element.steps = 9
element.addEventListener('change', event => event.detail.z.length)
// @ts-expect-error: a number
element.steps = 'nine'
// @ts-expect-error: one of three words
element.theme = 'sepia'
export const html: Promise<string> = offlinePage({ model: 'folder', attributes: { from: 'class:3', to: 'class:8' } })
`,
  'component.tsx': `
import { LatentInterpolation } from 'latent-interpolation/react'
import 'latent-interpolation/jsx'
export const component = (
  <LatentInterpolation model="m" from="class:3" to="class:8" controls onChange={event => event.detail.t.toFixed(2)}>
    <span slot="caption">A caption.</span>
  </LatentInterpolation>
)
export const tag = <latent-interpolation model="m" steps={9} onchange={event => event.detail.u.toFixed(2)} />
// @ts-expect-error: a word that does not exist
export const wrongEngine = <LatentInterpolation model="m" engine="gpu" />
// @ts-expect-error: a prop that does not exist
export const wrongProp = <LatentInterpolation model="m" colour="red" />
// @ts-expect-error: a word that does not exist
export const wrongTag = <latent-interpolation model="m" path="curve" />
`,
  'vue.ts': `
import type { GlobalComponents } from 'vue'
import 'latent-interpolation/vue'
type Props = InstanceType<GlobalComponents['latent-interpolation']>['$props']
export const props: Props = { model: 'm', from: 'class:3', to: 'class:8', controls: true, onChange: event => event.detail.t }
// @ts-expect-error: a word that does not exist
export const wrong: Props = { model: 'm', theme: 'sepia' }
`,
  'svelte.ts': `
import type { SvelteHTMLElements } from 'svelte/elements'
import 'latent-interpolation/svelte'
type Props = SvelteHTMLElements['latent-interpolation']
export const props: Props = { model: 'm', from: 'class:3', to: 'class:8', controls: true, onchange: event => event.detail.t }
// @ts-expect-error: a word that does not exist
export const wrong: Props = { model: 'm', engine: 'gpu' }
`,
}
