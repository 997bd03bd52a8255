#!/usr/bin/env bash
# Make the virtual environment that every target of the Makefile uses: `setup.sh PYTHON FOLDER`.
set -euo pipefail
python=$1 venv=$2

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { echo "byheart needs Python 3.11 or newer; $("$python" --version) was found: run make PYTHON=python3.12" >&2; exit 2; }

if ! [ -x "$venv/bin/pip" ]; then
    rm -rf "$venv"
    if ! "$python" -m venv "$venv" 2>/dev/null; then
        rm -rf "$venv"
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then  # Debian ships venv apart
            apt-get update -q && apt-get install -qy python3-venv
            "$python" -m venv "$venv"
        else
            echo "python3 -m venv does not work here: install it (Debian: apt-get install python3-venv)" >&2; exit 2
        fi
    fi
fi
"$venv/bin/pip" install -q --upgrade "pip>=25.1" "setuptools>=77"
"$venv/bin/pip" install -q -e ".[image,pi,remote,zstd]" --group test --group check
