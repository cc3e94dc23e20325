#!/bin/sh
# Installs a list of pinned packages into .venv, unless the stamp says that exactly this list is installed.
# sh tests/install.sh requirements.txt .venv/.run
set -eu
list=$1 stamp=$2 python=.venv/bin/python
hash=$(cat requirements.txt "$list" | "$python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
if [ ! -e "$stamp" ] || [ "$(cat "$stamp")" != "$hash" ]; then
    echo "installing $list"
    "$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip >/dev/null
    "$python" -m pip install --quiet --disable-pip-version-check --requirement "$list"
fi
echo "$hash" >"$stamp"
