# shellcheck shell=sh
# Whether the set-up of one kind (up, test, bench) is complete and belongs to these very files in this very place.

locked() { # KIND: the file that names its Python packages
    case $1 in up) echo requirements.lock ;; *) echo "requirements-$1.lock" ;; esac
}

fingerprint() { # FOLDER KIND
    (cd "$1" && { pwd; cat switchboard setup/*.sh "$(locked "$2")"; } | cksum)
}

is_ready() { # FOLDER KIND
    for program in "$1"/.setup/bin/*; do [ -x "$program" ] || return 1; done # what the machine had may be gone
    [ -x "$1/.setup/venv/bin/python" ] &&
        [ "$(cat "$1/.setup/$2.ready" 2>/dev/null)" = "$(fingerprint "$1" "$2")" ] &&
        { [ -z "${ASTERISK:-}" ] || [ "$(readlink -f "$ASTERISK")" = "$(readlink -f "$1/.setup/bin/asterisk")" ]; }
}
