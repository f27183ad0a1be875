import { splitRows } from '../../models/rows.ts'
import type { Session } from '../platform.ts'
import { allocateInts, CPU, FLOAT32, lastError, type OrtModule, type Pointer } from './ort-module.ts'

/** ONNX Runtime's number of the optimisation level "all". */
const ALL = 99
const ERRORS_ONLY = 3
/** Tensors of larger batches are released after the run: those of 1000 posted images take 6 MB. */
const KEPT_ROWS = 32

/** An input or output [batch, features] of the graph. */
interface Port {
  name: Pointer
  text: string
  features: number
}

/** The tensors of one batch size, which every run of that size uses again. */
interface Binding {
  batch: number
  inputs: readonly Bound[]
  outputs: readonly Bound[]
  /** Arrays of the tensors' pointers. */
  inputList: Pointer
  outputList: Pointer
}

interface Bound {
  tensor: Pointer
  data: Pointer
  numbers: number
}

/**
 * Opens a graph whose inputs and outputs are [batch, features] float32.
 *
 * onnxruntime-web's own session allocates and copies tensors in each run and returns through several promises, which is
 * half of the time of a small model. Here the tensors of a batch size are allocated once and used until another size
 * comes.
 *
 * @throws Error with ONNX Runtime's reason
 */
export async function openWasmSession(ort: OrtModule, bytes: Uint8Array): Promise<Session> {
  const session = await createSession(ort, bytes)
  const { inputs, outputs } = readPorts(ort, session)
  const inputNames = allocateInts(
    ort,
    inputs.map(({ name }) => name),
  )
  const outputNames = allocateInts(
    ort,
    outputs.map(({ name }) => name),
  )
  const widths = inputs.map(({ features }) => features)
  let binding: Binding | undefined

  function bind(batch: number): Binding {
    if (binding?.batch === batch) return binding
    unbind()
    const bound = [inputs, outputs].map(ports => ports.map(port => allocateTensor(ort, batch, port.features)))
    const [inputList, outputList] = bound.map(all =>
      allocateInts(
        ort,
        all.map(({ tensor }) => tensor),
      ),
    )
    binding = { batch, inputs: bound[0], outputs: bound[1], inputList, outputList }
    return binding
  }
  function unbind(): void {
    if (binding) release(ort, binding)
    binding = undefined
  }
  return {
    // No await between writing the inputs and reading the outputs: another run would overwrite the tensors.
    async run(rows, batch) {
      const bound = bind(batch)
      const parts = widths.length > 1 ? splitRows(rows, widths) : [rows]
      bound.inputs.forEach(({ data, numbers }, i) => {
        if (parts[i].length !== numbers)
          throw new Error(`expected ${numbers} numbers, got ${parts[i].length}`)
        floatsAt(ort, data, numbers).set(parts[i])
      })
      const status = ort._OrtRun(
        session,
        inputNames,
        bound.inputList,
        inputs.length,
        outputNames,
        outputs.length,
        bound.outputList,
        0,
      )
      if (status !== 0) throw lastError(ort, 'the graph cannot be run')
      const results: Record<string, Float32Array> = {}
      outputs.forEach(({ text }, i) => {
        const { data, numbers } = bound.outputs[i]
        results[text] = floatsAt(ort, data, numbers).slice()
      })
      if (batch > KEPT_ROWS) unbind()
      return results
    },
    async release() {
      unbind()
      for (const { name } of [...inputs, ...outputs]) ort._OrtFree(name)
      ort._free(inputNames)
      ort._free(outputNames)
      if (ort._OrtReleaseSession(session) !== 0) throw lastError(ort, 'the session cannot be released')
    },
  }
}

async function createSession(ort: OrtModule, bytes: Uint8Array): Promise<Pointer> {
  const options = ort._OrtCreateSessionOptions(ALL, false, false, 0, false, 0, 0, ERRORS_ONLY, 0, 0)
  if (options === 0) throw lastError(ort, 'no options of a session')
  const file = ort._malloc(bytes.length)
  ort.HEAPU8.set(bytes, file)
  const session = await ort._OrtCreateSession(file, bytes.length, options)
  ort._free(file)
  ort._OrtReleaseSessionOptions(options)
  if (session === 0) throw lastError(ort, 'the graph cannot be loaded')
  return session
}

/** Reads a session's inputs and outputs. Where one cannot be served, the session is released: it has the weights. */
function readPorts(ort: OrtModule, session: Pointer): { inputs: Port[]; outputs: Port[] } {
  const place = ort._malloc(8)
  const pair = (): [number, number] => [ort.HEAP32[place / 4], ort.HEAP32[place / 4 + 1]]
  const names: Pointer[] = []
  try {
    if (ort._OrtGetInputOutputCount(session, place, place + 4) !== 0)
      throw lastError(ort, 'inputs and outputs')
    const [inputs, outputs] = pair()
    const ports = Array.from({ length: inputs + outputs }, (_, index): Port => {
      if (ort._OrtGetInputOutputMetadata(session, index, place, place + 4) !== 0) {
        throw lastError(ort, 'inputs and outputs')
      }
      const [name, description] = pair()
      names.push(name)
      const text = ort.UTF8ToString(name)
      const [type, rank, , axisName, , axis] = ort.HEAP32.subarray(description / 4, description / 4 + 6)
      ort._OrtFree(description)
      if (type !== FLOAT32 || rank !== 2 || axisName !== 0) {
        throw new Error(`${text}: expected [batch, features] of float32`)
      }
      return { name, text, features: axis }
    })
    return { inputs: ports.slice(0, inputs), outputs: ports.slice(inputs) }
  } catch (error) {
    for (const name of names) ort._OrtFree(name)
    ort._OrtReleaseSession(session)
    throw error
  } finally {
    ort._free(place)
  }
}

function allocateTensor(ort: OrtModule, batch: number, features: number): Bound {
  const numbers = batch * features
  const data = ort._malloc(4 * numbers)
  const axes = allocateInts(ort, [batch, features])
  const tensor = ort._OrtCreateTensor(FLOAT32, data, 4 * numbers, axes, 2, CPU)
  ort._free(axes)
  if (tensor === 0) throw lastError(ort, `no tensor [${batch}, ${features}]`)
  return { tensor, data, numbers }
}

function release(ort: OrtModule, { inputs, outputs, inputList, outputList }: Binding): void {
  for (const { tensor, data } of [...inputs, ...outputs]) {
    ort._OrtReleaseTensor(tensor)
    ort._free(data)
  }
  ort._free(inputList)
  ort._free(outputList)
}

function floatsAt(ort: OrtModule, at: Pointer, numbers: number): Float32Array {
  return new Float32Array(ort.HEAPU8.buffer, at, numbers)
}
