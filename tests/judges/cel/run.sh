#!/bin/sh
# run.sh DRIVER FILE: exports the published cases to FILE and runs them; 77 means skipped.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if ! command -v node >/dev/null 2>&1 || [ ! -d "$here/node_modules/@bufbuild/cel-spec" ]; then
  echo "SKIPPED judge.cel: node or the published cases are missing; run: npm ci --prefix tests/judges/cel"
  exit 77
fi
node "$here/export.mjs" "$2"
exec "$1" "$2"
