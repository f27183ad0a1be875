#!/usr/bin/env bash
# Lints /openapi.json of a running server, generates a typed client from it, compiles the client strictly and runs it.
# Needs npm's registry: openapi-typescript works with TypeScript 5 only, so its tools are installed in a folder of their own.
# usage: bash test/outside/openapi-client.sh http://localhost:8787 [another server ...]
set -euo pipefail
node=$(cd "$(dirname "$0")/../.." && pwd)/node_modules/.bin/node
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
curl -fsS "$1/openapi.json" -o "$folder/openapi.json"
cd "$folder"
npm init -y >/dev/null
npm pkg set type=module >/dev/null
npm install --no-audit --no-fund --silent @redocly/cli@2.77.0 @apidevtools/swagger-parser@13.1.0 \
  openapi-typescript@7.13.0 openapi-fetch@0.17.0 typescript@5.9.3 @types/node@24.19.2 @types/json-schema@7.0.15
npx redocly lint openapi.json 2>&1 | grep -E 'valid|error|warning'
"$node" -e "import('@apidevtools/swagger-parser').then(({ default: parser }) => parser.validate('openapi.json')).then(() => console.log('swagger-parser: valid'))"
npx openapi-typescript openapi.json -o api.ts >/dev/null
cat > client.ts <<'CLIENT'
import createClient from 'openapi-fetch'
import type { paths } from './api.ts'

function must<T>(answer: { data?: T; response: Response }): T {
  if (answer.data === undefined) throw new Error(`${answer.response.url}: ${answer.response.status}`)
  return answer.data
}

for (const baseUrl of process.argv.slice(2)) {
  const client = createClient<paths>({ baseUrl, headers: { accept: 'application/json' } })
  const list = must(await client.GET('/v1/models', {}))
  const ids: string[] = list.models.map(model => model.id)
  const path = { model: 'mnist-vae-l2-z2' }
  const sample = must(await client.GET('/v1/models/{model}/sample', { params: { path, query: { n: 2, seed: 7 } } }))
  if (typeof sample === 'string') throw new Error('sample: expected JSON')
  const [z]: number[][] = sample.z
  const decoded = must(await client.POST('/v1/models/{model}/decode', { params: { path }, body: { z: sample.z } }))
  if (typeof decoded === 'string') throw new Error('decode: expected JSON')
  const reconstructed = must(
    await client.POST('/v1/models/{model}/reconstruct', { params: { path }, body: { images: sample.xhat } }),
  )
  if (typeof reconstructed === 'string') throw new Error('reconstruct: expected JSON')
  const mse: number = reconstructed.images[0].mse
  const walk = must(
    await client.GET('/v1/models/{model}/interpolate', { params: { path, query: { from: 'seed:1', to: 'seed:2' } } }),
  )
  const { error, response } = await client.GET('/v1/models/{model}/sample', {
    params: { path, query: { n: 100_000 } },
  })
  if (response.status !== 400 || error?.code !== 'invalid-value') throw new Error('expected a problem')
  const field: string | undefined = error.errors?.[0].field
  const ready = must(await client.GET('/readyz', {}))
  console.log(baseUrl, `${ids.length} models,`, `z[0] has ${z.length} numbers,`, `mse ${mse.toFixed(4)},`, `refused ${field},`, ready.status, typeof walk)
}
CLIENT
npx tsc --strict --noEmit --target es2024 --module nodenext --allowImportingTsExtensions --skipLibCheck client.ts
echo "the generated client compiles strictly"
"$node" client.ts "$@"
