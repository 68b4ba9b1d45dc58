#!/bin/sh
# Clusters that everything goes wrong in, from seeds: `npm run simulate -- --seeds 1000`, `npm run simulate -- --seed 7`.
set -eu
. "$(dirname "$0")/prepare.sh"
exec node "$(dirname "$0")/../simulation/run.ts" "$@"
