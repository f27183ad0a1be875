import { connect, createServer, type Socket } from 'node:net'

/** A proxy to a server whose connections can be cut after some bytes. */
export interface CutProxy {
  port: number
  /** Lets this many more bytes through to the server, then breaks every connection and accepts no new ones. */
  cutAfter(bytes: number): void
  /** Lets everything through again. */
  mend(): void
  stop(): Promise<void>
}

/** Opens a proxy to a port of this machine. */
export async function openCutProxy(target: number): Promise<CutProxy> {
  let left = Number.POSITIVE_INFINITY
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    if (left <= 0) {
      client.destroy()
      return
    }
    const upstream = connect(target, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket)
          client.destroy()
          upstream.destroy()
        })
    }
    upstream.pipe(client)
    client.on('data', data => {
      upstream.write(data.subarray(0, Math.max(0, left)))
      left -= data.length
      if (left <= 0) for (const socket of sockets) socket.destroy()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    cutAfter(bytes) {
      left = bytes
    },
    mend() {
      left = Number.POSITIVE_INFINITY
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
