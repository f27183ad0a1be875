import { lookup } from 'node:dns/promises'
import { BlockList } from 'node:net'

/** The target with its address, looked up once, so that a later change of DNS cannot redirect the load. */
export interface Target {
  /** Without a query or fragment; a path is kept as a prefix. */
  url: URL
  address: string
  family: 4 | 6
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** A target or agent that is refused or does not answer: a message for the user, not a defect. */
export class TargetError extends Error {}

/** The error when no target is given. */
export function targetMissing(): Error {
  return new Error('--target: expected an address such as http://127.0.0.1:8787')
}

/**
 * Checks that the target is this machine, or a host that the user named.
 *
 * @param allowed a host that the user says they may load, though it is not this machine
 * @throws TargetError when the text is not an http(s) address, cannot be looked up, or has any address that is not
 * loopback
 */
export async function resolveTarget(text: string, allowed?: string): Promise<Target> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new TargetError(`--target: expected an address such as http://127.0.0.1:8787, got ${text}`)
  }
  const host = hostOf(url)
  const found = await lookup(host, { all: true }).catch((error: NodeJS.ErrnoException) => {
    throw new TargetError(`--target: ${host} cannot be looked up (${error.code})`)
  })
  const foreign = found.find(({ address, family }) => !isLoopback(address, family))
  if (foreign && allowed !== host) {
    const other = allowed === undefined ? '' : ` You named ${allowed}.`
    throw new TargetError(
      `--target: expected this machine (127.0.0.0/8, ::1), got ${host}` +
        `${foreign.address === host ? '' : `, which is ${foreign.address}`}. Nothing was sent.${other}\n` +
        `Load on a machine whose owner has not agreed is an attack. If you may: --i-am-allowed-to-load ${host}`,
    )
  }
  const { address, family } = found[0]
  return { url, address, family: family === 6 ? 6 : 4 }
}

/** The host as looked up: IPv6 without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

/** Whether an address is one of this machine's loopback addresses. */
export function isLoopback(address: string, family: number): boolean {
  return loopback.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
