#!/bin/sh
# Every test, on the Node that the project brings. Names of files narrow it: `npm test -- packages/api`.
set -eu
. "$(dirname "$0")/prepare.sh"
if [ $# -gt 0 ]; then
  set -- $(find "$@" -name '*.test.ts' -not -path '*/node_modules/*')
else
  set -- $(find packages conformance fuzz examples simulation -name '*.test.ts' -not -path '*/node_modules/*' | sort)
fi
# Examples import the package as users do, from the bundle: made again if a source is newer.
case " $*" in *examples/*) ./cox version >/dev/null ;; esac
exec node --test --test-concurrency=2 --test-timeout=900000 "$@"
