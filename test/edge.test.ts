import { afterAll, beforeAll, describe } from 'vitest'
import { describeImages } from './edge/images.ts'
import { describePosts } from './edge/posts.ts'
import { describeRefusals } from './edge/refusals.ts'
import { type Api, bundle, makeWorkplace, PLACES, startApi, type Workplace } from './edge/servers.ts'
import { describeWeb } from './edge/web.ts'

let workplace: Workplace

beforeAll(async () => {
  workplace = await makeWorkplace()
  await bundle(workplace)
})
afterAll(() => workplace.remove())

describe.each(PLACES)('%s', place => {
  let api: Api
  beforeAll(async () => {
    api = await startApi(place, workplace)
  })
  afterAll(() => api.stop())
  describeImages(() => api)
  describePosts(() => api)
  describeWeb(() => api)
  describeRefusals(() => api)
})
