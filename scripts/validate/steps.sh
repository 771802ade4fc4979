# Runs the checks, says how long each took, and counts them. To be sourced; `scratch` names a temporary directory.
passed=0
rehearsed=0
not_rehearsed=()
CANNOT_REHEARSE=77

# step NAME COMMAND…   must pass: the first that fails ends everything.
step() {
  local name=$1 began=$SECONDS code=0
  shift
  printf '\n── %s\n' "$name"
  "$@" || code=$?
  [ "$code" -eq 0 ] || fail "$name" "$began"
  passed=$((passed + 1))
  printf '── %s: passed (%s s)\n' "$name" "$((SECONDS - began))"
}

# rehearse NAME COMMAND…   must pass, too, if it can be done at all. Exit code 77 says that it cannot, and its last line
# why: "NOT REHEARSED: reason".
rehearse() {
  local name=$1 began=$SECONDS code=0 last
  shift
  printf '\n── %s\n' "$name"
  "$@" >"$scratch/rehearsal" 2>&1 || code=$?
  cat "$scratch/rehearsal"
  last=$(tail -n 1 "$scratch/rehearsal")
  if [ "$code" -eq 0 ]; then
    rehearsed=$((rehearsed + 1))
    printf '── %s: rehearsed (%s s)\n' "$name" "$((SECONDS - began))"
  elif [ "$code" -eq "$CANNOT_REHEARSE" ] && [[ $last == 'NOT REHEARSED: '* ]]; then
    not_rehearsed+=("$name: ${last#NOT REHEARSED: }")
  else
    fail "$name" "$began"
  fi
}

fail() {
  printf '\nFAILED: %s (%s s)\n' "$1" "$((SECONDS - $2))"
  exit 1
}

# summary STRICT   the last lines; with "true", what could not be rehearsed is a failure.
summary() {
  local code=0
  printf '\n'
  if [ ${#not_rehearsed[@]} -gt 0 ]; then
    printf 'NOT REHEARSED: %s\n' "${not_rehearsed[@]}"
    [ "$1" != true ] || { echo 'FAILED: --strict wants every rehearsal'; code=1; }
  fi
  printf '%s s in all\n' "$SECONDS"
  printf '%s steps passed, 0 skipped, %s rehearsed, %s not rehearsed\n' "$passed" "$rehearsed" "${#not_rehearsed[@]}"
  exit "$code"
}
