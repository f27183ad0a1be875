/*
 * Signatures against the reference implementation, OpenSSF's `model-signing` for Python:
 *
 *   pip install model-signing pyopenssl     (tried with 1.1.1)
 *   PYTHON=/path/to/python node test/outside/model-signing.ts
 *
 * It verifies what we signed, we verify what it signed, and both refuse each file with a byte changed.
 */
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSigningKey, signFolder } from '../../export/registry/sign.ts'
import { verifySignature } from '../../models/registry/signature.ts'
import { SIGNED_FILES, type SignedFile } from '../../models/registry/signed-statement.ts'
import { readVerificationKey } from '../../models/registry/verification-key.ts'

const root = mkdtempSync(join(tmpdir(), 'model-signing-'))
const python = (...args: string[]) =>
  execFileSync(process.env.PYTHON ?? 'python3', ['-m', 'model_signing', ...args], { stdio: 'pipe' })

/** Whether something passes, and what it says if not. */
async function outcome(work: () => unknown): Promise<string> {
  try {
    await work()
    return 'verified'
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: Buffer }
    return `refused: ${(stderr?.toString().trim() || message).split('\n').at(-1)}`
  }
}

let failures = 0
function report(what: string, got: string, expected: 'verified' | 'refused'): void {
  const isRight = got.startsWith(expected)
  if (!isRight) failures++
  console.log(`${isRight ? 'as it should be' : 'WRONG'}  ${what}: ${got}`)
}

for (const namedCurve of ['prime256v1', 'secp384r1', 'secp521r1']) {
  const keys = generateKeyPairSync('ec', { namedCurve })
  const [privatePem, publicPem] = [join(root, 'key.pem'), join(root, 'key.pub')]
  writeFileSync(privatePem, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(publicPem, keys.publicKey.export({ type: 'spki', format: 'pem' }))
  const key = await readVerificationKey(readFileSync(publicPem, 'utf8'))
  const model = join(root, namedCurve)
  cpSync(join(import.meta.dirname, '../../models/zoo/mnist-vae-l1-z2'), model, { recursive: true })
  for (const name of readdirSync(model)) {
    if (!SIGNED_FILES.some(file => file === name)) rmSync(join(model, name))
  }
  const files = () =>
    Object.fromEntries(
      SIGNED_FILES.map(name => [name, new Uint8Array(readFileSync(join(model, name)))]),
    ) as Record<SignedFile, Uint8Array>
  const ours = await signFolder(model, await readSigningKey(privatePem))
  const theirs = join(root, `${namedCurve}.sig`)
  python('sign', 'key', model, '--signature', theirs, '--private_key', privatePem, '--ignore-paths', ours)
  const byPython = (signature: string) => () =>
    python(
      'verify',
      'key',
      model,
      '--signature',
      signature,
      '--public_key',
      publicPem,
      '--ignore-paths',
      ours,
    )
  const byUs = (signature: string) => () =>
    verifySignature(new Uint8Array(readFileSync(signature)), files(), key)
  report(`${namedCurve}: ours, by Python`, await outcome(byPython(ours)), 'verified')
  report(`${namedCurve}: theirs, by us`, await outcome(byUs(theirs)), 'verified')
  for (const name of SIGNED_FILES) {
    const path = join(model, name)
    const bytes = readFileSync(path)
    const changed = Buffer.from(bytes)
    changed[changed.length >> 1] ^= 1
    writeFileSync(path, changed)
    report(`${namedCurve}: ${name} changed, ours, by Python`, await outcome(byPython(ours)), 'refused')
    report(`${namedCurve}: ${name} changed, theirs, by us`, await outcome(byUs(theirs)), 'refused')
    writeFileSync(path, bytes)
  }
}
rmSync(root, { recursive: true })
process.exitCode = failures > 0 ? 1 : 0
