import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { createRng, type Uniform } from '../../models/random.ts'
import { encodeIdx } from '../../train/data/idx.ts'

/** A uniform draw from `low` to `high`. */
const between = (uniform: Uniform, low: number, high: number) => low + (high - low) * uniform()
const grey = (level: number) => `rgb(${level},${level},${level})`

/** A grey picture of an SVG drawing, [height · width]. */
async function rasterize(svg: string, width: number, height: number): Promise<Uint8Array> {
  const { data } = await sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${svg}</svg>`),
  )
    .flatten({ background: '#000' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return data
}

/**
 * Writes 40×30 PNGs of three kinds of marks, dark on light paper, with a folder for each class; names have spaces and
 * letters beyond ASCII. A larger `count` for each class adds images to those of a smaller one.
 */
export async function makeMarks(folder: string, count = 100, seed = 1): Promise<void> {
  const draw: Record<string, (x: number, y: number, r: number) => string> = {
    'full moon': (x, y, r) => `<circle cx="${x}" cy="${y}" r="${r}" stroke="none"/>`,
    dürr: (x, y, r) => `<path d="M${x - r} ${y - r / 3}L${x + r} ${y + r / 3}" fill="none"/>`,
    三角: (x, y, r) =>
      `<path d="M${x} ${y - r}L${x + r} ${y + r * 0.7}L${x - r} ${y + r * 0.7}Z" fill="none"/>`,
  }
  for (const [name, shape] of Object.entries(draw)) {
    mkdirSync(join(folder, name), { recursive: true })
    for (let i = 0; i < count; i++) {
      // Each image by itself, so that a larger set has those of a smaller one.
      const uniform = createRng(seed, `${name} ${i}`)
      const ink = grey(Math.round(between(uniform, 10, 70)))
      const [x, y, r] = [between(uniform, 14, 26), between(uniform, 12, 18), between(uniform, 6, 11)]
      const svg = `<rect width="40" height="30" fill="${grey(Math.round(between(uniform, 235, 255)))}"/><g fill="${ink}" stroke="${ink}" stroke-width="${between(uniform, 2, 4)}">${shape(x, y, r)}</g>`
      const raw = { width: 40, height: 30, channels: 1 as const }
      await sharp(await rasterize(svg, 40, 30), { raw })
        .png()
        .toFile(join(folder, name, `${i + 1}.png`))
    }
  }
}

/**
 * Writes JPEG photographs of landscapes: sky, sun, hills, water and trees, in colour, in three sizes, some rotated by
 * EXIF, some CMYK, some in sub-folders, named as cameras name them. They have no classes.
 */
export async function makePhotographs(folder: string, count = 2000, seed = 2): Promise<void> {
  const uniform = createRng(seed, 'photographs')
  for (let i = 0; i < count; i++) {
    const [width, height] = [
      [160, 120],
      [192, 108],
      [128, 128],
    ][i % 3]
    const svg = landscape(uniform, width, height)
    const sub = join(folder, `10${Math.floor((4 * i) / count)}_PANA`)
    mkdirSync(sub, { recursive: true })
    let picture = sharp(
      Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${svg}</svg>`),
    ).flatten({ background: '#000' })
    if (i % 10 === 3)
      picture = sharp(await picture.rotate(-90).png().toBuffer()).withMetadata({ orientation: 6 })
    if (i % 50 === 7) picture = picture.toColourspace('cmyk')
    const file = join(sub, i % 4 === 0 ? `P${1000000 + i}.JPG` : `img ${i}.jpeg`)
    await picture.jpeg({ quality: 60 + (i % 35) }).toFile(file)
  }
}

function landscape(uniform: Uniform, width: number, height: number): string {
  const pick = (low: number, high: number) => between(uniform, low, high)
  const horizon = height * pick(0.4, 0.7)
  const hour = uniform()
  const sky = `hsl(${pick(190, 230)},${pick(30, 80)}%,${20 + 65 * hour}%)`
  const low = `hsl(${pick(10, 60)},${pick(30, 90)}%,${30 + 60 * hour}%)`
  const sun = `<circle cx="${pick(0, width)}" cy="${horizon * pick(0.2, 0.9)}" r="${height * pick(0.04, 0.12)}" fill="hsl(50,100%,${pick(80, 97)}%)"/>`
  const hills = [0.18, 0.1, 0.03].map((rise, k) => {
    const [a, b, phase] = [pick(0.3, 1), pick(1, 3), pick(0, 6)]
    const points = Array.from({ length: 17 }, (_, i) => {
      const x = i / 16
      const y =
        horizon -
        height * rise * (0.6 + a * 0.5 * Math.sin(b * 3 * x + phase) + 0.2 * Math.sin(11 * x + phase))
      return `${(x * width).toFixed(1)},${y.toFixed(1)}`
    })
    const colour = `hsl(${pick(90, 200)},${15 + 12 * k}%,${(10 + 45 * hour) * (1 - 0.25 * k)}%)`
    return `<polygon points="0,${height} ${points.join(' ')} ${width},${height}" fill="${colour}"/>`
  })
  const water =
    uniform() < 0.5
      ? `<rect y="${height * 0.8}" width="${width}" height="${height}" fill="${sky}" opacity="0.8"/>`
      : ''
  const trees = Array.from({ length: Math.floor(pick(0, 5)) }, () => {
    const [x, size] = [pick(0, width), height * pick(0.08, 0.3)]
    const y = pick(horizon, height)
    return `<path d="M${x} ${y - size}L${x + size / 3} ${y}L${x - size / 3} ${y}Z" fill="hsl(120,30%,${pick(5, 25)}%)"/>`
  })
  return `<defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="${sky}"/><stop offset="1" stop-color="${low}"/></linearGradient></defs><rect width="${width}" height="${height}" fill="url(#s)"/>${sun}${hills.join('')}${water}${trees.join('')}`
}

