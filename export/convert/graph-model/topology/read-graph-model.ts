import { z } from 'zod'
import type { ModelFiles } from '../../files/artifacts.ts'
import { decodeWeights, type Weight } from '../../files/weights.ts'
import { fail, parse } from '../../graph/conversion-error.ts'
import { type Attributes, type DType, readAttributes, readDType, readShape } from './attributes.ts'

/** Output `index` of a node. */
export interface Source {
  node: string
  index: number
}

/** One operator of the graph. Control dependencies, which only order side effects, are left out of its inputs. */
export interface GraphNode {
  name: string
  op: string
  inputs: readonly Source[]
  attributes: Attributes
}

/** A set of nodes: the graph itself, or a function of its library. */
export interface NodeSet {
  name: string
  nodes: ReadonlyMap<string, GraphNode>
  /** Names of the nodes that represent a function's arguments, in order. */
  arguments: readonly string[]
  results: readonly Source[]
}

/** An input of a graph-model. */
export interface GraphInput {
  node: string
  /** Its name in the signature. */
  key: string
  dtype: DType
  /** Sizes, −1 for open ones; undefined where the rank is not known. */
  shape: readonly number[] | undefined
}

/** A TF.js graph-model: a frozen TensorFlow graph. */
export interface GraphModel {
  main: NodeSet
  functions: ReadonlyMap<string, NodeSet>
  weights: ReadonlyMap<string, Weight>
  inputs: readonly GraphInput[]
  outputs: readonly { source: Source; key: string }[]
}

const Node = z.object({
  name: z.string().min(1),
  op: z.string().min(1),
  input: z.array(z.string()).nullish(),
  attr: z.unknown().optional(),
})
const Argument = z.looseObject({ name: z.string().min(1) })
const FunctionDef = z.object({
  signature: z.object({
    name: z.string().min(1),
    inputArg: z.array(Argument).nullish(),
    outputArg: z.array(Argument).nullish(),
  }),
  nodeDef: z.array(Node).nullish(),
  ret: z.record(z.string(), z.string()).nullish(),
})
const Topology = z.object({
  node: z.array(Node).min(1),
  library: z.object({ function: z.array(FunctionDef).nullish() }).nullish(),
})
const End = z.looseObject({
  name: z.string().optional(),
  dtype: z.unknown().optional(),
  tensorShape: z.unknown().optional(),
})
const Signature = z.object({
  inputs: z.record(z.string(), End).nullish(),
  outputs: z.record(z.string(), End).nullish(),
})

/**
 * Reads a graph-model's nodes, functions and weights.
 *
 * @throws ConversionError when it is damaged
 */
export function readGraphModel(files: ModelFiles): GraphModel {
  const { node, library } = parse(Topology, files.modelTopology, 'modelTopology')
  const main = readNodes('', node)
  const functions = new Map((library?.function ?? []).map(each => [each.signature.name, readFunction(each)]))
  const metadata = files.userDefinedMetadata as { signature?: unknown } | undefined
  const signature = parse(Signature.nullish(), files.signature ?? metadata?.signature, 'signature') ?? {}
  return {
    main,
    functions,
    weights: decodeWeights(files.weightSpecs, files.weightData, 'weights'),
    inputs: readInputs(main, signature),
    outputs: readOutputs(main, signature),
  }
}

function readNodes(
  name: string,
  list: readonly z.infer<typeof Node>[],
  params: readonly string[] = [],
): NodeSet {
  const nodes = new Map<string, GraphNode>()
  for (const argument of params) {
    nodes.set(argument, {
      name: argument,
      op: 'Argument',
      inputs: [],
      attributes: readAttributes({}, argument),
    })
  }
  for (const { name: own, op, input, attr } of list) {
    if (nodes.has(own)) fail(`modelTopology: two nodes are named "${own}"`)
    const inputs = (input ?? []).filter(text => !text.startsWith('^')).map(readSource)
    nodes.set(own, { name: own, op, inputs, attributes: readAttributes(attr, `${own} (${op})`) })
  }
  for (const { name: own, op, inputs } of nodes.values()) {
    const missing = inputs.find(source => !nodes.has(source.node))
    if (missing)
      fail(`${own} (${op}): takes its input from node "${missing.node}", which is not in the graph`)
  }
  return { name, nodes, arguments: params, results: [] }
}

/**
 * Parses `node`, `node:1` or, in functions, `node:output_name:1`. The names of outputs are ignored: only their index
 * counts.
 */
function readSource(text: string): Source {
  const [node, ...rest] = text.split(':')
  const index = Number(rest.at(-1) ?? 0)
  if (!Number.isInteger(index) || index < 0)
    return fail(`modelTopology: "${text}" is not an output of a node`)
  return { node, index }
}

function readFunction({ signature, nodeDef, ret }: z.infer<typeof FunctionDef>): NodeSet {
  const params = (signature.inputArg ?? []).map(({ name }) => name)
  const set = readNodes(signature.name, nodeDef ?? [], params)
  const results = (signature.outputArg ?? []).map(({ name }) => {
    const text = ret?.[name] ?? fail(`function ${signature.name}: result ${name} is not returned`)
    return readSource(text)
  })
  return { ...set, results }
}

/** Reads the inputs in the signature's order; without a signature, every placeholder. */
function readInputs({ nodes }: NodeSet, signature: z.infer<typeof Signature>): GraphInput[] {
  const listed = Object.entries(signature.inputs ?? {})
  const placeholders = [...nodes.values()].filter(({ op }) => op === 'Placeholder')
  const ends = listed.length
    ? listed.map(([key, end]) => ({ key, end, node: readSource(end.name ?? key).node }))
    : placeholders.map(({ name }) => ({ key: name, end: undefined, node: name }))
  return ends.map(({ key, end, node }) => {
    const { op, attributes } =
      nodes.get(node) ?? fail(`signature: input ${key} is node "${node}", which is not in the graph`)
    const dtype =
      end?.dtype != null
        ? readDType(end.dtype, `signature: input ${key}`)
        : attributes.dtype('dtype', 'float32')
    const shape =
      end?.tensorShape != null
        ? readShape(end.tensorShape, `signature: input ${key}`)
        : (attributes.shape('shape') ?? undefined)
    if (dtype === 'string' || dtype === 'complex64')
      fail(`${node} (${op}): inputs of type ${dtype} are not supported`)
    return { node, key: withoutIndex(key), dtype, shape: shape ?? attributes.shape('shape') }
  })
}

/** Reads the outputs in the signature's order; without a signature, every node that no other reads. */
function readOutputs({ nodes }: NodeSet, signature: z.infer<typeof Signature>): GraphModel['outputs'] {
  const listed = Object.entries(signature.outputs ?? {})
  if (listed.length > 0) {
    return listed.map(([key, end]) => {
      const source = readSource(end.name ?? key)
      if (!nodes.has(source.node))
        fail(`signature: output ${key} is node "${source.node}", which is not in the graph`)
      return { source, key: withoutIndex(key) }
    })
  }
  const read = new Set([...nodes.values()].flatMap(({ inputs }) => inputs.map(({ node }) => node)))
  const ends = [...nodes.values()].filter(
    ({ name, op }) => !read.has(name) && op !== 'NoOp' && op !== 'Const',
  )
  return ends.map(({ name }) => ({ source: { node: name, index: 0 }, key: name }))
}

const withoutIndex = (key: string) => key.replace(/:0$/, '')
