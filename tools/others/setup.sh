#!/usr/bin/env bash
# Make the two environments of `make others`: `setup.sh PYTHON`. The second is for SciPy 1.18, which needs Python 3.12; without one, its case is left out.
# Three peers come without what they depend on, as one function of theirs is run: synthcity asks for an older numpy than byheart, and m3-score and
# clean-fid for networks and pictures.
set -euo pipefail
cd "$(dirname "$0")/../.."

without_dependencies() {
    "$1/bin/python" -m pip --disable-pip-version-check --no-input install -q --no-deps "$2" ||
        echo "byheart: $2 cannot be installed here: it is left out" >&2
}

bash tools/bench/setup.sh "$1" .venv-others tools/others/peers.txt
without_dependencies .venv-others synthcity==0.2.12
without_dependencies .venv-others m3-score==0.1.0
for python in "$1" python3.{14,13,12} "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python3; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
        bash tools/bench/setup.sh "$python" .venv-others-scipy tools/others/peers-scipy.txt
        without_dependencies .venv-others-scipy clean-fid==0.1.35
        exit
    fi
done
echo "byheart: SciPy 1.18 needs Python 3.12, and there is none here: its case is left out" >&2
