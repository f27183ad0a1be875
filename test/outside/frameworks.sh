#!/usr/bin/env bash
# Checks templates of Vue and Svelte that use <latent-interpolation> by vue-tsc and svelte-check: the types of the package
# accept right attributes and events, and make errors of wrong ones.
# Needs npm's registry: both checkers work with TypeScript 5, so they are installed in a folder of their own.
# usage: bash test/outside/frameworks.sh    (after `npm run packages`)
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tarball=$(npm pack --silent --pack-destination "$folder" ./dist/packages/latent-interpolation)
cd "$folder"
npm init -y >/dev/null
npm pkg set type=module >/dev/null
npm install --no-audit --no-fund --silent "./$tarball" vue@3.5.45 vue-tsc@3.3.14 svelte@5.57.3 svelte-check@4.7.8 typescript@5.9.3
failed=0

# Prints the errors of a checker: each place on a line, as file:line.
expect_errors() { # name, expected places, found places
  if [ "$2" = "$3" ]; then echo "  ok    $1: ${3:-no errors}"; else echo "  FAIL  $1: expected ${2:-none}, got ${3:-none}"; failed=1; fi
}

mkdir vue && cd vue
cat > tsconfig.json <<'JSON'
{
  "compilerOptions": {
    "strict": true, "noEmit": true, "target": "es2022", "lib": ["es2023", "dom", "dom.iterable"],
    "module": "esnext", "moduleResolution": "bundler", "types": [], "jsx": "preserve"
  },
  "vueCompilerOptions": { "strictTemplates": true, "checkUnknownProps": true },
  "files": ["right.vue", "wrong.vue", "types.d.ts"]
}
JSON
echo "import 'latent-interpolation/vue'" > types.d.ts
cat > right.vue <<'VUE'
<script setup lang="ts">
import { ref } from 'vue'
const t = ref(0)
</script>
<template>
  <latent-interpolation model="m" from="class:3" to="class:8" :steps="9" theme="dark" controls class="wide" @change="event => (t = event.detail.t)">
    {{ t }}
  </latent-interpolation>
</template>
VUE
cat > wrong.vue <<'VUE'
<template>
  <latent-interpolation model="m" theme="sepia" />
  <latent-interpolation model="m" engine="gpu" />
  <latent-interpolation model="m" colour="red" />
  <latent-interpolation model="m" :steps="true" />
  <latent-interpolation model="m" @change="event => event.detail.missing" />
</template>
VUE
found=$(npx vue-tsc -p . 2>&1 | grep -oE '^[a-z]+\.vue\([0-9]+' | tr '(' ':' | sort -u | paste -sd' ' || true)
expect_errors vue-tsc 'wrong.vue:2 wrong.vue:3 wrong.vue:4 wrong.vue:5 wrong.vue:6' "$found"

mkdir ../svelte && cd ../svelte
cat > tsconfig.json <<'JSON'
{
  "compilerOptions": {
    "strict": true, "noEmit": true, "target": "es2022", "lib": ["es2023", "dom", "dom.iterable"],
    "module": "esnext", "moduleResolution": "bundler", "types": [], "verbatimModuleSyntax": true
  },
  "include": ["*.svelte", "types.ts"]
}
JSON
echo "import 'latent-interpolation/svelte'" > types.ts
cat > right.svelte <<'SVELTE'
<script lang="ts">
  let t = $state(0)
</script>
<latent-interpolation model="m" from="class:3" to="class:8" steps={9} theme="dark" controls class="wide" onchange={event => (t = event.detail.t)}>
  <span slot="caption">{t}</span>
</latent-interpolation>
SVELTE
cat > wrong.svelte <<'SVELTE'
<script lang="ts"></script>
<latent-interpolation model="m" theme="sepia"></latent-interpolation>
<latent-interpolation model="m" engine="gpu"></latent-interpolation>
<latent-interpolation model="m" colour="red"></latent-interpolation>
<latent-interpolation model="m" steps={true}></latent-interpolation>
<latent-interpolation model="m" onchange={event => event.detail.missing}></latent-interpolation>
SVELTE
found=$(npx svelte-check --output machine 2>&1 | grep -oE 'ERROR "[a-z]+\.svelte" [0-9]+' | sed -E 's/ERROR "(.*)" /\1:/' | sort -u | paste -sd' ' || true)
expect_errors svelte-check 'wrong.svelte:2 wrong.svelte:3 wrong.svelte:4 wrong.svelte:5 wrong.svelte:6' "$found"
exit $failed
