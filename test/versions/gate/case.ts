import { readFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Card } from '../../../models/card.ts'
import { blobs, type GateFixture } from './gate-fixture.ts'

/** Something that must not become an answering version, or that must. */
export interface Case {
  name: string
  /** What refuses it says; '' where it is honest and must pass. */
  says: RegExp | ''
  /** Tries it. @returns what refused it; '' if nothing did */
  attempt(fixture: GateFixture): Promise<string>
}

/** Images of the data set that most cases are trained on. */
export const IMAGES = 300
/** A folder with a good model. */
export const good = (fixture: GateFixture) => fixture.model(fixture.data(IMAGES), 'good')
/** A folder with a model as good, from another seed. */
export const other = (fixture: GateFixture) => fixture.model(fixture.data(IMAGES), 'other', { seed: 5 })
/** A folder with a worse model, of 3 epochs in place of 150. */
export const worse = (fixture: GateFixture) =>
  fixture.model(fixture.data(IMAGES), 'worse', { seed: 4, epochs: 3 })

/** A poor model of images that are nearly black, which any model reconstructs well. */
export function easy(fixture: GateFixture): Promise<string> {
  const dim = blobs(IMAGES).map(byte => byte >> 4)
  return fixture.model(fixture.data(IMAGES, 'dim', dim), 'easy', { epochs: 30 })
}

/** An equally good version with a card that says something else, where the good one answers. */
export const withCard =
  (change: (card: Card) => Card): Case['attempt'] =>
  async fixture =>
    (await fixture.deploy(await good(fixture))).promote(await other(fixture), change)

/** Copies a model's folder under a new name. */
export async function copyOf(fixture: GateFixture, folder: string, name: string): Promise<string> {
  const copy = join(fixture.root, name)
  await cp(folder, copy, { recursive: true })
  return copy
}

/** The card in a model's folder. */
export function cardOf(folder: string): Card {
  return JSON.parse(readFileSync(join(folder, 'card.json'), 'utf8')) as Card
}
