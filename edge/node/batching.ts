import type { Session } from '../platform.ts'

/** Most rows that run together: beyond, another row costs about what it costs alone. */
const ROWS = 32

interface Pending {
  input: Float32Array
  batch: number
  resolve(outputs: Record<string, Float32Array>): void
  reject(error: unknown): void
}

/**
 * A session that joins inputs which arrive in the same turns of the event loop into one batch: the weights are then
 * read once for all of them, which is most of the cost of a row. No input waits for others to arrive.
 *
 * A row's outputs do not depend on the other rows, to the bit: ONNX Runtime packs constant weights when it loads them,
 * and its product with packed weights sums each row in the same order for any number of rows.
 *
 * @param session with outputs [batch, units]
 */
export function batching(session: Session): Session {
  let waiting: Pending[] = []
  let busy = false

  async function runAll(): Promise<void> {
    while (waiting.length > 0) await runTogether(session, take())
    busy = false
  }
  function take(): Pending[] {
    let count = 0
    let rows = 0
    while (count < waiting.length && (count === 0 || rows + waiting[count].batch <= ROWS)) {
      rows += waiting[count++].batch
    }
    const group = waiting.slice(0, count)
    waiting = waiting.slice(count)
    return group
  }
  return {
    run: (input, batch) =>
      new Promise((resolve, reject) => {
        waiting.push({ input, batch, resolve, reject })
        if (busy) return
        busy = true
        // After two turns of the event loop: the first reads the sockets that are ready now, the second those that became
        // ready meanwhile.
        setImmediate(setImmediate, runAll)
      }),
    release: () => session.release(),
  }
}

async function runTogether(session: Session, group: readonly Pending[]): Promise<void> {
  try {
    const [first] = group
    if (group.length === 1) return first.resolve(await session.run(first.input, first.batch))
    const outputs = await session.run(join(group.map(({ input }) => input)), rowsOf(group))
    distribute(outputs, group)
  } catch (error) {
    for (const { reject } of group) reject(error)
  }
}

function rowsOf(group: readonly Pending[]): number {
  return group.reduce((sum, { batch }) => sum + batch, 0)
}

function join(inputs: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(inputs.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const input of inputs) {
    joined.set(input, at)
    at += input.length
  }
  return joined
}

/** Gives each input its own rows, copied: a reply that is kept must not keep the whole batch in memory. */
function distribute(outputs: Record<string, Float32Array>, group: readonly Pending[]): void {
  const rows = rowsOf(group)
  let from = 0
  for (const { batch, resolve } of group) {
    const own: Record<string, Float32Array> = {}
    for (const name in outputs) {
      const units = outputs[name].length / rows
      own[name] = outputs[name].slice(from * units, (from + batch) * units)
    }
    from += batch
    resolve(own)
  }
}
