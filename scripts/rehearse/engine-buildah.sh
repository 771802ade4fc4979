#!/usr/bin/env bash
# An engine for test/deployment/image-rehearsal.ts where there is neither a daemon nor a registry: buildah builds the
# Dockerfile as it is, on a stand-in for its base image (stand-in-base.sh), and the image runs as process 1 in its own
# namespaces, on a root file system mounted read-only. That says nothing about what the real base image contains.
# The verbs are those of engine-docker.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
export BUILDAH_ISOLATION=chroot PATH="$PATH:/usr/sbin:/sbin"
# An overlay cannot go on top of an overlay, which is what a container's own root often is.
[ "$(stat --file-system --format %T "$WORK_DIR")" != overlayfs ] || export STORAGE_DRIVER=vfs
BASE=docker.io/library/node:24-slim

buildah() {
  command buildah --root "$WORK_DIR/storage" --runroot "$WORK_DIR/run" "$@"
}

ready() {
  [ "$(id -u)" -eq 0 ] || { echo 'buildah on a stand-in for the base image needs root'; exit 1; }
  unshare --mount --pid --fork mount -t tmpfs tmpfs "$WORK_DIR" 2>/dev/null \
    || { echo 'buildah needs namespaces and mounts, which are not allowed here'; exit 1; }
  scripts/rehearse/apt-install.sh buildah debootstrap || exit 1
  local container debian
  container=$(buildah from scratch 2>"$WORK_DIR/log") || { echo "buildah: $(tail -n 1 "$WORK_DIR/log")"; exit 1; }
  debian=$(scripts/rehearse/stand-in-base.sh "$(buildah mount "$container")") || { echo "$debian"; exit 1; }
  buildah config --entrypoint '["docker-entrypoint.sh"]' "$container"
  buildah commit -q --rm "$container" "$BASE" >/dev/null
  echo "$(buildah --version), on a stand-in for node:24-slim: $debian"
}

build() {
  buildah bud --pull-never --network host -f "$2" -t "$1" .
  buildah mount "$(buildah from --pull-never "$1")" >"$WORK_DIR/root"
  local member
  for member in Env Entrypoint Cmd; do
    of_image "$1" "{{range .OCIv1.Config.$member}}{{println .}}{{end}}" | sed '/^$/d' >"$WORK_DIR/$member"
  done
  of_image "$1" '{{range $path, $_ := .OCIv1.Config.Volumes}}{{println $path}}{{end}}' >"$WORK_DIR/Volumes"
  of_image "$1" '{{.OCIv1.Config.User}}' >"$WORK_DIR/User"
  of_image "$1" '{{.OCIv1.Config.WorkingDir}}' >"$WORK_DIR/WorkingDir"
}

of_image() { buildah inspect --type image --format "$2" "$1"; }

config() {
  buildah inspect --type image "$1" \
    | node_modules/.bin/node -p 'JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).OCIv1.config)'
}

size() {
  local layers
  layers=$(of_image "$1" '{{.Manifest}}' | grep -o '"size":[0-9]*' | cut -d: -f2 | paste -sd+)
  echo $((layers))
}

# Applies the image's configuration as docker does: its environment, directory, user, volumes and command.
run() {
  local settings=() command=()
  shift
  mapfile -t settings <"$WORK_DIR/Env"
  mapfile -t command <"$WORK_DIR/Entrypoint"
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    settings+=("$1")
    shift
  done
  if [ $# -gt 0 ]; then
    command+=("${@:2}")
  else
    mapfile -t -O ${#command[@]} command <"$WORK_DIR/Cmd"
  fi
  echo $$ >"$WORK_DIR/pid"
  exec unshare --mount --pid --fork --kill-child "$0" enter "${settings[@]}" "${command[@]}"
}

# Inside the namespaces, where nobody else sees these mounts.
enter() {
  local root user directory volume
  root=$(<"$WORK_DIR/root") user=$(<"$WORK_DIR/User") directory=$(<"$WORK_DIR/WorkingDir")
  mount --bind "$root" "$root"
  mount -o remount,bind,ro "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  while read -r volume; do
    [ -z "$volume" ] || mount -t tmpfs -o "$(stat --format 'uid=%u,gid=%g,mode=%a' "$root$volume")" tmpfs "$root$volume"
  done <"$WORK_DIR/Volumes"
  exec chroot --userspec="${user:-root}" "$root" /usr/bin/env -i --chdir="${directory:-/}" "$@"
}

terminate() {
  local pid
  pid=$(cat "$WORK_DIR/pid")
  kill -TERM "$(tr -d ' ' <"/proc/$pid/task/$pid/children")"
}

clean() {
  buildah umount --all >/dev/null
  buildah rm --all >/dev/null
  buildah rmi --all --force >/dev/null
}

"$@"
