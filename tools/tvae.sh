#!/usr/bin/env bash
# Make the virtual environment of tools/tvae.py: `tvae.sh PYTHON FOLDER`. Torch is large, so nothing else has it.
# May be interrupted: the next run goes on with what pip has fetched.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 venv=$2
if ! [ -x "$venv/bin/python" ]; then "$python" -m venv "$venv"; fi
"$venv/bin/python" -m pip --disable-pip-version-check --no-input install -q -r tools/tvae.txt
touch "$venv/made"
