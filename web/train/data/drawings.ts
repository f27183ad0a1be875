import { type DBSchema, openDB } from 'idb'
import type { OwnImage } from './own-data.ts'

/** Pixels of a side of a drawing, as MNIST's digits have. */
export const DRAWING_SIDE = 28

/** A digit that the visitor drew. */
export interface Drawing extends OwnImage {
  id: string
}

interface Schema extends DBSchema {
  drawings: { key: string; value: Drawing }
}

/** Rejects where the browser blocks storage; `openDB` itself may throw there. */
const open = async () =>
  openDB<Schema>('latent-edge-drawings', 1, {
    upgrade: database => void database.createObjectStore('drawings', { keyPath: 'id' }),
  })

/** The drawings that this browser keeps, in the order of their making; none where it blocks storage. */
export async function listDrawings(): Promise<Drawing[]> {
  return open().then(
    db => db.getAll('drawings'),
    () => [],
  )
}

/** A drawing whose id sorts behind those that were made before it. */
export function newDrawing(pixels: Uint8Array, label: string): Drawing {
  return { id: `${Date.now().toString(36)}-${crypto.randomUUID()}`, pixels, label }
}

/** Keeps a drawing. @returns whether this browser could */
export async function keepDrawing(drawing: Drawing): Promise<boolean> {
  return open()
    .then(db => db.put('drawings', drawing))
    .then(
      () => true,
      () => false,
    )
}

/** Forgets drawings. */
export async function removeDrawings(ids: readonly string[]): Promise<void> {
  await open()
    .then(db => Promise.all(ids.map(id => db.delete('drawings', id))))
    .catch(() => {})
}
