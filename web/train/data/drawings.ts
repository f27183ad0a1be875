import { type DBSchema, openDB } from 'idb'
import type { OwnImage } from './own-data.ts'

/** Pixels along each side of a drawing, as MNIST's images have. */
export const DRAWING_SIDE = 28

/** A digit that the visitor drew. */
export interface Drawing extends OwnImage {
  id: string
}

interface Schema extends DBSchema {
  drawings: { key: string; value: Drawing }
}

/** Opens the database. Rejects if the browser blocks storage; `openDB` itself may throw then. */
const open = async () =>
  openDB<Schema>('latent-edge-drawings', 1, {
    upgrade: database => void database.createObjectStore('drawings', { keyPath: 'id' }),
  })

/** The drawings kept in this browser, in the order in which they were drawn; none if it blocks storage. */
export async function listDrawings(): Promise<Drawing[]> {
  return open().then(
    db => db.getAll('drawings'),
    () => [],
  )
}

/** A new drawing, with an id that sorts after those of earlier drawings. */
export function newDrawing(pixels: Uint8Array, label: string): Drawing {
  return { id: `${Date.now().toString(36)}-${crypto.randomUUID()}`, pixels, label }
}

/** Saves a drawing in this browser. @returns whether that was possible */
export async function saveDrawing(drawing: Drawing): Promise<boolean> {
  return open()
    .then(db => db.put('drawings', drawing))
    .then(
      () => true,
      () => false,
    )
}

/** Deletes drawings from this browser. */
export async function removeDrawings(ids: readonly string[]): Promise<void> {
  await open()
    .then(db => Promise.all(ids.map(id => db.delete('drawings', id))))
    .catch(() => {})
}
