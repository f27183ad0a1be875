import { afterAll, beforeAll, describe } from 'vitest'
import { cutsSuite } from './cuts.suite.ts'
import { DEPLOYMENTS, type DeploymentFolders, makeFolders } from './deployments.ts'
import { makeVersion } from './fixtures.ts'
import { loadSuite } from './load.suite.ts'
import { servingSuite } from './serving.suite.ts'

let folders: DeploymentFolders
beforeAll(async () => {
  folders = await makeFolders()
  await makeVersion(folders.zoo, 1)
  await folders.bundle()
})
afterAll(() => folders?.remove())

describe.each(DEPLOYMENTS)('%s', runtime => {
  describe('a channel that changes', () => servingSuite(runtime, () => folders))
  describe('a cut', () => cutsSuite(runtime, () => folders))
  // workerd gets fewer, because requests take three times as long there.
  const seeds = runtime === 'Node and a folder' ? 10_000 : 1000
  describe('under load', () => loadSuite(runtime, () => folders, seeds))
})
