#!/usr/bin/env bash
# Make the virtual environment of the benchmarks: `setup.sh PYTHON FOLDER [PEERS]`. byheart is installed from here, as it is now;
# the peers are pinned in tools/bench/peers.txt, or another file. One that cannot be installed is left out, and the tables say why it is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=$1 venv=$2 peers=${3:-tools/bench/peers.txt}
pip() { "$venv/bin/python" -m pip --disable-pip-version-check --no-input "$@"; }

if ! [ -x "$venv/bin/python" ]; then "$python" -m venv "$venv"; fi
pip install -q "numpy==2.4.6" "pyarrow==26.0.1"
pip install -q ".[text]"
while read -r peer; do
    pip install -q "$peer" || echo "byheart: $peer cannot be installed here: it is left out" >&2
done <"$peers"
