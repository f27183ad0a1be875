import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../edge/node/build.ts'
import { runCommand } from '../../export/registry/commands.ts'
import { parseChannel } from '../../models/registry/channel.ts'
import { ID, type Made, makeVersion } from './fixtures.ts'

let root: string
let bucket: string
let good: Made
let better: Made
let worse: Made
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'latent-edge-command-'))
  bucket = path.join(root, 'bucket')
  good = await makeVersion(path.join(root, 'good'), 1, { bce: 0.2 })
  better = await makeVersion(path.join(root, 'better'), 2, { bce: 0.19 })
  worse = await makeVersion(path.join(root, 'worse'), 3, { bce: 0.3, activeUnits: 1 })
  process.env.LATENT_EDGE_BY = 'somebody'
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** Runs `npm run registry -- …` in this process, on a folder. */
async function run(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  let [out, error] = ['', '']
  const output = {
    print: (line: string) => void (out += `${line}\n`),
    printError: (line: string) => void (error += `${line}\n`),
  }
  const code = await runCommand(['--target', `dir:${bucket}`, ...args], output)
  return { code, out, error }
}
const channel = async () => parseChannel(await readFile(path.join(bucket, `channels/${ID}.json`), 'utf8'), ID)
const name = ({ card }: Made) => `${ID}@${card.version}`

test('push, promote, canary, list, diff and rollback change and show a channel step by step', async () => {
  for (const made of [good, better, worse]) expect((await run('push', made.folder)).code).toBe(0)
  expect((await run('push', good.folder)).out).toContain('was already there, complete')
  expect(await run('promote', name(better), '--canary', '5')).toEqual({
    code: 1,
    out: '',
    error: `error: ${ID} has no stable version to be a canary of: promote it without --canary\n`,
  })
  expect((await run('promote', name(good))).out).toContain(`${ID}: ${good.card.version} for everyone`)
  const canary = await run('promote', name(better), '--canary', '5')
  expect(canary.out).toContain('got 0.19000 (5.00% better)')
  expect(canary.out).toContain(`${good.card.version} for 95%, canary ${better.card.version} for 5%`)
  const rows = JSON.parse((await run('list', '--json')).out) as {
    version: string
    state: string
    share: number
  }[]
  expect(Object.fromEntries(rows.map(row => [row.version, [row.state, row.share]]))).toEqual({
    [good.card.version]: ['stable', 95],
    [better.card.version]: ['canary', 5],
    [worse.card.version]: ['kept', 0],
  })
  expect((await run('diff', `${ID}@stable`, `${ID}@canary`)).out).toMatch(
    /test bce at z mu +0\.200000 +0\.190000 +-5\.00%/,
  )
  await run('promote', `${ID}@canary`)
  expect(await channel()).toMatchObject({ stable: better.card.version, canary: null })
  expect((await run('rollback', ID)).out).toBe(`${ID}: ${good.card.version} for everyone\n`)
  expect((await channel()).history.map(({ action, by }) => `${by} ${action}`)).toEqual([
    'somebody promote',
    'somebody canary',
    'somebody promote',
    'somebody rollback',
  ])
})
test('promote ends with 3 and the gate’s reasons; --force overrides them and records it', async () => {
  const before = await channel()
  const refused = await run('promote', name(worse))
  expect(refused.code).toBe(3)
  expect(refused.error).toContain(
    'metric: test bce at z mu: expected at most 2% worse than 0.20000, got 0.30000',
  )
  expect(refused.error).toContain(
    'collapse: collapsed latent dimensions: expected at most 0, as before, got 1',
  )
  expect(await channel()).toEqual(before)
  const forced = await run('promote', name(worse), '--force')
  expect(forced.code).toBe(0)
  expect(forced.out).toContain('overridden by --force: collapse: ')
  expect((await channel()).history.at(-1)?.overrode).toHaveLength(2)
})
test('verify ends with 1 and names damaged files', async () => {
  expect((await run('verify')).code).toBe(0)
  const file = path.join(bucket, `models/${ID}/${worse.card.version}/decoder.onnx`)
  await writeFile(file, (await readFile(file)).subarray(1))
  const found = await run('verify')
  expect(found.code).toBe(1)
  expect(found.out).toMatch(new RegExp(`FAULTY {2}${name(worse)}\n.*decoder.onnx: expected \\d+ bytes`))
  expect((await run('prune', '--keep', '1', '--dry-run')).out).toMatch(/^would delete .*\n1 to delete\n$/)
})
test('wrong arguments end with 2 and failures with 1, with a message', async () => {
  for (const [args, code, message] of [
    [
      ['promote', 'x'],
      2,
      /expected id@version \(or id@canary\), as in mnist-vae-l2-z2@ea61febf88c4, got "x"/,
    ],
    [['promote', `${ID}@aaaaaaaaaaaa`], 1, /is not whole in dir:.*push it \(again\)/],
    [['promote', name(good), '--canary', '0'], 2, /Expected a number above 0, at most 100\./],
    [['push', '/nowhere'], 1, /\/nowhere\/card.json: expected a file, found none/],
    [['list', '--target', 's3'], 1, /--target: expected local .*, got "s3"/],
    [['fly'], 2, /unknown command 'fly'/],
  ] as const) {
    const got = await run(...args)
    expect(got.error).toMatch(message)
    expect(got.error).not.toContain('    at ')
    expect([args, got.code]).toEqual([args, code])
  }
})
test('the command line prints the same output and ends with the same codes', async () => {
  const start = async (...args: string[]) => {
    const child = spawn(process.execPath, [path.join(ROOT, 'train/retrain/registry-cli.ts'), ...args])
    const texts = [child.stdout, child.stderr].map(async stream => (await stream.toArray()).join(''))
    const [out, error, [code]] = await Promise.all([...texts, once(child, 'close')])
    return { code, out, error }
  }
  const refused = await start('promote', name(worse), '--target', `dir:${bucket}`)
  expect([refused.code, refused.out]).toEqual([1, ''])
  expect(refused.error).toContain('is not whole')
  const help = await start('--help')
  expect([help.code, help.error]).toEqual([0, ''])
  for (const command of ['list', 'push', 'promote', 'rollback', 'verify', 'prune', 'diff']) {
    expect(help.out).toMatch(new RegExp(`^ {2}${command} `, 'm'))
  }
})

test('promote --verify takes only a version that is signed by the key', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const [secret, open] = ['key.pem', 'key.pub'].map(file => path.join(root, file))
  await writeFile(secret, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  await writeFile(open, publicKey.export({ type: 'spki', format: 'pem' }))
  const id = 'signed-ae-z2'
  const [signed, unsigned] = await Promise.all(
    [11, 12].map(seed => makeVersion(path.join(root, `signed-${seed}`), seed, { id })),
  )
  expect((await run('push', signed.folder, '--sign', secret)).code).toBe(0)
  expect((await run('push', unsigned.folder)).code).toBe(0)
  const named = ({ card }: Made) => `${id}@${card.version}`
  expect(await run('promote', named(unsigned), '--verify', open)).toMatchObject({
    code: 1,
    error: expect.stringContaining('model.sig: expected a signature by the key'),
  })
  expect((await run('promote', named(signed), '--verify', open)).code).toBe(0)
})
