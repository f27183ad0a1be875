import * as tf from '@tensorflow/tfjs'
import { ADAM } from '../step/adam.ts'
import type { Engine, State, Steps } from '../step/engine.ts'
import type { Task } from '../step/objective.ts'
import { parameterShapes } from '../step/parameters.ts'
import { STEP_OUTPUTS, stateNames, stateShapes } from '../step/step-graph.ts'
import { startBackend, type TfjsDevice } from './tfjs-backend.ts'
import { type TensorBatch, tensorObjective } from './tfjs-objective.ts'

type Held = Record<string, tf.Tensor>

/**
 * Opens an engine that computes training steps in TF.js, on TensorFlow's library if installed: TF.js operations and
 * gradients, and Adam by the formula of `adamUpdate`.
 *
 * @param state the tensors of `stateShapes`, by name
 * @throws UnavailableError when the device cannot be used here
 */
export async function openTfjsEngine(task: Task, state: State, device: TfjsDevice): Promise<Engine> {
  tf.enableProdMode()
  const backend = await startBackend(device)
  let held: Held = Object.fromEntries(
    stateShapes(task).map(({ name, shape }) => [name, tf.tensor(state[name].slice(), shape, 'float32')]),
  )

  return {
    name: 'tfjs',
    device: backend,
    async run(steps) {
      const taken: tf.Tensor[] = []
      for (let i = 0; i < steps.count; i++) {
        const before = held
        const [next, losses] = tf.tidy(() => step(task, before, steps, i))
        held = next
        taken.push(losses)
        tf.dispose(before)
      }
      const table = tf.stack(taken)
      const values = await floats(table)
      tf.dispose([taken, table])
      const column = (k: number) => Float32Array.from(taken, (_, i) => values[i * STEP_OUTPUTS.length + k])
      return { loss: column(0), reconstruction: column(1), kl: column(2) }
    },
    async read() {
      const names = Object.keys(held)
      const copies = await Promise.all(names.map(name => floats(held[name])))
      return Object.fromEntries(names.map((name, i) => [name, copies[i].slice()]))
    },
    async close() {
      tf.dispose(held)
      held = {}
    },
  }
}

/** Computes one step: the state after it, and the values of STEP_OUTPUTS as one vector. */
function step(task: Task, held: Held, steps: Steps, i: number): [Held, tf.Tensor] {
  const names = parameterShapes(task.architecture).map(({ name }) => name)
  const batch = batchOf(task, steps, i)
  let losses: tf.Tensor | undefined
  const objective = (...weights: tf.Tensor[]): tf.Scalar => {
    const byName = Object.fromEntries(names.map((name, k) => [name, weights[k]]))
    const { loss, reconstruction, kl } = tensorObjective(task, byName, batch)
    losses = tf.keep(tf.stack([loss, reconstruction, kl]))
    return loss
  }
  const gradients = tf.grads(objective)(names.map(name => held[name]))
  const next = names.map((name, k) => update(name, held, gradients[k], steps.rate[i], steps.epsilon[i]))
  return [Object.assign({}, ...next), losses!]
}

/** Adam's step of one parameter: its new value and sums, by name. */
function update(parameter: string, held: Held, gradient: tf.Tensor, rate: number, epsilon: number): Held {
  const names = stateNames(parameter)
  const first = tf.add(tf.mul(held[names.first], ADAM.beta1), gradient)
  const second = tf.add(tf.mul(held[names.second], ADAM.beta2), tf.square(gradient))
  const change = tf.mul(tf.div(first, tf.add(tf.sqrt(second), epsilon)), rate)
  return { [names.value]: tf.sub(held[names.value], change), [names.first]: first, [names.second]: second }
}

function batchOf({ architecture, objective }: Task, steps: Steps, i: number): TensorBatch {
  const { batch, pixels, y, eps, beta } = steps
  const { inputDim, latentDim, classes = 0 } = architecture
  const drawn = objective.samples * batch * latentDim
  const bytes = pixels.slice(i * batch * inputDim, (i + 1) * batch * inputDim)
  return {
    x: tf.div(tf.tensor2d(bytes, [batch, inputDim], 'int32').toFloat(), 255),
    y: y && tf.tensor2d(y.slice(i * batch * classes, (i + 1) * batch * classes), [batch, classes]),
    eps: eps && tf.tensor3d(eps.slice(i * drawn, (i + 1) * drawn), [objective.samples, batch, latentDim]),
    beta: beta[i],
  }
}

async function floats(tensor: tf.Tensor): Promise<Float32Array> {
  return tensor.data<'float32'>()
}
