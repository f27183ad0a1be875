/** Counts the answers to requests that are sent without pause. */
export interface RequestLoop {
  /** Number of answers by their X-Model header, or by the error. */
  got: Map<string, number>
  stop(): Promise<Map<string, number>>
}

/** Requests images of a model, one request after the other and each a different one, until stopped. */
export function startRequestLoop(url: string, id: string): RequestLoop {
  const got = new Map<string, number>()
  let running = true
  const note = (what: string) => got.set(what, (got.get(what) ?? 0) + 1)
  const loop = async () => {
    for (let seed = 0; running; seed++) {
      const response = await fetch(`${url}/v1/models/${id}/sample?seed=${seed}&format=f32`).catch(error =>
        String(error),
      )
      if (typeof response === 'string') note(response)
      else {
        const { byteLength } = await response.arrayBuffer()
        const whole = response.status === 200 && byteLength === 784 * 4
        note(whole ? (response.headers.get('x-model') ?? 'unnamed') : `status ${response.status}`)
      }
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }
  const done = loop()
  return {
    got,
    async stop() {
      running = false
      await done
      return got
    },
  }
}
