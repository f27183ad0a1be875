import { afterAll, beforeAll, describe } from 'vitest'
import { describeCuts } from './cuts.suite.ts'
import { makeVersion } from './fixtures.ts'
import { describeLoad } from './load.suite.ts'
import { breakGround, type Ground, PLACES } from './places.ts'
import { describeServing } from './serving.suite.ts'

let ground: Ground
beforeAll(async () => {
  ground = await breakGround()
  await makeVersion(ground.zoo, 1)
  await ground.bundle()
})
afterAll(() => ground?.remove())

describe.each(PLACES)('%s', place => {
  describe('a channel that changes', () => describeServing(place, () => ground))
  describe('a cut', () => describeCuts(place, () => ground))
  // workerd gets fewer, because requests take three times as long there.
  const seeds = place === 'Node and a folder' ? 10_000 : 1000
  describe('under load', () => describeLoad(place, () => ground, seeds))
})
