import type { PickedFile } from '../../lab/picked-files.ts'
import { DRAWING_SIDE, listDrawings, newDrawing, removeDrawings, saveDrawing } from '../data/drawings.ts'
import { fetchKnownData } from '../data/known-data.ts'
import { SOURCES } from '../data/known-sets.ts'
import { makeOwnData } from '../data/own-data.ts'
import { readImages } from '../data/read-images.ts'
import { type PackedData, packData } from '../data/training-data.ts'
import type { Recipe } from '../recipe.ts'
import type { SessionStore } from './state.ts'

/** The images to train on: the page's data sets, the visitor's own images, and drawings. */
export interface SessionImages {
  /** Reads the visitor's files; with `invert` dark and light change places. */
  readOwn(files: readonly PickedFile[], side: number, invert: boolean): Promise<void>
  addDrawing(pixels: Uint8Array, label: string): Promise<void>
  removeDrawings(ids: readonly string[]): Promise<void>
  /** The images of a recipe; a data set is fetched once. @throws Error with a message for the visitor */
  load(recipe: Recipe): Promise<PackedData>
}

/** @param tell shows a message until the visitor dismisses it */
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
      if (!(await saveDrawing(drawing)))
        tell('This browser stores nothing for this page: a reload loses the drawings.')
    },
    async removeDrawings(ids) {
      set({ drawings: state.drawings.filter(({ id }) => !ids.includes(id)) })
      await removeDrawings(ids)
    },
    async load({ data, images }) {
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
