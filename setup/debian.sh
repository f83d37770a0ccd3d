#!/bin/sh
# Unpacks programs from signed Debian packages below .setup/NAME, with all that they need and on a C library of their own:
# no root, nothing installed, any machine that has apt-get. .setup/NAME/PACKAGES lists what was unpacked.
# usage: debian.sh pbx|test|python|pip
set -eu
umask 022
here=$(cd "$(dirname "$0")/.." && pwd)
setup=$here/.setup name=$1 whole=yes
dest=$setup/$name work=$setup/$name.new
. "$here/setup/programs.sh"

has() { own "$1" >/dev/null; } # what is unpacked already is unpacked anew, since the whole tree is
bare="" # packages that are wanted without what they depend on
case $name in
    pbx) # Asterisk 22.10 is in testing; in sid alone, should Debian drop it from testing for a while, as it has before
        suites="forky sid" packages=""
        if ! has asterisk; then
            packages="asterisk asterisk-core-sounds-en-wav asterisk-core-sounds-ru-wav asterisk-moh-opsound-wav"
        fi
        for program in espeak-ng sox; do if ! has $program; then packages="$packages $program"; fi; done ;;
    test)
        suites=bookworm packages=""
        if ! has postgresql; then packages="$packages postgresql-15"; fi
        if ! has baresip; then packages="$packages baresip-core"; fi
        if ! has sipp; then packages="$packages sip-tester"; fi
        if ! has svcrack; then bare=sipvicious; fi ;; # Python alone will do, and we have one
    python) suites=bookworm packages="python3.11 python3-pip-whl ca-certificates" ;;
    pip) suites=bookworm packages=python3-pip-whl whole=no ;;
esac
# what packages ask for and a program that only runs never needs
unneeded='adduser|debconf|dirmngr|dpkg|gcc-.*-base|gnupg.*|gpg.*|init-system-helpers|libc-l10n|libdrm.*|libgl1.*|libglapi.*'
unneeded="$unneeded|libgles.*|libglvnd.*|libglx.*|libjs-.*|libllvm.*|libperl.*|lib.*-perl|libz3-.*|locales|login.*|passwd|perl.*"
unneeded="$unneeded|pinentry.*|postgresql-common|sensible-utils|ssl-cert|systemd.*|sysvinit.*|tar|ucf|usrmerge|util-linux.*"

fail() { echo "$*"; exit 1; }
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
    fail "this machine lacks:$(printf ' %s' $packages $bare). It has no apt-get to fetch them with: install them, or use the container"

mirror=${SWITCHBOARD_MIRROR:-$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
    sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\).*/\2/p' |
    sed -n 's#/*$##; \#/debian\(\.list\)\{0,1\}$#{p;q;}')}
[ -n "$mirror" ] || fail "no Debian mirror in this machine's apt settings: set SWITCHBOARD_MIRROR to the address of one"
for keys in /usr/share/keyrings/debian-archive-keyring.*; do :; done
[ -e "$keys" ] || fail "Debian's keys are missing: as root, apt-get install debian-archive-keyring"

rm -rf "$work"
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/tree/usr/bin" "$work/tree/usr/sbin" "$work/tree/usr/lib" "$work/tree/usr/lib64"
: >"$work/status"
{ # the machine's apt settings (proxy, certificates) hold; only what must be private is changed
    printf '#clear %s;\n' APT::Update APT::Architectures APT::Default-Release
    printf '%s "%s";\n' APT::Architectures:: "$(dpkg --print-architecture)" APT::Sandbox::User root \
        APT::Install-Recommends false Acquire::Languages none Acquire::Retries 3 \
        Dir::State "$work" Dir::State::lists lists Dir::State::status "$work/status" \
        Dir::Cache "$work" Dir::Cache::archives archives Dir::Log "$work" \
        Dir::Etc::preferences /dev/null Dir::Etc::preferencesparts /dev/null \
        Dir::Etc::sourcelist "$work/debian.sources" Dir::Etc::sourceparts /dev/null
} >"$work/apt.conf"
apt() { apt-get -qq -c "$work/apt.conf" "$@"; }

fetch() { # SUITE: its packages into archives/
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$mirror" "$1" "$keys" >"$work/debian.sources"
    apt update || return
    if [ $whole = yes ]; then
        apt --simulate install $packages >"$work/simulated" || return
        sed -n 's/^Inst \([^ ]*\).*/\1/p' "$work/simulated" | grep -vxE "$unneeded" >"$work/plan"
    else
        printf '%s\n' $packages >"$work/plan"
    fi
    printf '%s\n' $bare >>"$work/plan"
    (cd "$work/archives" && apt download $(cat "$work/plan"))
}
fetched=
for suite in $suites; do if fetch "$suite"; then fetched=yes; break; fi; done
[ -n "$fetched" ] || fail "could not fetch$(printf ' %s' $packages $bare) from Debian's $suites (what apt said is above)"

tree=$work/tree
for dir in bin sbin lib lib64; do ln -s "usr/$dir" "$tree/$dir"; done # older packages still use both names
for deb in "$work"/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$tree" --keep-directory-symlink --no-same-owner \
        --exclude './usr/share/doc' --exclude './usr/share/man' --exclude './usr/share/locale' --exclude './usr/share/info' \
        --exclude './usr/include' --exclude './var'
    dpkg-deb -W --showformat '${Package} ${Version} ${Architecture}\n' "$deb"
done >"$tree/PACKAGES"

wrap() { # PROGRAM...: each one is started through the tree's own C library, whoever starts it, and keeps its name and place
    for real in "$@"; do
        [ -x "$real" ] || continue
        mkdir -p "${real%/*}/.real"
        cp -L "$real" "${real%/*}/.real/" # sox may be a link to sox_ng
        rm "$real"
        cp "$here/setup/start.sh" "$real"
        chmod 755 "$real"
    done
}
case $name in
    pbx)
        for voice in "$tree"/usr/share/asterisk/sounds/??_??_*; do # en -> en_US_..., which Debian's own set-up makes
            [ ! -d "$voice" ] || ln -sfn "${voice##*/}" "${voice%/*}/$(basename "$voice" | cut -d_ -f1)"
        done
        wrap "$tree/usr/sbin/asterisk" "$tree/usr/bin/espeak-ng" "$tree/usr/bin/sox" ;;
    test)
        rm -rf "$tree"/usr/lib/postgresql/*/lib/*llvm* "$tree"/usr/lib/postgresql/*/lib/bitcode # LLVM alone is 110 MB
        wrap "$tree"/usr/lib/postgresql/*/bin/* "$tree/usr/bin/baresip" "$tree/usr/bin/sipp" ;;
    python)
        wrap "$tree/usr/bin/python3.11"
        cat "$tree"/usr/share/ca-certificates/mozilla/*.crt >"$tree/ca-certificates.crt" ;;
esac
rm -rf "$dest"
mv "$tree" "$dest"
rm -rf "$work"
