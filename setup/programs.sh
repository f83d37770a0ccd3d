# shellcheck shell=sh
# Which programs are needed, and where each one is: named by the user, on this machine, or unpacked below .setup/.
# Needs: $setup.

pbx_programs="asterisk espeak-ng sox"
test_programs="postgresql baresip sipp svcrack"

own() { # PROGRAM: the machine's own, if it is good enough
    case $1 in
        asterisk)
            if [ -n "${ASTERISK:-}" ]; then
                is_new_enough "$ASTERISK" && readlink -f "$ASTERISK"
                return
            fi
            path=$(PATH=$PATH:/usr/local/sbin:/usr/sbin command -v asterisk) && is_new_enough "$path" && echo "$path" ;;
        postgresql) # a folder of programs
            for path in /usr/lib/postgresql/*/bin; do :; done
            [ -x "$path/postgres" ] && [ -x "$path/initdb" ] && echo "$path" ;;
        *) command -v "$1" ;;
    esac
}

is_new_enough() { # ASTERISK: 22.10 is the first to offer a call to several engines
    version=$("$1" -V 2>/dev/null | sed -n 's/^Asterisk \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
    major=${version% *} minor=${version#* }
    [ -n "$version" ] && { [ "$major" -gt 22 ] || { [ "$major" -eq 22 ] && [ "$minor" -ge 10 ]; }; }
}

found() { # PROGRAM: the machine's own, else the unpacked one
    own "$1" && return
    case $1 in
        asterisk) echo "$setup/pbx/usr/sbin/asterisk" ;;
        espeak-ng | sox) echo "$setup/pbx/usr/bin/$1" ;;
        postgresql) for path in "$setup"/test/usr/lib/postgresql/*/bin; do echo "$path"; done ;;
        svcrack) echo "$setup/test/usr/share/sipvicious/sipvicious_svcrack" ;;
        *) echo "$setup/test/usr/bin/$1" ;;
    esac
}

lacks() { # PROGRAM: neither the machine nor .setup/ has it
    path=$(found "$1")
    ! [ -x "$path" ]
}

lacks_any() { for program in "$@"; do if lacks "$program"; then return 0; fi; done; return 1; }

try() { # PROGRAM: that it starts
    case $1 in
        asterisk) is_new_enough "$setup/bin/asterisk" && "$setup/bin/asterisk" -V ;;
        postgresql) "$setup/bin/postgresql/postgres" --version && "$setup/bin/postgresql/initdb" --version ;;
        sipp) "$setup/bin/sipp" -v || [ $? -eq 99 ] ;;
        baresip) "$setup/bin/baresip" -h 2>&1 | grep -i baresip ;;
        svcrack) "$setup/venv/bin/python" "$setup/bin/svcrack" --version ;;
        *) "$setup/bin/$1" --version ;;
    esac
}
