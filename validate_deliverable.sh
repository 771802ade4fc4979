#!/usr/bin/env bash
# Everything that is checked, in order, each step timed. Stops at the first failure; exit code 1.
#
#   ./validate_deliverable.sh            all of it, from the install on
#   ./validate_deliverable.sh --rest     what `npm ci && npm test` does not do
#   ./validate_deliverable.sh --fast     lint, types and the tests that need nothing but Node
#   ./validate_deliverable.sh --strict   a rehearsal that cannot be done here is a failure
#
# Steps are never skipped: what they need is installed with apt. A rehearsal tries out a deployment without a cloud, and
# says NOT REHEARSED, and why, where the machine lacks what it needs.
set -euo pipefail
cd "$(dirname "$0")"

# Prints the comment above.
usage() { sed -n '2,/^set /s/^# \{0,1\}//p' validate_deliverable.sh; }

part=all
strict=false
for option in "$@"; do
  case "$option" in
    --rest | --fast) [ "$part" = all ] && part=${option#--} || { usage >&2; exit 2; } ;;
    --strict) strict=true ;;
    --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
  esac
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. scripts/validate/steps.sh
. scripts/validate/checks.sh

[ "$part" != all ] || step 'install' npm ci --no-fund --no-audit
step 'lint' npm run -s lint
step 'types' npm run -s typecheck
[ "$part" = rest ] || step 'tests' npm test
[ "$part" != fast ] || summary "$strict"
step 'build' npm run -s build
step 'coverage' npm run -s coverage
step 'tests against a real nats-server' nats_tests
step 'two thousand simulated worlds, and every planted bug' simulation
step 'demo, once' npm run -s demo -- --once
step 'built gateway' run_built
step "README's commands, links and tables" readme_holds

rehearse 'image built and run' npm run -s rehearse:image
rehearse 'cloudbuild.yaml read by gcloud' npm run -s rehearse:build
rehearse 'deployment by gcloud to a stand-in for Google' npm run -s rehearse:deploy
rehearse 'tokens in the Firestore emulator' npm run -s test:firestore
summary "$strict"
