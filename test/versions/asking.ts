/** Answers of a server that is asked without pause. */
export interface Asking {
  /** By what came: an x-model, or what went wrong. */
  got: Map<string, number>
  stop(): Promise<Map<string, number>>
}

/** Asks a model for images, one request after the other and always another, until stopped. */
export function keepAsking(url: string, id: string): Asking {
  const got = new Map<string, number>()
  let asking = true
  const note = (what: string) => got.set(what, (got.get(what) ?? 0) + 1)
  const loop = async () => {
    for (let seed = 0; asking; seed++) {
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
      asking = false
      await done
      return got
    },
  }
}
