import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inflate } from '@sparticuz/chromium'

/**
 * Unpacks the Vulkan driver in software that comes with Chromium by npm.
 *
 * @returns the folder it is in, to be removed by the caller, and the environment in which a process finds it
 */
export async function unpackSwiftshader(): Promise<{ folder: string; env: NodeJS.ProcessEnv }> {
  const folder = await mkdtemp(join(tmpdir(), 'swiftshader-'))
  const archive = new URL('../bin/swiftshader.tar.br', import.meta.resolve('@sparticuz/chromium'))
  const before = process.env.TMPDIR
  // `inflate` unpacks into the folder for temporary files, which it shares with every browser under test.
  process.env.TMPDIR = folder
  try {
    await inflate(fileURLToPath(archive))
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
  const env = { VK_DRIVER_FILES: join(folder, 'vk_swiftshader_icd.json'), LD_LIBRARY_PATH: folder }
  return { folder, env: { ...process.env, ...env } }
}
