/*
 * Takes a user's own images from their files to page, widget and API, and prints a transcript:
 *
 *   node test/own-images/transcript.ts [--out folder] [--only marks,photographs,characters,table,faults]
 *
 * It makes four data sets (40×30 marks of three classes, dark on light; 2,000 JPEG photographs without classes; 47
 * characters in EMNIST's files; a CSV), takes each through `npm run data`, `train`, `export` and `registry`, serves
 * them, and takes pictures of every view, the widget and the API, to be looked at in <out>/pictures. Then it shows what
 * happens after an image is deleted, a byte flipped, or a folder extended, and if a name is taken. It needs no network. Ends
 * with 1 if a command ended otherwise than expected, or a page reported a fault.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { ROOT } from '../../edge/node/build.ts'
import { makeCharacters, makeMarks, makePhotographs, makeTable } from './make-sets.ts'
import { type Shown, takePictures } from './take-pictures.ts'

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'runs/own-images' }, only: { type: 'string' } },
})
const out = resolve(values.out)
const place = (...parts: string[]) => join(out, ...parts)
const isWanted = (name: string) => !values.only || values.only.split(',').includes(name)
let wrong = 0

const SCRIPTS = {
  data: 'train/data/cli.ts',
  train: 'train/fit/cli.ts',
  export: 'train/zoo/export-cli.ts',
  registry: 'train/retrain/registry-cli.ts',
  retrain: 'train/retrain/cli.ts',
} as const

/** Runs a command of the repository, prints it and the end of what it printed. @param code how it should end */
function run(script: keyof typeof SCRIPTS, args: readonly string[], { code = 0, lines = 8 } = {}): string {
  const shown = args.map(arg => (/[\s'"]/.test(arg) ? `'${arg}'` : arg)).join(' ')
  console.log(`\n$ npm run ${script} -- ${shown.replaceAll(`${out}/`, '')}`)
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, SCRIPTS[script]), ...args], {
    encoding: 'utf8',
    cwd: ROOT,
    env: { ...process.env, LATENT_EDGE_TARGET: `dir:${place('bucket')}` },
  })
  const printed = `${stdout}${stderr}`.trimEnd().replaceAll(`${out}/`, '')
  const all = printed.split('\n')
  if (all.length > lines) console.log('…')
  console.log(all.slice(-lines).join('\n'))
  if (status !== code) {
    wrong++
    console.log(`WRONG: expected exit code ${code}, got ${status}`)
  }
  return printed
}

/** Trains, exports, pushes and promotes a model; its id. */
function deploy(
  name: string,
  data: readonly string[],
  training: readonly string[],
  exporting: string[] = [],
): string {
  const directory = place('runs', name)
  run('data', [...data, '--sheet', place('pictures', `${name}-sheet.png`)], { lines: 10 })
  run('train', ['--data', ...data, ...training, '--out', directory, '--overwrite'], { lines: 5 })
  run('export', [directory, '--zoo', place('zoo'), '--test-images', ...exporting], { lines: 6 })
  const { configuration } = JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8'))
  const folder = place('zoo', configuration.id)
  const { version } = JSON.parse(readFileSync(join(folder, 'card.json'), 'utf8'))
  run('registry', ['push', folder], { lines: 3 })
  run('registry', ['promote', `${configuration.id}@${version}`], { lines: 3 })
  return configuration.id
}

async function makeAndDeploy(): Promise<Shown[]> {
  const shown: Shown[] = []
  if (isWanted('marks')) {
    const folder = place('sets', 'my marks')
    await makeMarks(folder)
    const training = ['--latent', '2', '--widths', '256', '--epochs', '60', '--batch', '20', '--lr', '0.002']
    const id = deploy('marks', [folder], training, ['--density'])
    shown.push({ id, upload: join(folder, '三角', '3.png'), ends: ['class:full moon', 'class:三角'] })
  }
  if (isWanted('photographs')) {
    const folder = place('sets', 'photographs')
    await makePhotographs(folder)
    const data = [folder, '--size', '48x36', '--fit', 'cover', '--no-labels']
    const training = ['--latent', '8', '--widths', '256', '--loss', 'mse', '--epochs', '25']
    const id = deploy('photographs', data, training, ['--density'])
    shown.push({ id, upload: join(folder, '100_PANA', 'img 7.jpeg'), ends: ['seed:1', 'seed:2'] })
  }
  if (isWanted('characters')) {
    const folder = place('sets', 'emnist')
    await makeCharacters(folder)
    const data = [folder, '--transpose', '--name', 'characters']
    const training = ['--conditional', '--latent', '8', '--widths', '256', '--epochs', '25']
    const id = deploy('characters', data, training, ['--density'])
    const upload = place('letter.png')
    await writeLetter(upload)
    shown.push({ id, upload, ends: ['class:A@seed:1', 'class:q@seed:1'], conditional: true })
  }
  if (isWanted('table')) {
    const file = place('sets', 'icons.csv')
    await makeTable(file)
    const training = ['--kind', 'ae', '--latent', '4', '--epochs', '40', '--batch', '20', '--lr', '0.002']
    const id = deploy('table', [file, '--size', '24x18'], training, ['--density'])
    const upload = place('icon.png')
    const row = readFileSync(file, 'utf8').split('\n')[1].split(',').slice(0, -1).map(Number)
    await sharp(Uint8Array.from(row), { raw: { width: 24, height: 18, channels: 1 } })
      .png()
      .toFile(upload)
    shown.push({ id, upload, ends: ['class:cat', 'class:dog'] })
  }
  return shown
}

