import { ENGINE_LABELS, type Engine, type EngineName } from './engine.ts'

/** The engine in use, and changing to another one. */
export interface EngineSwitch {
  readonly current: Engine
  /** The engine that is being opened. */
  readonly starting: EngineName | undefined
  /** Opens an engine and uses it once it is open; the plain one is used when it cannot be opened. */
  start(name: EngineName): Promise<void>
  returnToPlain(): void
  /** Goes back to the plain engine because `engine` failed, and says so. */
  replaceFailed(engine: Engine, error: unknown): void
}

/**
 * @param open opens an engine other than the plain one
 * @param onSwitch called when `current` or `starting` has changed; `replaced` when another engine is in use
 * @param tell shows a sentence to the visitor
 */
export function createEngineSwitch(
  plain: Engine,
  open: (name: EngineName) => Promise<Engine>,
  onSwitch: (replaced: boolean) => void,
  tell: (message: string) => void,
): EngineSwitch {
  let current = plain
  let starting: EngineName | undefined

  function use(next: Engine): void {
    if (current !== plain && current !== next) current.close()
    current = next
    starting = undefined
    onSwitch(true)
  }

  function replaceFailed(engine: Engine, error: unknown): void {
    if (current !== engine) return
    tell(`${ENGINE_LABELS[engine.name]} stopped: ${reason(error)}. Plain TypeScript is used instead.`)
    use(plain)
  }

  return {
    get current() {
      return current
    },
    get starting() {
      return starting
    },
    async start(name) {
      starting = name
      onSwitch(false)
      try {
        const next = await open(name)
        // Another engine was chosen while this one was being opened.
        if (starting !== name) {
          next.close()
          return
        }
        use(next)
        void next.lost?.then(error => replaceFailed(next, error))
      } catch (error) {
        if (starting !== name) return
        tell(`${ENGINE_LABELS[name]} cannot be used: ${reason(error)}. Plain TypeScript is used instead.`)
        use(plain)
      }
    },
    returnToPlain: () => use(plain),
    replaceFailed,
  }
}

/** The first line of an error's message, without a full stop, at most 200 characters. */
function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error))
    .split('\n')[0]
    .replace(/\.$/, '')
    .slice(0, 200)
}
