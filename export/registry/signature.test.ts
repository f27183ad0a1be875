import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { verifySignature } from '../../models/registry/signature.ts'
import { SIGNED_FILES, type SignedFile } from '../../models/registry/signed-statement.ts'
import { readVerificationKey } from '../../models/registry/verification-key.ts'
import { signVersion } from './sign.ts'

const files = Object.fromEntries(
  SIGNED_FILES.map((name, i) => [name, Uint8Array.from({ length: 40 + i }, (_, k) => (k * 7 + i) % 256)]),
) as Record<SignedFile, Uint8Array<ArrayBuffer>>
const card = { id: 'some-model', version: 'a'.repeat(12) } as Parameters<typeof signVersion>[0]['card']

const pair = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
const publicPem = (keys: ReturnType<typeof pair>) =>
  keys.publicKey.export({ type: 'spki', format: 'pem' }) as string
const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))

test.each(['prime256v1', 'secp384r1', 'secp521r1'])('a signature by a key on %s is verified', async curve => {
  const keys = pair(curve)
  const key = await readVerificationKey(publicPem(keys))
  for (let round = 0; round < 20; round++) {
    await verifySignature(await signVersion({ card }, files, keys.privateKey), files, key)
  }
})

test('a signature is refused after a change of any byte of a file or of the bundle', async () => {
  const keys = pair('prime256v1')
  const key = await readVerificationKey(publicPem(keys))
  const bundle = await signVersion({ card }, files, keys.privateKey)
  for (const file of SIGNED_FILES) {
    for (let at = 0; at < files[file].length; at++) {
      const changed = { ...files, [file]: flip(files[file], at) }
      await expect(verifySignature(bundle, changed, key)).rejects.toThrow(`${file}: expected SHA-256`)
    }
  }
  // What stands in the bundle beside what is signed (spaces, the empty keyid) may change and changes nothing.
  const parts = JSON.parse(Buffer.from(bundle).toString())
  const { payload } = parts.dsseEnvelope
  for (let at = 0; at < payload.length - 2; at++) {
    const other = payload[at] === 'A' ? 'B' : 'A'
    parts.dsseEnvelope.payload = payload.slice(0, at) + other + payload.slice(at + 1)
    await expect(verifySignature(Buffer.from(JSON.stringify(parts)), files, key)).rejects.toThrow('model.sig')
  }
})

test('a signature by another key, of another bundle or without a bundle is refused', async () => {
  const [keys, others] = [pair('prime256v1'), pair('prime256v1')]
  const bundle = await signVersion({ card }, files, keys.privateKey)
  const other = await readVerificationKey(publicPem(others))
  await expect(verifySignature(bundle, files, other)).rejects.toThrow('expected a signature by the key')
  // A bundle that names the right key and is not by it.
  const forged = JSON.parse(Buffer.from(await signVersion({ card }, files, others.privateKey)).toString())
  const key = await readVerificationKey(publicPem(keys))
  forged.verificationMaterial.publicKey.hint = key.hint
  await expect(verifySignature(Buffer.from(JSON.stringify(forged)), files, key)).rejects.toThrow(
    'was not signed by the key',
  )
  for (const text of ['', '{}', '[]', 'text']) {
    await expect(verifySignature(Buffer.from(text), files, key)).rejects.toThrow(
      'expected a bundle of OpenSSF model signing',
    )
  }
})

test('a file that is not a public key is refused', async () => {
  await expect(readVerificationKey('text')).rejects.toThrow('expected PEM')
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
    type: 'spki',
    format: 'pem',
  })
  await expect(readVerificationKey(rsa as string)).rejects.toThrow('curve P-256, P-384 or P-521')
})
