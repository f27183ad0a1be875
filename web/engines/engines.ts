import type { Network } from '../catalog/catalog.ts'
import { ENGINE_LABELS, type Engine, type EngineChoice, type EngineName, type Outputs } from './engine.ts'
import { goldenOf, largestDifference } from './golden.ts'
import { openPlain } from './plain.ts'

/** Milliseconds for one decode above which 'auto' gives a batch engine a try: half a frame at 60 a second. */
const SLOW = 8

const WARM_UP = 32

/** The engines of a page: the one in use, how fast it is, and how to get another. */
export interface Engines {
  /** Which one runs now, and which one is on its way. */
  readonly current: EngineName
  readonly starting: EngineName | undefined
  /** Median milliseconds that one image took in the last decodes; undefined before the first. */
  readonly time: number | undefined
  choose(choice: EngineChoice): void
  /**
   * Runs a network. The plain engine answers at once, the others with a promise. When one fails, the plain one does its
   * work and stays in use.
   */
  run(network: Network, input: Float32Array, batch: number): Outputs | Promise<Outputs>
}

/**
 * @param open starts an engine other than the plain one
 * @param onChange called when `current`, `starting` or `time` changed
 * @param tell what a person should know, in a sentence
 */
export function openEngines(
  open: (name: EngineName) => Promise<Engine>,
  onChange: () => void,
  tell: (message: string) => void,
): Engines {
  const plain = openPlain()
  let engine: Engine = plain
  let starting: EngineName | undefined
  let choice: EngineChoice = 'auto'
  let checked = new WeakSet<Network>()
  let times: number[] = []
  let free = 0

  function use(next: Engine): void {
    if (engine !== plain && engine !== next) engine.close()
    engine = next
    starting = undefined
    times = []
    checked = new WeakSet()
    onChange()
  }

  function giveUp(on: Engine, error: unknown): void {
    if (engine !== on) return
    tell(`${ENGINE_LABELS[on.name]} stopped: ${reason(error)}. Plain TypeScript goes on.`)
    use(plain)
  }

  async function start(name: EngineName): Promise<void> {
    starting = name
    onChange()
    try {
      const next = await open(name)
      if (starting !== name) {
        next.close()
        return
      }
      use(next)
      void next.lost?.then(error => giveUp(next, error))
    } catch (error) {
      if (starting !== name) return
      tell(`${ENGINE_LABELS[name]} cannot be used: ${reason(error)}. Plain TypeScript runs instead.`)
      use(plain)
    }
  }

  function record(from: number, batch: number): void {
    times.push((performance.now() - from) / batch)
    if (times.length > 32) times.shift()
    if (choice === 'auto' && engine === plain && times.length >= 8 && median(times) > SLOW && !starting) {
      tell(
        `One decode takes ${median(times).toFixed(0)} ms in plain TypeScript here, so WebAssembly takes over.`,
      )
      void start('wasm')
    }
  }

  /** A first run is ten times slower than those that follow, so the time shown comes from a few in an idle moment. */
  function warmUp(network: Network, input: Float32Array): void {
    const idle = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 200))
    idle(() => {
      if (engine !== plain) return
      for (let i = 0; i < WARM_UP; i++) {
        if (i === WARM_UP / 2) times = []
        const from = performance.now()
        plain.run(network, input, 1)
        record(from, 1)
      }
      onChange()
    })
  }

  async function check(by: Engine, network: Network): Promise<void> {
    const { input, batch, outputs, tolerance } = goldenOf(network)
    const difference = largestDifference(await by.run(network, input, batch), outputs)
    if (!(difference <= tolerance)) {
      throw new Error(`its result is off by ${difference.toPrecision(2)}, where ${tolerance} is allowed`)
    }
    checked.add(network)
  }

  /** Waits until the engine may be asked again. */
  async function turn(by: Engine): Promise<void> {
    const now = performance.now()
    const wait = free - now
    free = Math.max(now, free) + (by.pace ?? 0)
    if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
  }

  async function runChecked(
    by: Engine,
    network: Network,
    input: Float32Array,
    batch: number,
  ): Promise<Outputs> {
    try {
      if (!checked.has(network)) await check(by, network)
      await turn(by)
      const from = performance.now()
      const outputs = await by.run(network, input, batch)
      if (network.part === 'decoder' && engine === by) record(from, batch)
      return outputs
    } catch (error) {
      giveUp(by, error)
      return plain.run(network, input, batch)
    }
  }

  return {
    get current() {
      return engine.name
    },
    get starting() {
      return starting
    },
    get time() {
      return times.length === 0 ? undefined : median(times)
    },
    choose(next) {
      if (next === choice) return
      choice = next
      const name = next === 'auto' ? 'plain' : next
      if (name === 'plain') use(plain)
      else if (name !== engine.name && name !== starting) void start(name)
    },
    run(network, input, batch) {
      if (engine !== plain) return runChecked(engine, network, input, batch)
      if (network.part === 'encoder') return plain.run(network, input, batch)
      if (times.length === 0) warmUp(network, input.slice(0, network.mlp.input.features))
      const from = performance.now()
      const outputs = plain.run(network, input, batch)
      record(from, batch)
      return outputs
    },
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error))
    .split('\n')[0]
    .replace(/\.$/, '')
    .slice(0, 200)
}
