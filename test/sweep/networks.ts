import { execFileSync } from 'node:child_process'
import { startProxy, type TcpProxy } from './fixture.ts'

/** A separate network, like that of another machine: it reaches services of this machine, and can be cut. */
export interface Network {
  /** A command that runs another one in the network. */
  prefix: readonly string[]
  /** The address, in the network, of a service on a port of 127.0.0.1 here; `host:port`. */
  reach(port: number): Promise<string>
  /** Cuts the network for a time: requests under way get no answer. */
  cut(ms: number): void
  close(): void
}

/**
 * Opens networks: Linux network namespaces, each with its own virtual cable, if this process may create them; otherwise
 * proxies that reset their connections.
 */
export function openNetworks(count: number): { kind: 'namespaces' | 'proxies'; networks: Network[] } {
  const kind = canMakeNamespaces() ? 'namespaces' : 'proxies'
  const networks = Array.from({ length: count }, (_, i) => (kind === 'namespaces' ? namespace(i) : proxied()))
  return { kind, networks }
}

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' })

function canMakeNamespaces(): boolean {
  const name = `latent-edge-${process.pid}`
  try {
    ip('netns', 'add', name)
    ip('netns', 'del', name)
    return true
  } catch {
    return false
  }
}

/** Creates a namespace and a pair of virtual interfaces: 10.213.i.1 on this side, 10.213.i.2 on the other. */
function namespace(i: number): Network {
  const name = `le-${process.pid}-${i}`
  const cable = `le${process.pid % 100_000}v${i}`
  const host = `10.213.${i}.1`
  ip('netns', 'add', name)
  ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
  ip('addr', 'add', `${host}/24`, 'dev', cable)
  ip('link', 'set', cable, 'up')
  ip('-n', name, 'addr', 'add', `10.213.${i}.2/24`, 'dev', 'eth0')
  ip('-n', name, 'link', 'set', 'eth0', 'up')
  ip('-n', name, 'link', 'set', 'lo', 'up')
  const proxies: TcpProxy[] = []
  return {
    prefix: ['ip', 'netns', 'exec', name],
    async reach(port) {
      const proxy = await startProxy(port, host)
      proxies.push(proxy)
      return `${host}:${proxy.port}`
    },
    cut(ms) {
      ip('link', 'set', cable, 'down')
      setTimeout(() => ip('link', 'set', cable, 'up'), ms)
    },
    close() {
      for (const proxy of proxies) proxy.close()
      ip('netns', 'del', name)
    },
  }
}

function proxied(): Network {
  const proxies: TcpProxy[] = []
  return {
    prefix: [],
    async reach(port) {
      const proxy = await startProxy(port)
      proxies.push(proxy)
      return `127.0.0.1:${proxy.port}`
    },
    cut(ms) {
      for (const proxy of proxies) proxy.cut(ms)
    },
    close() {
      for (const proxy of proxies) proxy.close()
    },
  }
}
