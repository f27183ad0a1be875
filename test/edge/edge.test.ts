import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientSuite } from './client.suite.ts'
import { coldStartSuite } from './cold-start.suite.ts'
import { conditionalSuite } from './conditional.suite.ts'
import { deploySuite } from './deploy.suite.ts'
import { errorsSuite } from './errors.suite.ts'
import { examplesSuite } from './examples.suite.ts'
import { fuzzSuite } from './fuzz.suite.ts'
import { heavyWorkSuite } from './heavy-work.suite.ts'
import { httpSuite } from './http.suite.ts'
import { imagesSuite } from './images.suite.ts'
import { inferenceSuite } from './inference.suite.ts'
import { keysSuite } from './keys.suite.ts'
import { mcpSuite } from './mcp.suite.ts'
import { picturesSuite } from './pictures.suite.ts'
import { protocolSuite } from './protocol.suite.ts'
import { problemOf } from './read-answers.ts'
import { repeatedSuite } from './repeated.suite.ts'
import { runtimesSuite } from './runtimes.suite.ts'
import {
  type Api,
  bundle,
  makeTestFolders,
  RUNTIMES,
  type RuntimeName,
  startApi,
  type TestFolders,
  TRAINED,
} from './servers.ts'
import { uploadsSuite } from './uploads.suite.ts'
import { writeSuite } from './write.suite.ts'

let folders: TestFolders
let printed: string
const apis = {} as Record<RuntimeName, Api>

beforeAll(async () => {
  folders = await makeTestFolders()
  printed = await bundle(folders)
  for (const name of RUNTIMES) apis[name] = await startApi(name, folders)
})
afterAll(async () => {
  for (const api of Object.values(apis)) await api.stop()
  await folders?.remove()
})

describe.each(RUNTIMES)('%s', name => {
  imagesSuite(() => apis[name])
  uploadsSuite(() => apis[name])
  picturesSuite(() => apis[name])
  httpSuite(() => apis[name])
  conditionalSuite(() => apis[name])
  writeSuite(() => apis[name])
  repeatedSuite(() => apis[name])
  errorsSuite(() => apis[name])
  protocolSuite(() => apis[name], name)
  inferenceSuite(() => apis[name])
  mcpSuite(() => apis[name])
  clientSuite(() => apis[name])
})
runtimesSuite(() => apis)
fuzzSuite(() => apis)
heavyWorkSuite(() => apis)
keysSuite(() => folders)
examplesSuite(() => apis.workerd)
coldStartSuite(() => folders)
deploySuite(
  () => folders,
  () => printed,
)

test.each(RUNTIMES)('the operator sets the default model: %s', async place => {
  const api = await startApi(place, folders, { defaultModel: TRAINED })
  const unknown = await startApi('in process', folders, { defaultModel: 'gone' })
  try {
    expect(await (await api.fetch('/v1/models')).json()).toMatchObject({ default: TRAINED })
    const response = await api.fetch('/v1/models/default/sample?seed=1')
    expect(response.headers.get('x-model')).toMatch(`${TRAINED}@`)
    const docs = await (await api.fetch('/docs')).text()
    expect(docs).toContain(`now <code>${TRAINED}</code>`)
    const { code, errors } = await problemOf(await unknown.fetch('/v1/models/default/sample'))
    expect([code, errors?.[0]]).toMatchObject(['unknown-model', { field: 'model', got: '"gone"' }])
  } finally {
    await api.stop()
    await unknown.stop()
  }
})
