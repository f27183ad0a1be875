import { readFile, statfs } from 'node:fs/promises'
import { availableParallelism, cpus, freemem, totalmem } from 'node:os'

/** Properties of a machine that affect training. Sizes in bytes. */
export interface Machine {
  node: string
  platform: string
  cpu: string
  /** Threads this process may use. */
  threads: number
  /** Widest vector instructions of the CPU; null if unknown. */
  vectors: string | null
  memory: { free: number; total: number }
  /** Free space of the current folder's file system. */
  disk: { folder: string; free: number }
}

/** Describes this machine and the free space of a folder. */
export async function describeMachine(folder = process.cwd()): Promise<Machine> {
  const { bavail, bsize } = await statfs(folder)
  return {
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    vectors: await findVectors(),
    memory: { free: freemem(), total: totalmem() },
    disk: { folder, free: bavail * bsize },
  }
}

/** Widest first, as Linux names them in /proc/cpuinfo. */
const VECTORS: [flag: string, name: string][] = [
  ['avx512f', 'AVX-512'],
  ['avx2', 'AVX2'],
  ['avx', 'AVX'],
  ['sse4_2', 'SSE4.2'],
]

async function findVectors(): Promise<string | null> {
  if (process.arch === 'arm64') return 'NEON'
  const info = await readFile('/proc/cpuinfo', 'utf8').catch(() => '')
  const flags = new Set(/^flags\s*:(.*)$/m.exec(info)?.[1].split(' '))
  return VECTORS.find(([flag]) => flags.has(flag))?.[1] ?? null
}
