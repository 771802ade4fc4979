#!/usr/bin/env bash
# stand-in-base.sh DIRECTORY   fills it with what node:24-slim is made of: Debian, Node 24, npm and the user "node".
# Debian comes from the mirror that apt uses here and is kept for next time in ${XDG_CACHE_HOME:-~/.cache};
# Node is the project's own. npm gets this machine's registry settings, of which the Dockerfile knows nothing.
# Prints what it is made of, on one line; on failure the last line says what is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$1
node=node_modules/node/bin/node
cache="${XDG_CACHE_HOME:-$HOME/.cache}/ingress-egress"

refuse() {
  echo "no stand-in for the base image: $1"
  exit 1
}

codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' \
  | awk -v codename="$codename" '$2 == codename && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || refuse "apt knows no mirror of $codename"
[ -x "$node" ] || refuse "$node is missing (npm ci brings it)"
npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
[ -f "$npm/bin/npm-cli.js" ] || refuse "npm is not a package of its own ($npm)"

debian="$cache/debian-$codename-$(dpkg --print-architecture).tar"
if [ ! -f "$debian" ]; then
  mkdir -p "$cache"
  made=$(mktemp -d -p "$cache")
  trap 'rm -rf "$made"' EXIT
  eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
  export http_proxy
  debootstrap --variant=minbase "$codename" "$made/root" "$mirror" >"$made/log" 2>&1 \
    || { tail -n 5 "$made/log" >&2; refuse 'debootstrap failed'; }
  tar -C "$made/root" --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' -cf "$made/tar" .
  mv "$made/tar" "$debian"
fi
tar -C "$root" -xf "$debian"

install -D "$node" "$root/usr/local/bin/node"
mkdir -p "$root/usr/local/lib/node_modules" "$root/usr/local/etc"
cp -R "$npm" "$root/usr/local/lib/node_modules/"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
chroot "$root" useradd --uid 1000 --create-home node
setting() { npm config get "$1" 2>/dev/null | grep -vx -e null -e undefined -e ''; }
ca=${NODE_EXTRA_CA_CERTS:-$(setting cafile || true)}
{
  for key in registry proxy https-proxy; do
    ! value=$(setting "$key") || echo "$key=$value"
  done
  [ ! -f "$ca" ] || echo 'cafile=/usr/local/etc/ca.crt'
} >"$root/usr/local/etc/npmrc"
[ ! -f "$ca" ] || cp "$ca" "$root/usr/local/etc/ca.crt"

echo "Debian $codename, Node $("$node" --version)"
