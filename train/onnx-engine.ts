import * as ort from 'onnxruntime-node'
import type { Engine, State, StepLosses, Steps } from './engine.ts'
import type { Task } from './objective.ts'
import { STEP_OUTPUTS, scanGraph, stateShapes, stepInputs } from './step.ts'

/**
 * Training steps as one ONNX graph in onnxruntime-node: on the CPU a Scan over all steps of a run.
 *
 * @param state the tensors of `stateShapes`, by name
 * @param threads CPU threads for each operator; default 1, which also fixes the order of every sum
 */
export async function openOnnxEngine(task: Task, state: State, threads = 1): Promise<Engine> {
  const session = await ort.InferenceSession.create(scanGraph(task), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // A weight that gets no gradient lets its sums decay into denormals, which the CPU adds a hundred times slower.
    extra: { session: { set_denormal_as_zero: '1' } },
  })
  const shapes = stateShapes(task)
  let carried: Record<string, ort.Tensor> = Object.fromEntries(
    shapes.map(({ name, shape }) => [`run/${name}`, new ort.Tensor('float32', state[name], shape)]),
  )

  function feeds(steps: Steps): Record<string, ort.Tensor> {
    const data: Record<string, Uint8Array | Float32Array | null> = {
      ...steps,
      perImage: new Float32Array(steps.count).fill(1 / steps.batch),
    } as never
    return Object.fromEntries(
      Object.entries(stepInputs(task)).map(([name, { type, dims }]) => {
        const shape = [steps.count, ...dims.map(d => (d === 'batch' ? steps.batch : Number(d)))]
        return [
          `run/${name}`,
          new ort.Tensor(type === 'uint8' ? 'uint8' : 'float32', data[name] as never, shape),
        ]
      }),
    )
  }

  return {
    name: 'onnx',
    device: 'cpu',
    async run(steps) {
      const results = await session.run({ ...carried, ...feeds(steps) })
      carried = Object.fromEntries(shapes.map(({ name }) => [`run/${name}`, results[`run/${name}'`]]))
      return Object.fromEntries(
        STEP_OUTPUTS.map(name => [name, results[`run/${name}`].data]),
      ) as never as StepLosses
    },
    async read() {
      return Object.fromEntries(
        shapes.map(({ name }) => [name, Float32Array.from(carried[`run/${name}`].data as Float32Array)]),
      )
    },
    close: () => session.release(),
  }
}
