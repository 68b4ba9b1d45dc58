#!/bin/sh
# Everything that can be said without running the product: types, lint, format, unused code, house rules.
set -eu
. "$(dirname "$0")/prepare.sh"
echo 'types';  tsc -p .
echo 'lint';   oxlint
echo 'format'; oxfmt --check
echo 'unused'; knip --no-config-hints
echo 'tidy';   node --test --test-reporter=dot tidy.test.ts
