import { z } from 'zod'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * A part of a data set: the number of its images, and a hash over their pixels and labels that does not depend on their
 * order.
 */
const ImageSet = z.strictObject({ images: z.int().min(0), sha256: Sha256 })
type ImageSet = z.infer<typeof ImageSet>

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
  const lines = formDifferences(expected, got)
  const [before, now] = [expected.identity, got.identity]
  if (!before || !now || before.sha256 === now.sha256) return lines
  lines.push(...setDifferences('training images', before.train, now.train))
  lines.push(...setDifferences('test images', before.test, now.test))
  return lines.length === 0 ? ['the same images, in another order'] : lines
}

/** The same without training images and order: of data sets of which only the test images are used. */
export function testDataDifferences(expected: IdentifiedData, got: IdentifiedData): string[] {
  const lines = formDifferences(expected, got)
  const [before, now] = [expected.identity, got.identity]
  return before && now ? [...lines, ...setDifferences('test images', before.test, now.test)] : lines
}

function formDifferences(expected: IdentifiedData, got: IdentifiedData): string[] {
  return [
    ...difference('name', expected.name, got.name),
    ...difference('size', `${expected.width}×${expected.height}`, `${got.width}×${got.height}`),
    ...difference('classes', listClasses(expected.classes), listClasses(got.classes)),
  ]
}

function setDifferences(what: string, before: ImageSet, now: ImageSet): string[] {
  if (before.images !== now.images) return difference(what, before.images, now.images)
  if (before.sha256 === now.sha256) return []
  return [`${what}: expected those with SHA-256 ${short(before)}, got ${short(now)}`]
}

function difference(what: string, before: string | number, now: string | number): string[] {
  return before === now ? [] : [`${what}: expected ${before}, got ${now}`]
}

function listClasses(classes: readonly string[]): string {
  if (classes.length === 0) return 'none'
  const shown = classes.slice(0, 12).join(', ')
  return classes.length > 12 ? `${classes.length} (${shown}, …)` : `${classes.length} (${shown})`
}

function short({ sha256 }: { sha256: string }): string {
  return `${sha256.slice(0, 12)}…`
}
