#!/bin/sh
# Sets up a clean clone: `setup.sh python` makes .venv, `setup.sh front-end` fills static/vendor.
# Needs no account, no root and no configuration; what the machine lacks goes into .tools, or is named in one line.
set -eu
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1

main() {
  case "${1:-}" in
    python) set_up_python ;;
    front-end) set_up_front_end ;;
    *) stop "usage: setup.sh python|front-end" ;;
  esac
}

set_up_python() {
  find_uv
  if ! has_recent_python .venv/bin/python; then
    python=$(find_python)
    "$uv" venv --quiet --clear --python "$python" .venv
  fi
  "$uv" pip sync --quiet --python .venv --require-hashes requirements/dev.txt
  "$uv" pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
}

set_up_front_end() {
  if ! npm --version >/dev/null 2>&1; then
    bring_npm
  fi
  npm ci --omit=dev --loglevel=error
  .venv/bin/python tools/vendor.py
}

find_uv() {
  for uv in uv .tools/bin/uv; do
    if "$uv" --version >/dev/null 2>&1; then
      return
    fi
  done
  python=$(find_python)
  make_tools "$python"
  .tools/bin/python -m pip install --quiet --require-hashes --requirement requirements/uv.txt ||
    stop "uv could not be installed: see the line above, or install uv and run this again"
  uv=.tools/bin/uv
}

bring_npm() {
  find_uv
  [ -x .tools/bin/python ] || "$uv" venv --quiet --python .venv/bin/python .tools
  "$uv" pip install --quiet --python .tools --require-hashes --requirement requirements/node.txt
  PATH="$PWD/.tools/bin:$PATH"
}

make_tools() {
  log=$("$1" -m venv --clear .tools 2>&1) && return
  rm -rf .tools
  stop "python3-venv is missing (Debian, Ubuntu: apt install python3-venv)"
}

find_python() {
  for python in python3 python3.13 python3.12 python3.11 python3.14; do
    if has_recent_python "$python"; then
      command -v "$python"
      return
    fi
  done
  stop "python3 3.11 or newer is missing (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python)"
}

has_recent_python() {
  "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' >/dev/null 2>&1
}

stop() {
  echo "waia: $1" >&2
  exit 1
}

main "$@"
