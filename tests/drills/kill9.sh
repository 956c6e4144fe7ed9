#!/bin/bash
# kill -9 at random instants under mixed writes; ROUNDS rounds (default 20), KINGPOST_BIN the binary.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v node >/dev/null || { echo "SKIPPED kill9: node is not installed"; exit 77; }
KINGPOST_BINARY=${KINGPOST_BIN:-$here/../../build/release/kingpost} exec node "$here/kill9.mjs" "${ROUNDS:-20}"