/** A dark A on white paper, as someone might photograph it. */
async function writeLetter(file: string): Promise<void> {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="120"><rect width="120" height="120" fill="#fafafa"/>' +
    '<path d="M30 100L60 20L90 100M42 70L78 70" fill="none" stroke="#222" stroke-width="9"/></svg>'
  await sharp(Buffer.from(svg)).png().toFile(file)
}

/** Serves the bucket and takes the pictures. */
async function look(shown: readonly Shown[]): Promise<void> {
  mkdirSync(place('empty'), { recursive: true })
  const page = place('page')
  spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/vite/bin/vite.js'),
      'build',
      'web',
      '--logLevel',
      'warn',
      '--outDir',
      page,
      '--emptyOutDir',
    ],
    { cwd: ROOT, stdio: 'inherit' },
  )
  const args = [
    '--port',
    '0',
    '--models',
    place('empty'),
    '--bucket',
    place('bucket'),
    '--page',
    page,
    '--rate',
    '0',
    '--access-log',
    'none',
  ]
  console.log('\n$ npm run start:node -- --models empty --bucket bucket')
  const server = spawn(process.execPath, [join(ROOT, 'edge/node/cli.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const url = await new Promise<string>((found, failed) => {
      let text = ''
      server.stdout.on('data', data => {
        text += data
        const [match] = /http:\/\/\S+/.exec(text) ?? []
        if (match) found(match)
      })
      server.once('exit', code => failed(new Error(`the server ended with ${code}`)))
    })
    const { models } = (await (await fetch(`${url}/v1/models`)).json()) as { models: { id: string }[] }
    console.log(`serves ${models.map(({ id }) => id).join(', ')}`)
    const faults = await takePictures(url, shown, place('pictures'))
    wrong += faults.length
    console.log(faults.length > 0 ? faults.join('\n') : 'no page reported a fault')
    console.log(`${readdirSync(place('pictures')).length} pictures in ${place('pictures')}`)
  } finally {
    server.kill()
  }
}

/** What comes of a deleted image, a flipped byte, a name that is taken, and a folder that grew. */
async function showFaults(): Promise<void> {
  const folder = place('sets', 'leaves')
  rmSync(folder, { recursive: true, force: true })
  await makeMarks(folder, 100)
  const directory = place('runs', 'leaves')
  const model = ['--widths', '64', '--latent', '4', '--epochs', '60', '--batch', '20', '--lr', '0.002']
  run('train', ['--data', folder, ...model, '--out', directory, '--overwrite'], { lines: 2 })
  const exported = [directory, '--zoo', place('faults')]

  console.log('\n# one image is deleted')
  const [image, aside] = [join(folder, 'full moon', '7.png'), place('7.png')]
  renameSync(image, aside)
  run('export', exported, { code: 1 })
  run('train', ['--data', folder, ...model, '--out', directory, '--resume'], { code: 1 })
  renameSync(aside, image)

  console.log('\n# one bit of the weights is flipped')
  const weights = join(directory, 'decoder', 'weights.bin')
  const bytes = readFileSync(weights)
  writeFileSync(
    weights,
    bytes.map((byte, i) => (i === 1000 ? byte ^ 1 : byte)),
  )
  run('export', exported, { code: 1 })
  writeFileSync(weights, bytes)
  run('export', exported, { lines: 2 })

  console.log('\n# other images under the same name')
  await makeMarks(place('sets', 'other', 'leaves'), 20, 9)
  const other = place('runs', 'other')
  run('train', ['--data', place('sets', 'other', 'leaves'), ...model, '--out', other, '--overwrite'], {
    lines: 1,
  })
  run('export', [other, '--zoo', place('faults')], { code: 1 })
  run('export', [other, '--zoo', place('faults'), '--id', 'leavesofothers-vae-w64-z4'], { lines: 2 })
  await makeMarks(place('sets', 'mnist'), 20, 9)
  run('data', [place('sets', 'mnist'), '--sheet', place('mnist.png')], { lines: 9 })

  console.log('\n# a folder that grew from 300 to 330 images')
  const places = ['--runs', place('runs'), '--zoo', place('empty')]
  run('retrain', ['--data', folder, ...model, ...places], { lines: 3 })
  await makeMarks(folder, 110)
  run('retrain', ['--data', folder, ...model, ...places, '--canary', '10', '--auto'], { lines: 16 })
}

rmSync(place('bucket'), { recursive: true, force: true })
for (const name of ['sets', 'pictures', 'bucket', 'empty', 'runs'])
  mkdirSync(place(name), { recursive: true })
const shown = await makeAndDeploy()
if (shown.length > 0) await look(shown)
if (isWanted('faults')) await showFaults()
console.log(wrong === 0 ? '\nall as it should be' : `\n${wrong} not as it should be`)
process.exitCode = wrong === 0 ? 0 : 1
