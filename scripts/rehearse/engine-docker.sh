#!/usr/bin/env bash
# An engine for test/deployment/image-rehearsal.ts: docker, or podman, which takes the same commands.
#
#   ENGINE=docker|podman engine-docker.sh ready            0, and its name; else the last line says what is missing
#                                         build TAG FILE
#                                         config TAG       the image's configuration, JSON
#                                         size TAG         bytes
#                                         run TAG [NAME=VALUE…] [-- COMMAND…]    in the foreground, read-only, on the host's network
#                                         terminate TAG    SIGTERM to process 1 of the running container
#                                         clean TAG
#
# WORK_DIR names a directory for intermediate files; whoever set it removes it after `clean`.
set -euo pipefail
cd "$(dirname "$0")/../.."
BASE=docker.io/library/node:24-slim

ready() {
  command -v "$ENGINE" >/dev/null || { echo "$ENGINE is not installed"; exit 1; }
  # Many machines have a client without a daemon: only an answer counts.
  timeout 20 "$ENGINE" info >/dev/null 2>&1 || { echo "$ENGINE has no running daemon"; exit 1; }
  [ "$(uname -s)" = Linux ] || { echo "$ENGINE runs in a virtual machine here, on a network of its own"; exit 1; }
  "$ENGINE" image inspect "$BASE" >/dev/null 2>&1 || timeout 300 "$ENGINE" pull -q "$BASE" >/dev/null 2>&1 \
    || { echo "$ENGINE could not fetch $BASE"; exit 1; }
  echo "$("$ENGINE" --version | head -n 1), on $BASE"
}

build() { "$ENGINE" build --network host -f "$2" -t "$1" .; }

config() { "$ENGINE" image inspect --format '{{json .Config}}' "$1"; }

size() { "$ENGINE" image inspect --format '{{.Size}}' "$1"; }

run() {
  local tag=$1 settings=() container=$1-$$
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    settings+=(--env "$1")
    shift
  done
  [ $# -eq 0 ] || shift
  echo "$container" >"$WORK_DIR/container"
  exec "$ENGINE" run --rm --name "$container" --read-only --cap-drop=ALL --security-opt=no-new-privileges --network=host \
    "${settings[@]}" "$tag" "$@"
}

terminate() { "$ENGINE" kill --signal TERM "$(cat "$WORK_DIR/container")" >/dev/null; }

clean() { "$ENGINE" rmi "$1" >/dev/null; }

"$@"
