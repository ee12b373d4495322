#!/usr/bin/env bash
# Make a virtual environment hold exactly what requirements.lock says. Usage: setup.sh FOLDER (PYTHON: the interpreter).
# Everything that is installed has its hash in the lock, the installer too.
set -euo pipefail
venv=$1
python=${PYTHON:-python3.11}

if ! command -v "$python" >/dev/null; then
  echo "Rostrum needs Python 3.11, and '$python' is not on the PATH. Install it, or name it: make setup PYTHON=/path/to/python3.11" >&2
  exit 1
fi
if [[ $("$python" -c 'import sys; print(*sys.version_info[:2], sep=".")') != 3.11 ]]; then
  echo "Rostrum needs Python 3.11; '$python' is $("$python" --version). Name another: make setup PYTHON=/path/to/python3.11" >&2
  exit 1
fi

[[ -x $venv/bin/python ]] || "$python" -m venv "$venv"

# The lock's entry of uv: its line and the hashes below it.
bootstrap=$(mktemp)
trap 'rm -f "$bootstrap"' EXIT
awk '/^[a-z0-9]/ { wanted = /^uv==/ } wanted' requirements.lock >"$bootstrap"
pip=("$venv/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes --only-binary :all:)

"${pip[@]}" -r "$bootstrap"
if ! "$venv/bin/uv" pip sync --quiet --python "$venv/bin/python" --require-hashes requirements.lock; then
  echo "uv could not install from the lock; pip does it instead (slower)." >&2
  "${pip[@]}" -r requirements.lock
fi
