#!/usr/bin/env bash
# The sprint's deliverable is the whole project: its checks are the project's. The options are the same.
exec "$(dirname "$0")/../../validate_deliverable.sh" "$@"
