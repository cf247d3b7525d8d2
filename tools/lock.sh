#!/bin/sh
# Writes the hash-locked requirements files from pyproject.toml; `make lock upgrade=1` takes newer releases.
# No address of a registry may end up in them: whoever installs decides where packages come from.
set -eu
cd "$(dirname "$0")/.."

lock() {
  output="requirements/$1.txt"
  shift
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
    ${upgrade:+--upgrade} "$@" --output-file "$output"
}

upgrade=${1:-}
uv=$(command -v uv || echo .tools/bin/uv)
lock dev pyproject.toml --extra redis --extra voice --extra push --group dev
lock run pyproject.toml --constraint requirements/dev.txt
lock redis pyproject.toml --extra redis --constraint requirements/dev.txt
lock voice pyproject.toml --extra voice --constraint requirements/dev.txt
lock ffmpeg pyproject.toml --extra ffmpeg --constraint requirements/dev.txt
lock push pyproject.toml --extra push --constraint requirements/dev.txt
lock deploy --group deploy --constraint requirements/dev.txt
lock speech --group speech
lock uv --group uv
lock node --group node
