import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../edge/node/build.ts'

/** The workerd processes that a process started. */
async function workerdsOf(parent: number): Promise<number[]> {
  const found: number[] = []
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    if (new RegExp(`^${pid} \\(workerd\\) \\S ${parent} `).test(stat)) found.push(Number(pid))
  }
  return found
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test.skipIf(process.platform !== 'linux')(
  'a command on local R2 that is killed leaves no workerd behind',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'orphans-'))
    const store = path.join(ROOT, 'export/registry/stores/local-r2.ts')
    const script = `
    import { openLocal } from ${JSON.stringify(store)}
    await openLocal(${JSON.stringify(folder)})
    console.log('open')
    setInterval(() => {}, 1000)`
    const file = path.join(folder, 'open.ts')
    await writeFile(file, script)
    const child = spawn(process.execPath, [file])
    await once(child.stdout, 'data')
    const [workerd] = await workerdsOf(child.pid!)
    expect(workerd).toBeGreaterThan(0)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await expect.poll(() => isAlive(workerd)).toBe(false)
    await rm(folder, { recursive: true })
  },
)
