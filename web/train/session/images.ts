import type { PickedFile } from '../../lab/picked-files.ts'
import { DRAWING_SIDE, keepDrawing, listDrawings, newDrawing, removeDrawings } from '../data/drawings.ts'
import { fetchKnownData } from '../data/known-data.ts'
import { SOURCES } from '../data/known-sets.ts'
import { makeOwnData } from '../data/own-data.ts'
import { readImages } from '../data/read-images.ts'
import { type PackedData, packData } from '../data/training-data.ts'
import type { Recipe } from '../recipe.ts'
import type { SessionStore } from './state.ts'

/** The images to train on: known sets, the visitor's own, and drawings. */
export interface SessionImages {
  /** Reads files of the visitor's own; with `invert` dark and light change places. */
  readOwn(files: readonly PickedFile[], side: number, invert: boolean): Promise<void>
  addDrawing(pixels: Uint8Array, label: string): Promise<void>
  removeDrawings(ids: readonly string[]): Promise<void>
  /** The images that a recipe names; known sets are fetched once. @throws Error in words for people */
  of(recipe: Recipe): Promise<PackedData>
}

/** @param tell shows a message until it is dismissed */
export function openSessionImages(
  { state, set, busy }: SessionStore,
  tell: (message: string) => void,
): SessionImages {
  const fetched = new Map<string, PackedData>()
  void listDrawings().then(drawings => set({ drawings }))

  return {
    readOwn: (files, side, invert) =>
      busy('Reading your images', async () => {
        const own = await readImages(files, { side, invert }, (done, of) =>
          set({ waiting: `Reading your images: ${done.toLocaleString('en')} of ${of.toLocaleString('en')}` }),
        )
        set({ own })
      }),
    async addDrawing(pixels, label) {
      const drawing = newDrawing(pixels, label)
      set({ drawings: [...state.drawings, drawing] })
      if (!(await keepDrawing(drawing)))
        tell('This browser keeps nothing for this page: drawings are gone after a reload.')
    },
    async removeDrawings(ids) {
      set({ drawings: state.drawings.filter(({ id }) => !ids.includes(id)) })
      await removeDrawings(ids)
    },
    async of({ data, images }) {
      if (data === 'drawn') return packData(makeOwnData(state.drawings, DRAWING_SIDE))
      if (data === 'own') {
        if (!state.own) throw new Error('Choose images of your own first.')
        return state.own.data
      }
      const key = `${data} ${images}`
      const known =
        fetched.get(key) ??
        (await fetchKnownData(data, images, received =>
          set({ waiting: `Fetching ${SOURCES[data].title}: ${(received / 1e6).toFixed(1)} MB` }),
        ))
      fetched.set(key, known)
      return known
    },
  }
}
