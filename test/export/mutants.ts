import { createRng, type Uniform } from '../../models/random.ts'

/** A model's files, by name. */
export type Files = Record<string, Uint8Array>

const pick = <T>(uniform: Uniform, items: readonly T[]): T => items[Math.floor(uniform() * items.length)]

const WRONG = [null, true, -1, 0, 2.5, 1e300, 3e9, '', 'relu', '__proto__', [], [[]], [1, 2, 3], {}, { a: 1 }]

/** Changes JSON in one place: a value is replaced by one of another type, or removed, or an element is repeated. */
function mutateJson(uniform: Uniform, bytes: Uint8Array): Uint8Array {
  const root = JSON.parse(new TextDecoder().decode(bytes))
  const places: [Record<string, unknown>, string][] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      places.push([value as Record<string, unknown>, key])
      visit(inner)
    }
  }
  visit(root)
  const [holder, key] = pick(uniform, places)
  const how = uniform()
  if (how < 0.15) delete holder[key]
  else if (how < 0.25 && Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]))
  else holder[key] = pick(uniform, WRONG)
  return new TextEncoder().encode(JSON.stringify(root))
}

/** Cuts a file, lengthens it, or flips some of its bits. */
function mutateBytes(uniform: Uniform, bytes: Uint8Array): Uint8Array {
  const at = Math.floor(uniform() * bytes.length)
  const how = uniform()
  if (how < 0.3) return bytes.slice(0, at)
  if (how < 0.4) return Uint8Array.of(...bytes, 1, 2, 3)
  const flipped = bytes.slice()
  for (let n = 0; n < 1 + 3 * uniform(); n++)
    flipped[Math.floor(uniform() * bytes.length)] ^= 1 << Math.floor(uniform() * 8)
  return flipped
}

/** A model's files with one fault, the i-th of an endless, seeded series. */
export function mutate(originals: readonly Files[], i: number): Files {
  const uniform = createRng(i, 'mutant')
  const files = pick(uniform, originals)
  if (uniform() < 0.6) return { ...files, 'model.json': mutateJson(uniform, files['model.json']) }
  const name = pick(uniform, Object.keys(files))
  const mutant: Files = { ...files, [name]: mutateBytes(uniform, files[name]) }
  if (uniform() < 0.1) delete mutant[name]
  return mutant
}
