import { createConnection } from 'node:net'

/** Sends bytes as they are and returns all that is answered until the server closes the connection or `until` matches. */
export function sendRaw(url: string, text: string | Uint8Array, until?: RegExp): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = createConnection(Number(port), hostname)
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer to ${String(text).slice(0, 60)}`)))
    socket.on('data', data => {
      answer += data.toString('latin1')
      if (until?.test(answer)) socket.end()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
    socket.write(text)
  })
}

/** The status of a raw answer. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.[01] (\d{3}) /.exec(answer)?.[1])
}
