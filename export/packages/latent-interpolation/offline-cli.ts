import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { offlinePage, offlineScript } from './offline.ts'

const HELP = `Usage: latent-interpolation <model> <output> [attributes]

Writes a page (.html) or a script (.js) with the element and a model inside, which needs no server.

  <model>    folder of a model with card.json and decoder.onnx, or its URL, https://HOST/v1/models/ID
  <output>   page.html, or script.js for pages of your own

  --decoder <file>   another decoder.onnx of the same shape, as one with int8 weights
  --title <text>     title of the page

Attributes of the element, for a page:
  --from <endpoint> --to <endpoint>, or --corners <a;b;c;d>, or --text <text> with --hand <style>
  --steps --path --duration --scale --theme --label, --autoplay --loop --controls

Example:
  npx latent-interpolation https://HOST/v1/models/mnist-vae-l2-z2 digits.html --from class:3 --to class:8 --controls
`

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const ATTRIBUTES = {
  from: text,
  to: text,
  corners: text,
  text,
  hand: text,
  steps: text,
  path: text,
  duration: text,
  scale: text,
  theme: text,
  label: text,
  autoplay: flag,
  loop: flag,
  controls: flag,
}

/** Runs the command. @throws Error with a message for its user */
async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ...ATTRIBUTES, decoder: text, title: text, help: { ...flag, short: 'h' } },
  })
  const { help, decoder, title, ...attributes } = values
  const [model, output, ...rest] = positionals
  if (help) return console.log(HELP)
  if (!model || !output || rest.length > 0) {
    throw new Error(`expected a model and an output file, got ${positionals.length} arguments; see --help`)
  }
  const isPage = output.endsWith('.html')
  if (!isPage && !output.endsWith('.js')) throw new Error(`${output}: expected a name with .html or .js`)
  const written = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, value === true ? '' : String(value)]),
  )
  if (isPage && !written.corners && !written.text && !(written.from && written.to)) {
    throw new Error('expected --from and --to, --corners or --text; see --help')
  }
  const content = isPage
    ? await offlinePage({ model, decoder, title, attributes: written })
    : await offlineScript({ model, decoder })
  await writeFile(output, content)
  console.log(`${output}: ${Buffer.byteLength(content).toLocaleString('en')} bytes`)
}

run().catch(error => {
  console.error(`error: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
})
