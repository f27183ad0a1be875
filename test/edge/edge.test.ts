import { afterAll, beforeAll, describe } from 'vitest'
import { describeAbandoned } from './abandoned.suite.ts'
import { describeDeploy } from './deploy.suite.ts'
import { describeExamples } from './examples.suite.ts'
import { describeFuzz } from './fuzz.suite.ts'
import { describeImages } from './images.suite.ts'
import { describePlaces } from './places.suite.ts'
import { describePosts } from './posts.suite.ts'
import { describeRefusals } from './refusals.suite.ts'
import { describeRepeated } from './repeated.suite.ts'
import { type Api, bundle, makeWorkplace, PLACES, type Place, startApi, type Workplace } from './servers.ts'
import { describeWeb } from './web.suite.ts'

let workplace: Workplace
let printed: string
const apis = {} as Record<Place, Api>

beforeAll(async () => {
  workplace = await makeWorkplace()
  printed = await bundle(workplace)
  for (const place of PLACES) apis[place] = await startApi(place, workplace)
})
afterAll(async () => {
  for (const api of Object.values(apis)) await api.stop()
  await workplace?.remove()
})

describe.each(PLACES)('%s', place => {
  describeImages(() => apis[place])
  describePosts(() => apis[place])
  describeWeb(() => apis[place])
  describeRepeated(() => apis[place])
  describeRefusals(() => apis[place])
})
describePlaces(() => apis)
describeFuzz(() => apis)
describeAbandoned(() => apis)
describeExamples(() => apis.workerd)
describeDeploy(
  () => workplace,
  () => printed,
)
