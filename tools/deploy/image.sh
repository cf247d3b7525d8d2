#!/bin/sh
# What the image has beside Python and waia: ffmpeg, and a user without rights whose only folder is /data.
# Python's own library comes uncompiled; in a root that nobody may write to, each start would compile it anew.
set -eu
apt-get update
apt-get install --yes --no-install-recommends ffmpeg
rm -rf /var/lib/apt/lists/*
useradd --system --uid 10001 --user-group --home-dir /data --create-home --shell /usr/sbin/nologin waia
library=$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash -x '/(site-packages|idlelib|lib2to3)/' "$library"
