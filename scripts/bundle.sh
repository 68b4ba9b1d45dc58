#!/bin/sh
# Makes `dist/` on the Node that the project brings: before it is packed, and after it is installed from its sources.
set -eu
cd "$(dirname "$0")/.."
node=node_modules/.bin/node
[ -x "$node" ] || node=node
exec "$node" scripts/bundle.ts
