#!/usr/bin/env bash
# apt-install.sh PACKAGE…   installs with apt what is missing. Exit code 1 and a sentence if it cannot.
set -euo pipefail

missing=()
for package in "$@"; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

refuse() {
  echo "${missing[*]} not installed, and $1"
  exit 1
}

command -v apt-get >/dev/null || refuse 'there is no apt-get here'
as_root=''
if [ "$(id -u)" -ne 0 ]; then
  sudo -n true 2>/dev/null || refuse 'neither root nor sudo without a password is available'
  as_root='sudo -n'
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
{ $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 \
  || { tail -n 5 "$log" >&2; refuse 'apt-get could not install it'; }
