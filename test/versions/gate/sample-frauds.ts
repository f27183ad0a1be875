import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Card } from '../../../models/card.ts'
import { sha256 } from '../../../models/files/sha256.ts'
import { versionOf } from '../../../models/registry/version-of.ts'
import { type Case, cardOf, copyOf } from './case.ts'
import type { GateFixture } from './gate-fixture.ts'

/** What only a model with a judge of its data set can show: the shipped default model, drawn from without its density. */
export const SAMPLE_FRAUDS: readonly Case[] = [
  {
    name: 'samples drawn from the prior, with the judgement of those drawn from the density on the card',
    says: /measured: Fréchet distance: expected .*, as judged on its samples, got .*samples: Fréchet distance: expected at most/s,
    attempt: fixture => replaceDefault(fixture, 'from-prior', ({ density: _, ...card }) => card),
  },
  {
    name: 'no judgement of its samples',
    says: /samples: expected a judgement of its samples, as the version replaced has, got none/,
    attempt: fixture => replaceDefault(fixture, 'unjudged', ({ judgement: _, ...card }) => card),
  },
]

/** Where the shipped default model answers: the same with the last bit of one weight flipped, and another card. */
async function replaceDefault(
  fixture: GateFixture,
  name: string,
  change: (card: Card) => Card,
): Promise<string> {
  const shipped = 'models/zoo/mnist-cvae-w512x320-z20-beta0.3'
  const folder = await copyOf(fixture, shipped, name)
  const file = join(folder, 'decoder.onnx')
  const [encoder, decoder] = await Promise.all(
    ['encoder.onnx', 'decoder.onnx'].map(async name => new Uint8Array(await readFile(join(folder, name)))),
  )
  const changed = decoder.map((byte, i) => (i === decoder.length >> 1 ? byte ^ 1 : byte))
  await writeFile(file, changed)
  const card = cardOf(folder)
  await writeFile(
    join(folder, 'card.json'),
    JSON.stringify({
      ...card,
      version: await versionOf({ 'encoder.onnx': encoder, 'decoder.onnx': changed }),
      files: { ...card.files, decoder: { bytes: changed.length, sha256: await sha256(changed) } },
    }),
  )
  return (await fixture.deploy(shipped)).promote(folder, change)
}
