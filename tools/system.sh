#!/usr/bin/env bash
# What the tests of `byheart rate` need of the system: a browser and a PostgreSQL server. Installed where this may be done; else the tests that need them are skipped, and say so.
set -euo pipefail

missing=()
if ! command -v chromium chromium-browser google-chrome >/dev/null 2>&1; then missing+=(chromium); fi
if ! command -v initdb >/dev/null 2>&1 && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then missing+=(postgresql); fi
if [ ${#missing[@]} = 0 ]; then exit 0; fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "byheart: installing ${missing[*]} for the tests" >&2
    if { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1; then exit 0; fi
fi
echo "byheart: no ${missing[*]} here: tests that need it are skipped (Debian, Ubuntu: apt-get install ${missing[*]})" >&2
