#!/bin/sh
# Makes waia from this tree: `steps.sh front-end`, `steps.sh environment FOLDER`, `steps.sh application FOLDER`.
# The Dockerfile and install.sh run the same steps. All that they fetch is locked by hash, and no compiler is needed.
set -eu
cd "$(dirname "$0")/../.."
unset PYTHONDONTWRITEBYTECODE
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

main() {
  case "${1:-} ${2:+FOLDER}" in
    "front-end ") bring_front_end ;;
    "environment FOLDER") make_environment "$2" ;;
    "application FOLDER") put_application "$2" ;;
    *) stop "usage: steps.sh front-end | environment FOLDER | application FOLDER" ;;
  esac
}

bring_front_end() {
  if ! npm --version >/dev/null 2>&1; then
    tools=$(mktemp -d)
    trap 'rm -rf "$tools"' EXIT
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --require-hashes --requirement requirements/node.txt
    PATH="$tools/bin:$PATH"
  fi
  npm ci --omit=dev --ignore-scripts --loglevel=error --no-fund --no-audit
}

# FOLDER becomes an environment with the libraries; what only builds lies beside it in FOLDER.tools for the next step.
make_environment() {
  python3 -m venv --clear "$1.tools"
  "$1.tools/bin/pip" install --quiet --require-hashes --only-binary :all: --requirement requirements/deploy.txt
  "$1.tools/bin/pip" wheel --quiet --require-hashes --no-build-isolation --wheel-dir "$1.tools/wheels" \
    --requirement requirements/redis.txt --requirement requirements/voice.txt --requirement requirements/push.txt
  python3 -m venv --clear --without-pip "$1"
  install_into "$1" "$1.tools"/wheels/*.whl
}

put_application() {
  "$1.tools/bin/python" tools/vendor.py
  rm -rf "$1.tools/dist"
  "$1.tools/bin/python" -m hatchling build --target wheel --directory "$1.tools/dist"
  install_into "$1" "$1.tools"/dist/*.whl
  compile "$1/lib"
  rm -rf "$1.tools"
}

# Once and for all: where waia runs, nobody may write beside the code, and each start would compile it anew.
compile() {
  "$1/../bin/python" -m compileall -q -j 0 --invalidation-mode unchecked-hash "$1"
}

install_into() {
  environment=$1
  shift
  "$environment.tools/bin/python" -m pip --python "$environment/bin/python" \
    install --quiet --no-index --no-deps --no-compile "$@"
}

stop() {
  echo "waia: $1" >&2
  exit 1
}

main "$@"
