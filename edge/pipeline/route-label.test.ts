import { expect, test } from 'vitest'
import { buildApiDocument } from '../pages/openapi/document.ts'
import { routeLabel } from './route-label.ts'

test('every path of the API description is counted by its pattern, files of models together', () => {
  for (const path of Object.keys(buildApiDocument().paths ?? {})) {
    const label = path.replace(/(?<=\/\{model\}\/)\w+\.\w+$/, '{file}')
    expect(routeLabel(`${path.replaceAll(/\{\w+\}/g, 'm')}?seed=1`)).toBe(label)
  }
})

test.each([
  ['/mcp', '/mcp'],
  ['/llms.txt', '/llms.txt'],
  ['/preview.png', '/preview.png'],
  ['/v2/', '/v2/'],
  ['/v2/health/ready', '/v2/health/ready'],
  ['/v2/models/m', '/v2/models/{model}'],
  ['/v2/models/m/infer', '/v2/models/{model}/infer'],
  ['/v2/models/m/versions/1/infer', '/v2/models/{model}/versions/{version}/infer'],
  ['/v1/models/m/anything', '/v1/models/{model}/{file}'],
  ['/v2/models/m/anything', 'other'],
  ['/wp-login.php', 'other'],
])('%s is counted as %s', (path, label) => {
  expect(routeLabel(path)).toBe(label)
})