/** The 47 characters of EMNIST's balanced split, in the order of its labels. */
export const CHARACTERS = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt']

/**
 * Writes characters in EMNIST's form: 28×28, light on dark, each image transposed, in idx files of its names, and the
 * file
 * that maps labels to ASCII codes. Each class has `count` training images, enough for each of ten folds, and a sixth of
 * that for tests.
 */
export async function makeCharacters(folder: string, count = 90, seed = 3): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const uniform = createRng(seed, 'characters')
  const fonts = ['DejaVu Sans', 'DejaVu Serif', 'URW Bookman', 'P052', 'Nimbus Mono PS', 'DejaVu Sans Mono']
  for (const [part, each] of [
    ['train', count],
    ['test', Math.ceil(count / 6)],
  ] as const) {
    const images = new Uint8Array(CHARACTERS.length * each * 784)
    const labels = new Uint8Array(CHARACTERS.length * each)
    for (let i = 0; i < labels.length; i++) {
      const label = i % CHARACTERS.length
      const font = fonts[Math.floor(uniform() * fonts.length)]
      const turn = `rotate(${between(uniform, -12, 12)} 14 14) skewX(${between(uniform, -10, 10)})`
      const weight = uniform() < 0.5 ? 'bold' : 'normal'
      const svg = `<text x="14" y="21.5" transform="${turn}" font-family="${font}" font-weight="${weight}" font-size="${between(uniform, 20, 25)}" text-anchor="middle" fill="#fff">${CHARACTERS[label]}</text>`
      const upright = await rasterize(svg, 28, 28)
      for (let y = 0; y < 28; y++)
        for (let x = 0; x < 28; x++) images[i * 784 + x * 28 + y] = upright[y * 28 + x]
      labels[i] = label
    }
    const file = (kind: string) => join(folder, `emnist-balanced-${part}-${kind}-ubyte.gz`)
    writeFileSync(file('images-idx3'), gzipSync(encodeIdx({ dims: [labels.length, 28, 28], data: images })))
    writeFileSync(file('labels-idx1'), gzipSync(encodeIdx({ dims: [labels.length], data: labels })))
  }
  const mapping = CHARACTERS.map((character, label) => `${label} ${character.charCodeAt(0)}`)
  writeFileSync(join(folder, 'emnist-balanced-mapping.txt'), `${mapping.join('\n')}\n`)
}

/**
 * Writes a CSV of 24×18 icons with a header, pixels first and the class's name last. One of its two classes is rare.
 */
export async function makeTable(file: string, count = 400, seed = 4): Promise<void> {
  const uniform = createRng(seed, 'table')
  const rows = [[...Array.from({ length: 24 * 18 }, (_, i) => `p${i}`), 'species'].join(',')]
  for (let i = 0; i < count; i++) {
    const rare = i % 8 === 0
    const [x, y, r] = [between(uniform, 8, 16), between(uniform, 7, 11), between(uniform, 3, 6)]
    const eyes = `<circle cx="${x - r / 3}" cy="${y - r / 4}" r="1" fill="#000"/><circle cx="${x + r / 3}" cy="${y - r / 4}" r="1" fill="#000"/>`
    const ears = rare
      ? `<path d="M${x - r} ${y}L${x - r} ${y - 1.6 * r}L${x} ${y}M${x + r} ${y}L${x + r} ${y - 1.6 * r}L${x} ${y}"/>`
      : `<ellipse cx="${x - r}" cy="${y}" rx="${r / 3}" ry="${r}"/><ellipse cx="${x + r}" cy="${y}" rx="${r / 3}" ry="${r}"/>`
    const svg = `<g fill="${grey(Math.round(between(uniform, 150, 255)))}"><circle cx="${x}" cy="${y}" r="${r}"/>${ears}</g>${eyes}`
    rows.push([...(await rasterize(svg, 24, 18)), rare ? 'cat' : 'dog'].join(','))
  }
  writeFileSync(file, `${rows.join('\n')}\n`)
}
