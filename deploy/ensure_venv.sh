#!/usr/bin/env bash
# Makes .venv from requirements.lock, up to the part named: deployed, local or development (see deploy/lock.py).
# Every file is checked against the lock's hashes. Leaves a stamp per part, .venv/.PART, for make.
set -euo pipefail
cd "$(dirname "$0")/.."

part=${1:?which part of requirements.lock: deployed, local or development}
case "$part" in
    deployed) after=local parts=(deployed) ;;
    local) after=development parts=(deployed local) ;;
    development) after=nothing parts=(deployed local development) ;;
    *) echo "No part of requirements.lock is called $part." >&2; exit 2 ;;
esac

usable() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; }

make_venv() {
    local python
    for python in "${PYTHON:-}" python3.11 python3 python3.12 python3.13 /usr/bin/python3; do
        if [ -n "$python" ] && usable "$python"; then
            rm -rf .venv
            if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
                "$python" -m venv .venv
            elif "$python" -c 'import venv, pip' 2>/dev/null; then # Debian splits ensurepip off; pip can serve another Python
                "$python" -m venv --without-pip .venv
                "$python" -m pip --quiet --python .venv/bin/python install --ignore-installed pip
            else
                echo "This Python cannot make a virtual environment. On Debian: apt-get install python3-venv" >&2
                exit 1
            fi
            return
        fi
    done
    echo "Dextra needs Python 3.11, 3.12 or 3.13; set PYTHON to its path if it is somewhere else." >&2
    exit 1
}

.venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv

echo "Installing the packages of requirements.lock ($part) into .venv ..."
sed "/^# ==== $after\$/,\$d" requirements.lock >.venv/wanted.txt
.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement .venv/wanted.txt
for done in "${parts[@]}"; do touch ".venv/.$done"; done
