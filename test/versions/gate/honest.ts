import { type Case, good, IMAGES, other } from './case.ts'

/** Versions that differ by chance, or are better; each has to pass. */
export const HONEST: readonly Case[] = [
  {
    name: 'trained again with another seed',
    says: '',
    attempt: async fixture => (await fixture.deploy(await good(fixture))).promote(await other(fixture)),
  },
  {
    name: 'trained on a folder that grew from 300 to 330 images',
    says: '',
    attempt: async fixture =>
      (await fixture.deploy(await good(fixture))).promote(
        await fixture.model(fixture.data(330, 'grown'), 'grown', { seed: 3 }),
      ),
  },
  {
    name: 'a better one in the place of a worse',
    says: '',
    async attempt(fixture) {
      const mediocre = await fixture.model(fixture.data(IMAGES), 'mediocre', { epochs: 60 })
      return (await fixture.deploy(mediocre)).promote(await good(fixture))
    },
  },
]
