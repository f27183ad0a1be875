import { nothing } from 'lit'
import { Directive, directive, type ElementPart } from 'lit/directive.js'
import { createChangeTest } from '../../plot/change-test.ts'
import { drawSheet, type ImageSize } from '../../plot/picture.ts'
import type { Theme } from '../../plot/theme.ts'

/**
 * Canvas pixels along each side of an image's pixel. With several, pixels look equally wide and sharp at any displayed
 * size.
 */
export const SCALE = 3

class Sheet extends Directive {
  private readonly hasChanged = createChangeTest()

  render(
    _pixels: Float32Array | undefined,
    _size: ImageSize,
    _theme: Theme,
    _columns: number,
  ): typeof nothing {
    return nothing
  }

  override update(
    part: ElementPart,
    [pixels, size, theme, columns]: Parameters<this['render']>,
  ): typeof nothing {
    if (!pixels || !this.hasChanged(pixels, size.name, theme, columns)) return nothing
    const small = document.createElement('canvas')
    drawSheet(small, pixels, size, theme, columns)
    const canvas = part.element as HTMLCanvasElement
    canvas.width = small.width * SCALE
    canvas.height = small.height * SCALE
    const g = canvas.getContext('2d') as CanvasRenderingContext2D
    g.imageSmoothingEnabled = false
    g.drawImage(small, 0, 0, canvas.width, canvas.height)
    return nothing
  }
}

/**
 * A lit directive that draws images, [n, D_x], in rows of `columns` on a canvas, again only when the images or the
 * theme change.
 */
export const sheet = directive(Sheet)
