import { PREVIEW_SIZE, type Still } from '../embed-options.ts'

/** The path of preview pictures. */
export const PICTURE_PATH = '/preview.png'

/** The fields of the page's address that a picture depends on. */
const FIELDS = ['view', 'model', 'other', 'by', 'among', 'data', 'z', 'y', 'x', 'seed']

/** The picture of a page's state. @param given the query of the page's address; `view` may be `gallery` */
export function pictureOf(given: URLSearchParams): Still {
  const fields = FIELDS.flatMap(name => {
    const value = given.get(name)
    return value ? [[name, value]] : []
  })
  return { path: `${PICTURE_PATH}?${new URLSearchParams(fields)}`, ...PREVIEW_SIZE }
}

/** The picture's size that a query asks for: `frame=600x315`, or that of link previews. */
export function frameOf(given: URLSearchParams): { width: number; height: number } {
  const [, width, height] = /^(\d{2,4})x(\d{2,4})$/.exec(given.get('frame') ?? '') ?? []
  if (width === undefined) return PREVIEW_SIZE
  const within = (side: 'width' | 'height', wanted: string) =>
    Math.max(64, Math.min(PREVIEW_SIZE[side], Number(wanted)))
  return { width: within('width', width), height: within('height', height) }
}
