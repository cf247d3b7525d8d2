#!/bin/sh
# Installs this clone on Debian or Ubuntu, as root; after `git pull` it installs the newer version beside the old one.
# A version lies in /opt/waia/<commit>, and /opt/waia/current points at the one that the units start: going back is
# `install.sh <commit>`. Settings in /etc/waia/.env and data in /var/lib/waia are not touched once they are there.
set -eu
umask 022
cd "$(dirname "$0")/../.."
KEPT=3

main() {
  [ "$(id -u)" = 0 ] || stop "run this as root"
  [ -e .git ] || stop "run this from a clone made by git"
  if [ -n "${1:-}" ]; then
    [ -x "/opt/waia/$1/bin/waia" ] || stop "/opt/waia/$1 is not there; there are: $(versions)"
    point_at "$1"
    echo "waia $1 is in use again. Then: systemctl restart waia-web waia-worker"
    return
  fi
  version=$(git rev-parse --short=12 HEAD)
  [ -z "$(git status --porcelain --untracked-files=no)" ] || stop "the clone was changed by hand: see git status"
  python3 -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    stop "Python 3.11 with venv is missing: apt install python3-venv"
  make_user
  make_settings
  build "$version"
  install_units
  point_at "$version"
  forget_old_versions
  echo "waia $version is installed. Then: waia upgrade && systemctl restart waia-web waia-worker"
}

make_user() {
  id waia >/dev/null 2>&1 ||
    useradd --system --user-group --home-dir /var/lib/waia --shell /usr/sbin/nologin waia
  install -d -m 750 -o waia -g waia /var/lib/waia
}

# Only root may change it, only waia may read it.
make_settings() {
  install -d -m 750 -o root -g waia /etc/waia
  [ ! -e /etc/waia/.env ] || return 0
  { settings_of_debian; cat .env.example; } | install -m 640 -o root -g waia /dev/stdin /etc/waia/.env
}

settings_of_debian() {
  cat <<'END'
# Of this kind of installation: data in its own folder, and Caddy before waia on the same machine.
WAIA_DATA=/var/lib/waia
HOST=127.0.0.1
PORT=5000
WAIA_TRUSTED_PROXIES=127.0.0.1

END
}

# Until the last step there is no bin/waia: what was interrupted is begun anew.
build() {
  [ ! -x "/opt/waia/$1/bin/waia" ] || return 0
  rm -rf /opt/waia/*.tools
  sh tools/deploy/steps.sh front-end
  sh tools/deploy/steps.sh environment "/opt/waia/$1"
  sh tools/deploy/steps.sh application "/opt/waia/$1"
}

install_units() {
  install -m 755 tools/deploy/waia /usr/local/bin/waia
  install -d -m 755 /etc/systemd/system/waia-.service.d
  install -m 644 tools/deploy/systemd/*.service tools/deploy/systemd/*.timer /etc/systemd/system/
  install -m 644 tools/deploy/systemd/waia-.service.d/box.conf /etc/systemd/system/waia-.service.d/
  [ ! -d /run/systemd/system ] || systemctl daemon-reload
}

# By renaming, so that there is a version at every instant.
point_at() {
  touch "/opt/waia/$1/bin/waia"
  ln -sfn "$1" /opt/waia/next
  mv -T /opt/waia/next /opt/waia/current
}

forget_old_versions() {
  for old in $(versions | tr ' ' '\n' | tail -n +$((KEPT + 1))); do
    rm -rf "/opt/waia/$old"
  done
}

# The newest first.
versions() {
  (cd /opt/waia && ls -1td */bin/waia 2>/dev/null | sed 's,/bin/waia,,' | grep -v '^current$' | tr '\n' ' ')
}

stop() {
  echo "waia: $1" >&2
  exit 1
}

main "$@"
