import { z } from 'zod'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * A part of a data set: the number of its images, and a hash over their pixels and labels that does not depend on their
 * order.
 */
const ImageSet = z.strictObject({ images: z.int().min(0), sha256: Sha256 })

/**
 * Identity of the data that a model was trained on. Two data sets with the same `sha256` have the same images with the
 * same labels in the same order, divided in the same way.
 */
export const DataIdentity = z.strictObject({
  /** Hash over shape, class names and, part by part, pixels and labels in order. */
  sha256: Sha256,
  /** Training images, including those held out for validation. */
  train: ImageSet,
  /** Test images. */
  test: ImageSet,
})
export type DataIdentity = z.infer<typeof DataIdentity>

/** The properties by which two data sets are compared. */
export interface IdentifiedData {
  name: string
  height: number
  width: number
  classes: readonly string[]
  identity?: DataIdentity
}

/**
 * Lists the differences between two data sets, a line each; empty if they are the same. If one has no identity (it was
 * recorded before there was one), only names, shapes and classes are compared.
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
