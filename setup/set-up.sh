#!/bin/sh
# Makes .setup/: a Python environment and the programs that this machine lacks, side by side, showing how far they are.
# usage: set-up.sh up|test|bench      ASTERISK names an Asterisk to use, SWITCHBOARD_MIRROR a Debian mirror
set -eu
umask 022
here=$(cd "$(dirname "$0")/.." && pwd)
kind=$1 setup=$here/.setup
. "$here/setup/ready.sh"
. "$here/setup/programs.sh"
say() { echo "switchboard: $*" >&2; }

mkdir -p "$setup/log" "$setup/bin"
if command -v flock >/dev/null; then # two at once: the second waits and finds it done; the jobs hold the lock too
    exec 9>"$setup/lock"
    flock -n 9 || { say "another set-up is at work here, waiting for it ..."; flock 9; }
fi
if is_ready "$here" "$kind"; then exit; fi
if [ -n "${ASTERISK:-}" ] && ! is_new_enough "$ASTERISK"; then
    say "ASTERISK=$ASTERISK does not run, or is older than 22.10"
    exit 1
fi
say "setting up in $setup (the first time takes a minute or two)"

jobs="" # NAME:PID ...
start() { # NAME: runs setup/NAME.sh or setup/debian.sh NAME in a process group of its own
    case $1 in python) set -- "$1" python.sh "$kind" ;; *) set -- "$1" debian.sh "$1" ;; esac
    setsid sh "$here/setup/$2" "$3" >"$setup/log/$1" 2>&1 &
    jobs="$jobs $1:$!"
}
stop() { for job in $jobs; do kill -TERM "-${job#*:}" 2>/dev/null || :; done; }
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM HUP

progress() { # one line for all jobs
    for job in $jobs; do
        name=${job%:*}
        if ! kill -0 "${job#*:}" 2>/dev/null; then
            printf '   %s done' "$(label "$name")"
            continue
        fi
        case $name in
            python) all=$(grep -c '==' "$here/$(locked "$kind")") done=$(grep -c '^Collecting' "$setup/log/python" || :) ;;
            *)  all=$(wc -l <"$setup/$name.new/plan")
                done=$(find "$setup/$name.new/archives" -name '*.deb' | wc -l) ;;
        esac 2>/dev/null
        printf '   %s %d of %d' "$(label "$name")" "${done:-0}" "${all:-0}"
    done
}
label() {
    case $1 in python) echo "Python packages" ;; pbx) echo "PBX and voice" ;; *) echo "test programs" ;; esac
}
watch() { # until all jobs have ended; on a terminal in one line, else now and then
    began=$(date +%s) shown=0
    while is_working; do
        now=$(($(date +%s) - began))
        if [ -t 2 ]; then
            printf '\r%4d s%s ' "$now" "$(progress)" >&2
        elif [ $((now - shown)) -ge 10 ]; then
            shown=$now
            printf '%4d s%s\n' "$now" "$(progress)" >&2
        fi
        sleep 0.5
    done
    if [ -t 2 ]; then printf '\r%4d s%s \n' "$(($(date +%s) - began))" "$(progress)" >&2; fi
}
is_working() {
    for job in $jobs; do if kill -0 "${job#*:}" 2>/dev/null; then return 0; fi; done
    return 1
}

start python
lacks_any $pbx_programs && start pbx
[ "$kind" = up ] || { lacks_any $test_programs && start test; } || :
watch
for job in $jobs; do
    if ! wait "${job#*:}"; then
        say "the set-up of the $(label "${job%:*}") failed; its last lines ($setup/log/${job%:*}):"
        tail -n 12 "$setup/log/${job%:*}" >&2
        stop
        exit 1
    fi
done

for program in $pbx_programs $([ "$kind" = up ] || echo "$test_programs"); do
    ln -sfn "$(found "$program")" "$setup/bin/$program"
    try "$program" >"$setup/log/$program" 2>&1 || { say "$program does not run:"; cat "$setup/log/$program" >&2; exit 1; }
done
for done in up $([ "$kind" = up ] || echo "$kind"); do fingerprint "$here" "$done" >"$setup/$done.ready"; done
say "ready: $(sed 1q "$setup/log/asterisk")"
