import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'

const CASES = join(import.meta.dirname, 'cases')
const CLI = join(import.meta.dirname, '../../export/convert/cli.ts')
const folder = mkdtempSync(join(tmpdir(), 'command-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the command takes paths relative to the folder it is called in, and writes into devices without replacing them', async () => {
  const root = join(import.meta.dirname, '../..')
  const env = { ...process.env, INIT_CWD: CASES, npm_package_json: join(root, 'package.json') }
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [CLI, ...args], { cwd: root, env })
  await run('dense-rank3', join(folder, 'relative.onnx'))
  expect(readdirSync(folder)).toContain('relative.onnx')
  await run('dense-rank3', '/dev/null')
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
})

test('a command that is interrupted leaves no partial file', async () => {
  const program = `
    import { convertFile } from ${JSON.stringify(join(import.meta.dirname, '../../export/convert/convert-file.ts'))}
    import fs from 'node:fs/promises'
    import { syncBuiltinESMExports } from 'node:module'
    const { writeFile } = fs
    fs.writeFile = async (...args) => { await writeFile(...args); console.log('written'); await new Promise(r => setTimeout(r, 60_000)) }
    syncBuiltinESMExports()
    await convertFile(${JSON.stringify(join(CASES, 'dense-rank3'))}, ${JSON.stringify(join(folder, 'interrupted.onnx'))})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program])
  await once(child.stdout, 'data')
  expect(readdirSync(folder).filter(name => name.startsWith('interrupted'))).toHaveLength(1)
  child.kill('SIGINT')
  const [, signal] = await once(child, 'exit')
  expect(signal).toBe('SIGINT')
  expect(readdirSync(folder).filter(name => name.startsWith('interrupted'))).toEqual([])
})

test('a model converts where neither TF.js nor ONNX Runtime is installed', async () => {
  const hooks = `
    import { registerHooks } from 'node:module'
    registerHooks({
      resolve(name, context, next) {
        if (/tensorflow|onnxruntime/.test(name)) throw new Error(name + ' is not installed')
        return next(name, context)
      },
    })`
  const hook = `data:text/javascript,${encodeURIComponent(hooks)}`
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['--import', hook, CLI, join(CASES, 'dense-rank3'), ...args])
  await run(join(folder, 'alone.onnx'))
  expect(readdirSync(folder)).toContain('alone.onnx')
  await expect(run(join(folder, 'checked.onnx'), '--check')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: checking needs the package @tensorflow\/tfjs: npm install/),
  })
})
