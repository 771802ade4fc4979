# The checks that take more than one command. To be sourced; `scratch` names a temporary directory.

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

# A real NATS server for the tests that break one. Other than on Debian: https://github.com/nats-io/nats-server/releases
# Debian puts it into /usr/sbin, which is not in everybody's PATH.
nats_tests() {
  PATH="$PATH:/usr/sbin" command -v nats-server >/dev/null || scripts/rehearse/apt-install.sh nats-server || return 1
  # For the certificates.
  command -v openssl >/dev/null || scripts/rehearse/apt-install.sh openssl || return 1
  npm run -s test:nats
}

simulation() {
  npm run -s simulate -- --seeds 2000 && npm run -s simulate -- --mutants
}

readme_holds() {
  local node=node_modules/.bin/node
  "$node" scripts/readme-table.ts --check && "$node" scripts/validate/readme.ts
}
