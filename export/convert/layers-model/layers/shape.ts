import { z } from 'zod'
import { sizeOf } from '../../graph/arrays.ts'
import type { Builder } from '../../graph/builder.ts'
import { asChannelsFirst } from '../../graph/layout.ts'
import { reshape, slice, transpose, unsqueeze } from '../../graph/operators.ts'
import type { Value } from '../../graph/value.ts'
import {
  dataFormat,
  defineLayer,
  type LayerDefinition,
  type LayerScope,
  option,
  requireRank,
  requireSize,
  sizes,
} from './layer.ts'

const count = z.int().min(0)
/** One number for all sides, one for each axis, or one for each side. */
const sides = z
  .union([
    count.transform(n => [n, n, n, n]),
    z.tuple([count, count]).transform(([h, w]) => [h, h, w, w]),
    z.tuple([z.tuple([count, count]), z.tuple([count, count])]).transform(pairs => pairs.flat()),
  ])
  .nullish()
/** `bilinearCentred` is Keras 3's bilinear: TF.js takes pixels at their corners. */
const INTERPOLATIONS = ['nearest', 'bilinear', 'bilinearCentred'] as const
const UpConfig = z.object({
  size: sizes(2, 2),
  dataFormat,
  interpolation: option(INTERPOLATIONS, 'nearest'),
})

/** Pads with zeros along the axes from `first` on: [before, after] of each in turn. */
function pad(graph: Builder, x: Value, first: number, [top, bottom, left, right]: readonly number[]): Value {
  const before = x.dims.map((_, axis) => (axis === first ? top : axis === first + 1 ? left : 0))
  const after = x.dims.map((_, axis) => (axis === first ? bottom : axis === first + 1 ? right : 0))
  return graph.op('Pad', [x, graph.ints([...before, ...after])], { mode: { string: 'constant' } })
}

function crop(layer: LayerScope, x: Value, [top, bottom, left, right]: readonly number[]): Value {
  const cut = (image: Value, axis: number, before: number, after: number) => {
    const size = image.dims[axis]
    if (typeof size === 'number' && before + after >= size) {
      layer.fail(`crops ${before} + ${after} of ${size} rows or columns`)
    }
    return after > 0
      ? slice(layer.graph, image, axis, before, -after)
      : slice(layer.graph, image, axis, before)
  }
  return cut(cut(x, 2, top, bottom), 3, left, right)
}

/** Enlarges an image by repeating pixels or interpolating between them. TF.js samples at i / size, without half pixels. */
function upsample(
  graph: Builder,
  x: Value,
  [high, wide]: readonly number[],
  interpolation: (typeof INTERPOLATIONS)[number],
): Value {
  const scales = graph.floats([4], [1, 1, high, wide])
  const isNearest = interpolation === 'nearest'
  return graph.op('Resize', [x, null, scales], {
    mode: { string: isNearest ? 'nearest' : 'linear' },
    coordinate_transformation_mode: {
      string: interpolation === 'bilinearCentred' ? 'half_pixel' : 'asymmetric',
    },
    ...(isNearest && { nearest_mode: { string: 'floor' } }),
  })
}

function reshapeTo(layer: LayerScope, x: Value, target: readonly (number | null)[]): Value {
  const wanted = target.map(size => (size === null || size < 0 ? -1 : size))
  const open = wanted.filter(size => size === -1).length
  if (open > 1) layer.fail(`target_shape [${target}] has ${open} open sizes; expected at most 1`)
  const inner = x.dims.slice(1)
  if (inner.every(size => typeof size === 'number')) {
    const [from, to] = [sizeOf(inner), sizeOf(wanted.map(size => Math.abs(size)))]
    if (open ? to === 0 || from % to !== 0 : from !== to) {
      layer.fail(`cannot turn [${inner.join(', ')}] into target_shape [${target}]`)
    }
    return reshape(layer.graph, x, [0, ...wanted.map(size => (size === -1 ? from / to : size))])
  }
  return reshape(layer.graph, x, [0, ...wanted])
}

/** Options of layers that only move elements, which may have any type. */
const MOVES = { integers: true }

/** Layers that change the shape or the order of elements, by class name. */
export const shapeLayers: Record<string, LayerDefinition> = {
  Flatten: defineLayer(
    z.object({ dataFormat }),
    ({ dataFormat }, [x], layer) => {
      const inner = x.dims.slice(1).map((_, i) => requireSize(layer, x, i + 1, `axis ${i + 1}`))
      const rank = x.dims.length
      if (rank < 3) layer.fail(`expected an input of rank 3 or more, got shape [${x.dims.join(', ')}]`)
      const perm = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1]
      const y = dataFormat === 'channelsFirst' ? transpose(layer.graph, x, perm) : x
      return reshape(layer.graph, y, [0, sizeOf(inner)])
    },
    MOVES,
  ),
  Reshape: defineLayer(
    z.object({ targetShape: z.array(z.int().nullable()) }),
    ({ targetShape }, [x], layer) => reshapeTo(layer, x, targetShape),
    MOVES,
  ),
  Permute: defineLayer(
    z.object({ dims: z.array(z.int().min(1)).min(1) }),
    ({ dims }, [x], layer) => {
      requireRank(layer, x, dims.length + 1)
      if (new Set(dims).size !== dims.length || Math.max(...dims) !== dims.length) {
        layer.fail(`expected dims to be 1 to ${dims.length} in some order, got [${dims}]`)
      }
      return transpose(layer.graph, x, [0, ...dims])
    },
    MOVES,
  ),
  RepeatVector: defineLayer(
    z.object({ n: z.int().min(1) }),
    ({ n }, [x], layer) => {
      requireRank(layer, x, 2)
      return layer.graph.op('Tile', [unsqueeze(layer.graph, x, 1), layer.graph.ints([1, n, 1])])
    },
    MOVES,
  ),
  UpSampling2D: defineLayer(UpConfig, ({ size, dataFormat, interpolation }, [x], layer) => {
    requireRank(layer, x, 4)
    if (interpolation === 'bilinearCentred') layer.unlikeTfjs('TF.js takes pixels at their corners')
    return asChannelsFirst(layer.graph, x, dataFormat, image =>
      upsample(layer.graph, image, size, interpolation),
    )
  }),
  ZeroPadding2D: defineLayer(
    z.object({ padding: sides, dataFormat }),
    ({ padding, dataFormat }, [x], layer) => {
      requireRank(layer, x, 4)
      return asChannelsFirst(layer.graph, x, dataFormat, image =>
        pad(layer.graph, image, 2, padding ?? [1, 1, 1, 1]),
      )
    },
  ),
  Cropping2D: defineLayer(
    z.object({ cropping: sides, dataFormat }),
    ({ cropping, dataFormat }, [x], layer) => {
      requireRank(layer, x, 4)
      return asChannelsFirst(layer.graph, x, dataFormat, image =>
        crop(layer, image, cropping ?? [0, 0, 0, 0]),
      )
    },
  ),
}
