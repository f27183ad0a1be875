import type { Network } from '../catalog/catalog.ts'
import { createCheckedRun } from './checked-run.ts'
import { createDecodeTimes } from './decode-times.ts'
import type { Engine, EngineChoice, EngineName, Outputs } from './engine.ts'
import { createEngineSwitch } from './engine-switch.ts'
import { openPlain } from './plain.ts'

/** Milliseconds for one decode above which 'auto' changes to WebAssembly: half a frame at 60 frames a second. */
const SLOW = 8

/** Decodes measured together while the page is idle, and as many before them that are not measured. */
const WARM_UP = 16

/** The engines of a page: the one in use, how fast it is, and how to get another. */
export interface Engines {
  readonly current: EngineName
  /** The engine that is being opened. */
  readonly starting: EngineName | undefined
  /** Mean milliseconds an image in the last decodes; undefined before the first. */
  readonly time: number | undefined
  choose(choice: EngineChoice): void
  /**
   * Runs a network. The plain engine returns at once, the others return a promise. When another engine fails, the
   * plain one runs the network and stays in use.
   *
   * @param input [batch, features]
   */
  run(network: Network, input: Float32Array, batch: number): Outputs | Promise<Outputs>
}

/**
 * @param open opens an engine other than the plain one
 * @param onChange called when `current`, `starting` or `time` changed
 * @param tell shows a sentence to the visitor
 */
export function openEngines(
  open: (name: EngineName) => Promise<Engine>,
  onChange: () => void,
  tell: (message: string) => void,
): Engines {
  const plain = openPlain()
  const times = createDecodeTimes()
  const checkedRun = createCheckedRun()
  const inUse = createEngineSwitch(
    plain,
    open,
    replaced => {
      if (replaced) times.clear()
      onChange()
    },
    tell,
  )
  let choice: EngineChoice = 'auto'

  function record(milliseconds: number, images: number): void {
    times.add(milliseconds, images)
    const mean = times.mean as number
    if (choice !== 'auto' || inUse.current !== plain || inUse.starting) return
    if (times.images < 8 || mean <= SLOW) return
    tell(`One decode takes ${mean.toFixed(0)} ms in plain TypeScript here, so WebAssembly takes over.`)
    void inUse.start('wasm')
  }

  function runPlain(network: Network, input: Float32Array, batch: number): Outputs | Promise<Outputs> {
    if (network.part === 'encoder') return plain.run(network, input, batch)
    if (times.images === 0) {
      timeWhenIdle(plain, network, input, milliseconds => {
        if (inUse.current !== plain) return
        times.clear()
        record(milliseconds, WARM_UP)
        onChange()
      })
    }
    const from = performance.now()
    const outputs = plain.run(network, input, batch)
    record(performance.now() - from, batch)
    return outputs
  }

  async function runOn(engine: Engine, network: Network, input: Float32Array, batch: number) {
    try {
      return await checkedRun(engine, network, input, batch, milliseconds => {
        if (network.part === 'decoder' && inUse.current === engine) record(milliseconds, batch)
      })
    } catch (error) {
      inUse.replaceFailed(engine, error)
      return plain.run(network, input, batch)
    }
  }

  return {
    get current() {
      return inUse.current.name
    },
    get starting() {
      return inUse.starting
    },
    get time() {
      return times.mean
    },
    choose(next) {
      if (next === choice) return
      choice = next
      const name = next === 'auto' ? 'plain' : next
      if (name === 'plain') inUse.returnToPlain()
      else if (name !== inUse.current.name && name !== inUse.starting) void inUse.start(name)
    },
    run(network, input, batch) {
      const engine = inUse.current
      return engine === plain ? runPlain(network, input, batch) : runOn(engine, network, input, batch)
    },
  }
}

/**
 * Times `WARM_UP` decodes of the first image, in an idle moment and after as many that are not timed: a first run takes
 * ten times as long as those that follow.
 *
 * @param done called with milliseconds
 */
function timeWhenIdle(
  plain: Engine,
  network: Network,
  input: Float32Array,
  done: (milliseconds: number) => void,
): void {
  const first = input.slice(0, network.mlp.input.features)
  const decode = () => {
    for (let i = 0; i < WARM_UP; i++) plain.run(network, first, 1)
  }
  const whenIdle = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 200))
  whenIdle(() => {
    decode()
    const from = performance.now()
    decode()
    done(performance.now() - from)
  })
}
