#!/usr/bin/env bash
# Everything that is checked, in order, each step with its time. Stops at the first failure.
#
#   ./validate_deliverable.sh          all of it, from the install on
#   ./validate_deliverable.sh --rest   what `npm ci && npm test` has not done already
set -euo pipefail
cd "$(dirname "$0")"

rest=false
case "${1:-}" in
  '') ;;
  --rest) rest=true ;;
  *)
    echo "usage: ./validate_deliverable.sh [--rest]" >&2
    exit 2
    ;;
esac

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0

step() {
  local name=$1 began=$SECONDS
  shift
  printf '\n── %s\n' "$name"
  if ! "$@"; then
    printf '\nFAILED: %s (%s s)\n' "$name" "$((SECONDS - began))"
    exit 1
  fi
  passed=$((passed + 1))
  printf '── %s: passed (%s s)\n' "$name" "$((SECONDS - began))"
}

# The compiled files, without TypeScript or any development dependency in the way: the demo, then a start and a stop.
run_built() {
  local node=node_modules/.bin/node
  "$node" dist/scripts/demo.js --once >"$scratch/demo.log" || { cat "$scratch/demo.log"; return 1; }
  tail -n 2 "$scratch/demo.log"
  TWITCH_CHANNELS=example TWITCH_IRC_URL=ws://127.0.0.1:9 DATA_DIR="$scratch/data" PORT=0 \
    "$node" dist/gateway/main.js >"$scratch/gateway.log" 2>&1 &
  local gateway=$!
  until grep -q '"message":"listening"' "$scratch/gateway.log"; do
    kill -0 "$gateway" 2>/dev/null || { cat "$scratch/gateway.log"; return 1; }
    sleep 0.05
  done
  kill -TERM "$gateway"
  wait "$gateway" || { cat "$scratch/gateway.log"; return 1; }
  tail -n 1 "$scratch/gateway.log"
}

# A real NATS server for the tests that break one. Elsewhere than on Debian: https://github.com/nats-io/nats-server/releases
# Debian puts it into /usr/sbin, which not everybody has in the PATH.
have_nats_server() {
  PATH="$PATH:/usr/sbin" command -v nats-server >/dev/null && return
  command -v apt-get >/dev/null || { echo 'nats-server is missing, and there is no apt-get to install it' >&2; return 1; }
  local as_root=''
  [ "$(id -u)" -eq 0 ] || as_root=sudo
  $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends nats-server >/dev/null
}

nats_tests() {
  have_nats_server && npm run -s test:nats
}

$rest || step 'install' npm ci --no-fund --no-audit
step 'lint' npm run -s lint
step 'types' npm run -s typecheck
step 'build' npm run -s build
step 'tests and coverage' npm run -s coverage
step 'tests against a real nats-server' nats_tests
step 'demo, once' npm run -s demo -- --once
step 'built gateway' run_built
step "README's configuration table" node_modules/.bin/node scripts/readme-table.ts --check

printf '\n%s steps passed, 0 skipped\n' "$passed"
