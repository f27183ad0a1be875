import { afterAll, beforeAll, describe } from 'vitest'
import { describeAbandoned } from './edge/abandoned.ts'
import { describeDeploy } from './edge/deploy.ts'
import { describeExamples } from './edge/examples.ts'
import { describeFuzz } from './edge/fuzz.ts'
import { describeImages } from './edge/images.ts'
import { describePlaces } from './edge/places.ts'
import { describePosts } from './edge/posts.ts'
import { describeRefusals } from './edge/refusals.ts'
import { describeRepeated } from './edge/repeated.ts'
import {
  type Api,
  bundle,
  makeWorkplace,
  PLACES,
  type Place,
  startApi,
  type Workplace,
} from './edge/servers.ts'
import { describeWeb } from './edge/web.ts'

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
