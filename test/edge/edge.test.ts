import { afterAll, beforeAll, describe } from 'vitest'
import { conditionalSuite } from './conditional.suite.ts'
import { deploySuite } from './deploy.suite.ts'
import { errorsSuite } from './errors.suite.ts'
import { examplesSuite } from './examples.suite.ts'
import { fuzzSuite } from './fuzz.suite.ts'
import { heavyWorkSuite } from './heavy-work.suite.ts'
import { httpSuite } from './http.suite.ts'
import { imagesSuite } from './images.suite.ts'
import { protocolSuite } from './protocol.suite.ts'
import { repeatedSuite } from './repeated.suite.ts'
import { runtimesSuite } from './runtimes.suite.ts'
import {
  type Api,
  bundle,
  makeWorkplace,
  RUNTIMES,
  type RuntimeName,
  startApi,
  type Workplace,
} from './servers.ts'
import { uploadsSuite } from './uploads.suite.ts'

let workplace: Workplace
let printed: string
const apis = {} as Record<RuntimeName, Api>

beforeAll(async () => {
  workplace = await makeWorkplace()
  printed = await bundle(workplace)
  for (const name of RUNTIMES) apis[name] = await startApi(name, workplace)
})
afterAll(async () => {
  for (const api of Object.values(apis)) await api.stop()
  await workplace?.remove()
})

describe.each(RUNTIMES)('%s', name => {
  imagesSuite(() => apis[name])
  uploadsSuite(() => apis[name])
  httpSuite(() => apis[name])
  conditionalSuite(() => apis[name])
  repeatedSuite(() => apis[name])
  errorsSuite(() => apis[name])
  protocolSuite(() => apis[name], name)
})
runtimesSuite(() => apis)
fuzzSuite(() => apis)
heavyWorkSuite(() => apis)
examplesSuite(() => apis.workerd)
deploySuite(
  () => workplace,
  () => printed,
)
