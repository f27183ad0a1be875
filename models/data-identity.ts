import { z } from 'zod'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** Some of a data set's images: how many, and a hash of which (pixels and labels, in any order). */
const ImageSet = z.strictObject({ images: z.int().min(0), sha256: Sha256 })

/**
 * Which data a model was made of. Two data sets with one `sha256` have the same images with the same labels in the same
 * order, divided in the same way.
 */
export const DataIdentity = z.strictObject({
  /** Over shape, class names and, part by part, pixels and labels in order. */
  sha256: Sha256,
  /** What is fitted and held out for validation. */
  train: ImageSet,
  /** What is held out from training altogether. */
  test: ImageSet,
})
export type DataIdentity = z.infer<typeof DataIdentity>

/** What is compared of two data sets. */
export interface IdentifiedData {
  name: string
  height: number
  width: number
  classes: readonly string[]
  identity?: DataIdentity
}

/**
 * In what two data sets differ, a line for each difference; empty where they are the same. Where one has no identity
 * (it was recorded before there was any), names, shapes and classes alone are compared.
 */
export function dataDifferences(expected: IdentifiedData, got: IdentifiedData): string[] {
  const lines: string[] = []
  const compare = (what: string, before: string | number, now: string | number) => {
    if (before !== now) lines.push(`${what}: expected ${before}, got ${now}`)
  }
  compare('name', expected.name, got.name)
  compare('size', `${expected.width}×${expected.height}`, `${got.width}×${got.height}`)
  compare('classes', listClasses(expected.classes), listClasses(got.classes))
  const [before, now] = [expected.identity, got.identity]
  if (!before || !now || before.sha256 === now.sha256) return lines
  const told = lines.length
  for (const part of ['train', 'test'] as const) {
    const what = part === 'train' ? 'training images' : 'test images'
    compare(what, before[part].images, now[part].images)
    if (before[part].images === now[part].images && before[part].sha256 !== now[part].sha256) {
      lines.push(`${what}: expected those with SHA-256 ${short(before[part])}, got ${short(now[part])}`)
    }
  }
  if (lines.length === told && told === 0) lines.push('the same images, in another order')
  return lines
}

function listClasses(classes: readonly string[]): string {
  if (classes.length === 0) return 'none'
  const shown = classes.slice(0, 12).join(', ')
  return classes.length > 12 ? `${classes.length} (${shown}, …)` : `${classes.length} (${shown})`
}

function short({ sha256 }: { sha256: string }): string {
  return `${sha256.slice(0, 12)}…`
}
