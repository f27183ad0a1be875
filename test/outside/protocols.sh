#!/usr/bin/env bash
# Speaks the protocols of running servers by programs that others wrote: each request of an OpenAPI description of the Open
# Inference Protocol, Triton's and KServe's clients, and MCP's inspector and conformance suite.
# Needs npm's registry and PyPI's (or tritonclient[http], kserve, pyyaml, jsonschema and mlserver's description installed).
# usage: bash test/outside/protocols.sh http://127.0.0.1:8787 [another server ...]
#        DESCRIPTION=open_inference_rest.yaml bash …    # the protocol's own file in place of mlserver's
set -euo pipefail
cd "$(dirname "$0")/../.."
node=$PWD/node_modules/.bin/node
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

pip install --quiet --disable-pip-version-check --root-user-action ignore 'tritonclient[http]' kserve pyyaml jsonschema
if [ -z "${DESCRIPTION:-}" ]; then
  pip download --quiet --disable-pip-version-check --no-deps --dest "$folder" mlserver==1.7.1
  unzip -qo "$folder"/mlserver-*.whl mlserver/rest/openapi/dataplane.json -d "$folder"
  DESCRIPTION=$folder/mlserver/rest/openapi/dataplane.json
fi
(cd "$folder" && npm init -y >/dev/null && npm install --no-audit --no-fund --silent \
  @modelcontextprotocol/inspector@2.12.0 @modelcontextprotocol/conformance@0.1.16)
packages=$folder/node_modules/@modelcontextprotocol

inspect() { "$node" "$packages/inspector/clients/launcher/build/index.js" --cli "$@"; }

for server in "$@"; do
  python3 test/outside/open_inference.py "$DESCRIPTION" "$server"
  python3 test/outside/triton_client.py "$server" mnist-vae-l2-z2
  python3 test/outside/kserve_client.py "$server" mnist-vae-l2-z2
  echo "MCP inspector: $server/mcp"
  inspect "$server/mcp" --method tools/list >"$folder/tools.json"
  inspect "$server/mcp" --method tools/call --tool-name sample --tool-arg class=4 n=4 seed=7 >"$folder/call.json"
  inspect "$server/mcp" --method tools/call --tool-name sample --tool-arg n=0 >"$folder/wrong.json" || true
  python3 test/outside/mcp_results.py "$folder/tools.json" "$folder/call.json" "$folder/wrong.json"
  # The other scenarios of the suite call tools, prompts and resources that only its own example server has.
  for scenario in server-initialize ping tools-list; do
    "$node" "$packages/conformance/dist/index.js" server --url "$server/mcp" --scenario $scenario | grep -E '^(Passed|✓|✗|Total)' || exit 1
  done
done
