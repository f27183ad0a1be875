import type { Architecture } from '../../../models/card.ts'
import type { Mlp } from '../../../models/onnx/plain-runtime.ts'
import { readMlp } from '../../../models/onnx/read-mlp.ts'

/** A decoder and, if there is one, its encoder, read from ONNX files without a card; and what their sizes say. */
export interface ReadNetworks {
  decoder: Network
  encoder: Network | undefined
  shape: Shape
}

/**
 * Reads a decoder, or a decoder and its encoder.
 *
 * @param onnx one or two ONNX files with their names
 * @throws Error with a message for the visitor
 */
export function readNetworks(onnx: readonly (readonly [name: string, bytes: Uint8Array])[]): ReadNetworks {
  const networks = onnx.map(([name, bytes]) => ({ name, mlp: read(name, bytes) }))
  const { decoder, encoder } = assignRoles(networks)
  const shape = shapeOf(decoder)
  if (encoder) requireMatch(encoder, decoder, shape)
  return { decoder, encoder, shape }
}

/** A network and the name of its file. */
export interface Network {
  name: string
  mlp: Mlp
}

function read(name: string, bytes: Uint8Array): Mlp {
  try {
    return readMlp(bytes)
  } catch (error) {
    const reason = (error as Error).message
    throw new Error(
      /expected one of|axes|expected (a|its|the|it)/.test(reason)
        ? `${name} is a kind of network that this page cannot explore: expected dense layers with ReLU, and a sigmoid at the end (${reason}).`
        : `${name} is damaged or is not an ONNX file (${reason}).`,
    )
  }
}

/** Tells the decoder from the encoder by their sizes, not by their names: a decoder has more outputs than inputs. */
function assignRoles(networks: readonly Network[]): { decoder: Network; encoder: Network | undefined } {
  const grows = ({ mlp }: Network) => unitsOf(mlp, 0) > mlp.inputs[0].features
  const decoders = networks.filter(grows)
  const encoders = networks.filter(network => !grows(network))
  if (decoders.length === 1 && encoders.length <= 1) return { decoder: decoders[0], encoder: encoders[0] }
  const names = networks.map(({ name }) => name).join(', ')
  throw new Error(
    decoders.length === 0
      ? `${names}: expected a decoder, a network with more outputs than inputs, and found none.`
      : `${names}: expected one decoder and at most one encoder, got ${decoders.length} and ${encoders.length}.`,
  )
}

/** The sizes of a model: pixels of an image, latent dimensions, and classes of a conditional model. */
export interface Shape {
  pixels: number
  latentDim: number
  classes: number | undefined
}

function shapeOf({ name, mlp }: Network): Shape {
  const [z, y, ...more] = mlp.inputs
  if (more.length > 0 || mlp.outputs.length !== 1) {
    throw new Error(
      `${name}: expected a decoder with the input z, or z and a class, and one image as output.`,
    )
  }
  return { pixels: unitsOf(mlp, 0), latentDim: z.features, classes: y?.features }
}

function requireMatch(encoder: Network, decoder: Network, { pixels, latentDim, classes }: Shape): void {
  const [x, y] = encoder.mlp.inputs
  const got = unitsOf(encoder.mlp, 0)
  if (x.features === pixels && got === latentDim && y?.features === classes) return
  throw new Error(
    `${encoder.name} and ${decoder.name} do not belong together: the encoder maps ${x.features} pixels to ${got} numbers, the decoder ${latentDim} numbers to ${pixels} pixels.`,
  )
}

/**
 * The encoder's outputs: mu and logvar in this order, or an AE's only output. They are told apart by name; without
 * telling names the first is mu.
 */
export function headsOf({ outputs }: Mlp): Mlp['outputs'] {
  if (outputs.length === 1) return outputs
  const logvar = outputs.find(({ name }) => /var|sigma/i.test(name)) ?? outputs[1]
  const mu = outputs.find(each => each !== logvar && /mu|mean|loc/i.test(each.name))
  return [mu ?? (outputs.find(each => each !== logvar) as (typeof outputs)[number]), logvar]
}

/** The number of units of an output. */
export function unitsOf({ layers, outputs }: Mlp, output: number): number {
  return layers[outputs[output].value - 1].units
}

/** The architecture of a decoder of this shape, as cards have it. */
export function architectureOf(
  decoder: Mlp,
  kind: 'ae' | 'vae',
  { pixels, latentDim, classes }: Shape,
): Architecture {
  const hidden = decoder.layers.slice(0, -1).map(({ units }) => units)
  const activation = decoder.layers.at(-1)?.activation
  return {
    kind,
    inputDim: pixels,
    latentDim,
    layers: decoder.layers.length,
    widths: hidden.toReversed(),
    ...(classes && { classes }),
    output: activation === 'linear' || activation === undefined ? 'identity' : activation,
  }
}
