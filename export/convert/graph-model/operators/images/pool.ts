import { asChannelsFirst } from '../../../graph/layout.ts'
import { tensorOf } from '../../topology/tensor.ts'
import type { OperatorDefinition, Operators } from '../operation.ts'
import { attributesOf, readFormat, readWindow, requireImage, spatial } from './image-window.ts'

function pool(op: 'MaxPool' | 'AveragePool', rank: number): OperatorDefinition {
  return {
    convert: operation => {
      const { graph } = operation
      const x = operation.input(0)
      requireImage(operation, x, rank + 2)
      const format = readFormat(operation)
      const window = readWindow(operation, format, { kernel: spatial(operation, 'ksize', format, rank) })
      const y = asChannelsFirst(graph, x.value, format, image =>
        graph.op(op, [image], attributesOf(image, window)),
      )
      return tensorOf(y)
    },
  }
}

/** Maxima and means of windows over images. */
export const poolOperators: Operators = {
  MaxPool: pool('MaxPool', 2),
  AvgPool: pool('AveragePool', 2),
  MaxPool3D: pool('MaxPool', 3),
  AvgPool3D: pool('AveragePool', 3),
}
