#!/bin/sh
# run.sh TEST: one suite of judges; 77 means skipped. KINGPOST_BINARY names the binary to be judged.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if ! command -v node >/dev/null 2>&1 || [ ! -d "$here/node_modules/mermaid" ] || [ ! -d "$here/node_modules/@redocly/cli" ] ||
   [ ! -x "$here/node_modules/.bin/buf" ]; then
  echo "SKIPPED $1: node or the judges are missing; run: npm ci --prefix tests/judges"
  exit 77
fi
if [ "$1" = deploy.test.mjs ] && [ ! -d "$here/deploy/node_modules" ]; then
  echo "SKIPPED $1: its judges are missing; run: npm ci --prefix tests/judges/deploy"
  exit 77
fi
exec node --test "$here/$1"
