#!/bin/sh
# Makes .setup/venv with the packages of a lock file, each checked against its hash. A bare Debian has no pip, no ensurepip
# and often no Python: what is missing is unpacked below .setup/.
# The peers of the bench get a .setup/peers/venv of their own.
# usage: python.sh up|test|bench|peers
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
setup=$here/.setup
case $1 in peers) venv=$setup/peers/venv ;; *) venv=$setup/venv ;; esac
. "$here/setup/ready.sh"

suits() { # PYTHON: new enough and whole
    "$1" -c 'import ctypes, sqlite3, ssl, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}
base() { # a Python
    for name in python3 python3.13 python3.12 python3.11 "$setup/python/usr/bin/python3.11"; do
        if path=$(command -v "$name") && suits "$path"; then echo "$path"; return; fi
    done
    return 1
}
pip_of() { # PYTHON: a pip as one file, which runs without being installed
    "$1" -c 'import ensurepip, pathlib; print(*pathlib.Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"), sep="\n")' \
        2>/dev/null | grep . || ls /usr/share/python-wheels/pip-*.whl "$setup"/*/usr/share/python-wheels/pip-*.whl 2>/dev/null | grep .
}

if ! python=$(base); then
    sh "$here/setup/debian.sh" python
    python=$(base) || { echo "no Python 3.11 or later, and the unpacked one does not run: install python3"; exit 1; }
fi
pip_of "$python" >/dev/null || sh "$here/setup/debian.sh" pip
wheel=$(pip_of "$python" | tail -n 1)
if ! [ -e /etc/ssl/certs/ca-certificates.crt ] && [ -e "$setup/python/ca-certificates.crt" ]; then
    export PIP_CERT="${PIP_CERT:-$setup/python/ca-certificates.crt}"
fi

sum() { echo "$python $(cksum <"$here/$(locked "$1")")"; }
is() { [ "$(cat "$venv/installed.$1" 2>/dev/null)" = "$(sum "$1")" ]; }
is_any() { for kind in "$@"; do if is "$kind"; then return; fi; done; return 1; }
if is "$1" || { [ "$1" = up ] && is_any test bench; }; then exit; fi # the others have all that it needs
if ! is_any up test bench; then # other packages, another Python or a half-finished one: from scratch
    rm -rf "$venv"
    "$python" -m venv --without-pip "$venv"
fi
PYTHONPATH=$wheel "$venv/bin/python" -m pip install --no-input --disable-pip-version-check --no-deps --require-hashes \
    --only-binary :all: --no-compile --progress-bar off -r "$here/$(locked "$1")"
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "$here" >"$site/switchboard.pth"
sum "$1" >"$venv/installed.$1"
