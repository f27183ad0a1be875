import type { ClassifierArchitecture } from '../judge-card.ts'
import { type Constant, readGraph } from './read-graph.ts'

/** The result of classifying images. */
export interface Classified {
  /** The likeliest class of each image, [n]. */
  classes: Uint8Array
  /** Its probability, [n]. */
  probabilities: Float32Array
}

/** @param x images in 0…1, [n, height · width] */
export type Classifier = (x: Float32Array) => Classified

/** Values of one image, [channels, height, width]. */
interface Maps {
  channels: number
  height: number
  width: number
  values: Float32Array
}

/**
 * Opens a judge's classifier.onnx in plain TypeScript: convolutions (cross-correlations, as usual in machine learning)
 * padded by half their kernel with ReLU after each, a dense layer with ReLU, one without, and the softmax of its
 * logits.
 *
 * @throws Error when the file does not have the layers of that architecture
 */
export function openClassifier(bytes: Uint8Array, architecture: ClassifierArchitecture): Classifier {
  const { constants } = readGraph(bytes)
  const find = (layer: string, part: 'kernel' | 'bias'): Constant => {
    const constant = constants.get(`${layer}/${part}/fp16`) ?? constants.get(`${layer}/${part}`)
    if (!constant) throw new Error(`classifier: expected a constant ${layer}/${part}, got none`)
    return constant
  }
  const layer = (name: string) => ({
    kernel: find(name, 'kernel').values(),
    bias: find(name, 'bias').values(),
  })
  const { height, width, convolutions, features: units, classes: n } = architecture
  const layers = convolutions.map((convolution, i) => ({ ...convolution, ...layer(`convolution_${i + 1}`) }))
  const [hidden, last] = [layer('features'), layer('logits')]
  return x => {
    const size = height * width
    const count = x.length / size
    const classes = new Uint8Array(count)
    const probabilities = new Float32Array(count)
    for (let i = 0; i < count; i++) {
      let maps: Maps = { channels: 1, height, width, values: x.subarray(i * size, (i + 1) * size) }
      for (const one of layers) maps = convolve(maps, one)
      const features = relu(dense(maps.values, hidden.kernel, hidden.bias, units))
      const logits = dense(features, last.kernel, last.bias, n)
      const most = logits.indexOf(Math.max(...logits))
      classes[i] = most
      probabilities[i] = 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - logits[most]), 0)
    }
    return { classes, probabilities }
  }
}

interface Convolution {
  filters: number
  /** Pixels from one position of the kernel to the next. */
  stride: number
  /** [filters, channels, side, side]. */
  kernel: Float32Array
  bias: Float32Array
}

function convolve(
  { channels, height, width, values }: Maps,
  { filters, stride, kernel, bias }: Convolution,
): Maps {
  const side = Math.sqrt(kernel.length / filters / channels)
  const pad = (side - 1) / 2
  const out = { height: Math.ceil(height / stride), width: Math.ceil(width / stride) }
  const result = new Float32Array(filters * out.height * out.width)
  for (let filter = 0; filter < filters; filter++) {
    for (let y = 0; y < out.height; y++) {
      for (let x = 0; x < out.width; x++) {
        let sum = bias[filter]
        for (let channel = 0; channel < channels; channel++) {
          for (let ky = 0; ky < side; ky++) {
            const row = y * stride + ky - pad
            if (row < 0 || row >= height) continue
            for (let kx = 0; kx < side; kx++) {
              const column = x * stride + kx - pad
              if (column < 0 || column >= width) continue
              sum +=
                values[(channel * height + row) * width + column] *
                kernel[((filter * channels + channel) * side + ky) * side + kx]
            }
          }
        }
        result[(filter * out.height + y) * out.width + x] = Math.max(0, sum)
      }
    }
  }
  return { channels: filters, ...out, values: result }
}

/** x·W + b. @param kernel [x.length, units] */
function dense(x: Float32Array, kernel: Float32Array, bias: Float32Array, units: number): Float32Array {
  const y = Float64Array.from(bias)
  for (let i = 0; i < x.length; i++) for (let k = 0; k < units; k++) y[k] += x[i] * kernel[i * units + k]
  return Float32Array.from(y)
}

function relu(x: Float32Array): Float32Array {
  return x.map(value => Math.max(0, value))
}
