#!/usr/bin/env bash
# Make the virtual environment that every target of the Makefile uses: `setup.sh PYTHON FOLDER`.
# May be interrupted, and run by several at once; needs no root. Where PYTHON is too old, a newer one is looked for.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=${1:-python3} venv=${2:-.venv}
mark=made-by-byheart # in a folder of ours, which may be removed
unset PYTHONHOME PYTHONPATH PIP_PREFIX PIP_REQUIRE_VIRTUALENV PIP_TARGET PIP_USER # they would lead pip elsewhere
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

fail() {
    echo "byheart: $*" >&2
    exit 2
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() { # the one that was asked for, else the newest of those that can be found
    for python in "$wanted" python3.{14,13,12,11} python3 python "$HOME"/.pyenv/versions/3.*/bin/python3 \
        /opt/homebrew/bin/python3 /usr/local/bin/python3 /usr/bin/python3; do
        if is_new_enough "$python"; then
            command -v "$python"
            return
        fi
    done
    if command -v uv >/dev/null; then uv python find '>=3.11' 2>/dev/null || true; fi
}

make_venv() { # as Python's own venv does; without its pip where Debian ships that apart; or by a tool that is there
    local python=$1
    "$python" -m venv "$venv" >/dev/null 2>&1 && return
    rm -rf "$venv"
    if "$python" -m venv --without-pip "$venv" >/dev/null 2>&1 &&
        "$python" -m pip --python "$venv/bin/python" install -q pip >/dev/null 2>&1; then return; fi
    rm -rf "$venv"
    "$python" -m virtualenv -q "$venv" >/dev/null 2>&1 && return
    if command -v uv >/dev/null && uv venv -q --seed -p "$python" "$venv" >/dev/null 2>&1; then return; fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "byheart: python3-venv is missing: installing it" >&2
        if ! { apt-get update -q && apt-get install -qy python3-venv; } >/dev/null; then return 1; fi
        rm -rf "$venv"
        "$python" -m venv "$venv" && return
    fi
    rm -rf "$venv"
    return 1
}

if command -v flock >/dev/null; then # two runs at once take turns
    exec 9<tools/setup.sh
    flock 9
fi

if ! [ -e "$venv/made" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    if [ -e "$venv" ] && ! [ -e "$venv/$mark" ] && ! [ -e "$venv/made" ]; then
        fail "$venv is there, and was not made by this: move it away, or name another: make VENV=.venv-byheart"
    fi
    rm -rf "$venv" # there is none, or one that was interrupted half-way, or whose Python has gone
    mkdir -p "$venv"
    touch "$venv/$mark"
    python=$(find_python)
    [ -n "$python" ] || fail "wanted Python 3.11 or newer, found none: install one, or run make PYTHON=/path/to/python3"
    make_venv "$python" ||
        fail "$python -m venv does not work: install it (Debian, Ubuntu: apt-get install python3-venv)"
fi
touch "$venv/$mark"
rm -f "$venv/made" # until all of this is done
"$venv/bin/python" -m pip install -q --upgrade "pip>=25.1" "setuptools>=77"
"$venv/bin/python" -m pip install -q -e ".[image,pi,remote,text,tokens,zstd]" --group test --group check
touch "$venv/made"

"$venv/bin/python" -c 'import sys; from byheart._native import kernels; sys.exit(kernels is None)' ||
    echo "byheart: no C compiler was found: sampling takes the numpy path, with the same answers, but slower" >&2
