#!/usr/bin/env bash
# Puts nginx, Caddy and HAProxy with TLS in front of two servers, by the files in edge/deploy, and checks links, the rate
# limit by client, and that no request fails while a server shuts down.
# Needs nginx, caddy, haproxy, openssl and curl (apt-get install nginx-light caddy haproxy), and `npm run build`.
# usage: bash test/outside/proxies.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
node=$PWD/node_modules/.bin/node
work=$(mktemp -d)
pids=()
finish() { kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"; }
trap finish EXIT

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
  -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
cat "$work/cert.pem" "$work/key.pem" >"$work/both.pem"

start_server() { # port
  PORT=$1 RATE=${RATE:-0} TRUST_PROXY=true DRAIN_SECONDS=4 "$node" edge/node/cli.ts >"$work/server-$1.log" 2>&1 &
  server=$!
  pids+=("$server")
  for _ in $(seq 100); do curl -fs "http://127.0.0.1:$1/readyz" >/dev/null && return; sleep 0.2; done
  echo "no server on port $1"; cat "$work/server-$1.log"; exit 1
}

start_proxy() { # name
  local ports="s/8787/18787/; s/8788/18788/; s#/etc/ssl/example.org.pem#$work/both.pem#; s#/etc/ssl/example.org.key#$work/key.pem#"
  case $1 in
    nginx)
      { echo "daemon off; pid $work/nginx.pid; error_log $work/nginx.log; events {} http { access_log off;"
        sed "$ports; s/listen 443 ssl/listen 19443 ssl/; s#/both.pem#/cert.pem#" edge/deploy/nginx.conf; echo '}'; } >"$work/nginx.conf"
      nginx -c "$work/nginx.conf" 2>"$work/nginx.err" & ;;
    caddy)
      { echo '{
  auto_https off
  admin off
}'; sed "$ports; s#^example.org {#https://localhost:19443, https://127.0.0.1:19443 {\n  tls $work/cert.pem $work/key.pem#" edge/deploy/Caddyfile; } >"$work/Caddyfile"
      XDG_DATA_HOME=$work XDG_CONFIG_HOME=$work caddy run --config "$work/Caddyfile" --adapter caddyfile >"$work/caddy.log" 2>&1 & ;;
    haproxy)
      sed "$ports; s/bind :443/bind :19443/" edge/deploy/haproxy.cfg >"$work/haproxy.cfg"
      haproxy -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 & ;;
  esac
  proxy=$!
  pids+=("$proxy")
  for _ in $(seq 50); do curl -fsk https://localhost:19443/healthz >/dev/null 2>&1 && return; sleep 0.2; done
  echo "$1 does not answer"; cat "$work"/"$1"*; exit 1
}

expect() { # what, pattern, text
  if grep -qE -- "$2" <<<"$3"; then echo "  ok    $1"; else echo "  FAIL  $1: $3"; failed=1; fi
}

failed=0
for name in nginx caddy haproxy; do
  echo "$name"
  unset RATE
  start_server 18787; a=$server
  start_server 18788; b=$server
  start_proxy $name
  home=https://localhost:19443
  link="$home/embed?model=default&from=seed:1&to=seed:2"
  answer=$(curl -sk -G "$home/oembed" --data-urlencode "url=$link")
  expect 'oEmbed gives an https iframe' '<iframe src=.*https://localhost:19443/embed' "$answer"
  expect 'oEmbed gives an https thumbnail' '"thumbnail_url":"https://localhost:19443/v1/' "$answer"
  page=$(curl -sk -D- "$link")
  expect 'the embed page has an https og:image' 'og:image" content="https://localhost:19443/v1/' "$page"
  expect 'and HSTS' '[Ss]trict-[Tt]ransport-[Ss]ecurity: max-age' "$page"
  expect 'documentation shows https commands' 'https://localhost:19443/v1/models' "$(curl -sk "$home/docs")"
  expect 'the redirect of /embed is relative' '[Ll]ocation: /embed/' "$(curl -sk -D- -o /dev/null "$home/embed")"
  if [ -f web/dist/embed/latent-interpolation.js ]; then
    expect 'the iframe works in an https page in Chromium' 'frame ready' "$("$node" test/outside/embed-behind-proxy.ts "$home" 2>&1)"
  fi

  echo 0 >"$work/bad"; echo 0 >"$work/good"
  load() {
    local good=0 bad=0
    while [ -f "$work/go" ]; do
      if [ "$(curl -sk -o /dev/null -w '%{http_code}\n' "$home/v1/models/default/sample?n=2&format=f32&seed=[1-20]" | sort -u)" = 200 ]; then good=$((good + 20)); else bad=$((bad + 1)); fi
    done
    echo "$good $bad" >>"$work/counts"
  }
  rm -f "$work/counts"; touch "$work/go"
  for _ in 1 2 3 4; do load & loads+=($!); done
  sleep 2; kill -TERM "$a"; wait "$a" && code=$? || code=$?; sleep 1; rm "$work/go"; wait "${loads[@]}"; loads=()
  counts=$(awk '{ good += $1; bad += $2 } END { print good " answers, " bad " failed" }' "$work/counts")
  expect 'no request fails while a server drains' ' 0 failed' "$counts"
  echo "        $counts; the server ended with $code"
  kill "$b"; wait "$b" 2>/dev/null || true

  RATE=5 start_server 18788; b=$server
  sleep 2
  codes() { curl -sk --interface "$1" -H 'X-Forwarded-For: 203.0.113.9' -o /dev/null -w '%{http_code} ' "https://127.0.0.1:19443/v1/models/default/sample?format=f32&seed=[1-8]"; }
  expect 'the rate is counted by client, whatever it claims' '^200 200 200 200 200 429 429 429 $' "$(codes 127.0.0.1)"
  expect 'another client has its own' '^200 ' "$(codes 127.0.0.2)"
  kill "$b" "$proxy"; wait "$b" "$proxy" 2>/dev/null || true
done
exit $failed
