#!/bin/sh
# Starts the program of this name in .real/ on the C library that was unpacked with it. What the program starts gets the
# machine's own, which an LD_LIBRARY_PATH would spoil.
self=$(readlink -f "$0")
real=${self%/*}/.real/${self##*/}
tree=${self%/*}
until [ -e "$tree/PACKAGES" ]; do tree=${tree%/*}; done
for ld in "$tree"/usr/lib/*/ld-linux*.so.*; do :; done
lib=${ld%/*}
[ -z "${ESPEAK_DATA_PATH:-}" ] && [ -d "$lib/espeak-ng-data" ] && export ESPEAK_DATA_PATH="$lib"
exec "$ld" --argv0 "$0" --library-path "$lib:$lib/asterisk:$lib/pulseaudio" "$real" "$@"
