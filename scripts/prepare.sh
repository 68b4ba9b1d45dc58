# Sourced by the scripts beside it: stands in the project's folder, with its packages installed and its Node first on the PATH.
cd "$(dirname "$0")/.."
# `npm install`, not `npm ci`: the latter wants every platform's optional packages to be in the registry.
[ -x node_modules/.bin/node ] && [ -x node_modules/.bin/tsc ] || npm install --no-save --no-audit --no-fund
PATH="$PWD/node_modules/.bin:$PATH"
export PATH
