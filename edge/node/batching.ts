import type { Session } from '../platform.ts'

/** Rows that run together at most: beyond, another row costs about what it costs alone. */
const ROWS = 32

interface Asked {
  input: Float32Array
  batch: number
  resolve(outputs: Record<string, Float32Array>): void
  reject(error: unknown): void
}

/**
 * A session that runs together what requests ask of it in the same turns of the event loop: the weights are then read
 * once for all of them, which is most of what one row costs. Nobody waits for others to come.
 *
 * A row's outputs do not depend on the rows beside it, to the bit: ONNX Runtime packs constant weights as it loads
 * them, and its product with packed weights sums each row in one order, however many rows there are.
 *
 * @param session with outputs [batch, units]
 */
export function batching(session: Session): Session {
  let waiting: Asked[] = []
  let busy = false

  async function runAll(): Promise<void> {
    while (waiting.length > 0) await runTogether(session, take())
    busy = false
  }
  function take(): Asked[] {
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
        // Two turns: in the first, the sockets that were read with this one's; in the second, those that filled meanwhile.
        setImmediate(setImmediate, runAll)
      }),
    release: () => session.release(),
  }
}

async function runTogether(session: Session, group: readonly Asked[]): Promise<void> {
  try {
    const [first] = group
    if (group.length === 1) return first.resolve(await session.run(first.input, first.batch))
    const outputs = await session.run(join(group.map(({ input }) => input)), rowsOf(group))
    deal(outputs, group)
  } catch (error) {
    for (const { reject } of group) reject(error)
  }
}

function rowsOf(group: readonly Asked[]): number {
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

/** Gives each its own rows, in memory of their own: an answer that is kept must not keep its neighbours'. */
function deal(outputs: Record<string, Float32Array>, group: readonly Asked[]): void {
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
