#!/bin/sh
# Brings what the portal needs on Debian 12: `setup.sh run` or `setup.sh test`. Quick when nothing is missing.
#   PYTHON=python3.12  another Python       VENV=/elsewhere  another place for the environment
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-run}
python=${PYTHON:-python3}
venv=${VENV:-.venv}
policy=${POLICY:-/usr/sbin/policy-rc.d}

say() { printf 'setup: %s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

wanted() {
    awk -v purpose="$purpose" '!/^#/ && NF && (purpose == "test" || index("," $2 ",", "," purpose ",")) { print $1 }' deploy/packages.txt
}

# What dpkg does not know as installed. A Python that brings ensurepip of its own needs no python3-venv.
missing() {
    all=
    for package in $(wanted); do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$status" = installed ] && continue
        [ "$package" = python3-venv ] && "$python" -c 'import ensurepip' 2>/dev/null && continue
        all="$all${all:+ }$package"
    done
    printf '%s' "$all"
}

# Installing a server must not leave one running, now or after the next boot: the demo and the tests start their own.
install_quietly() {
    saved=
    if [ -e "$policy" ]; then saved=$(mktemp) && cp -p "$policy" "$saved"; fi
    trap 'if [ -n "$saved" ]; then mv -f "$saved" "$policy"; else rm -f "$policy"; fi' EXIT
    trap 'exit 1' INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >&2 || say "the package lists could not be refreshed, trying with those that are there ..."
    # shellcheck disable=SC2086  # a list of names
    apt-get install -q -y --no-install-recommends $1 >&2 || stop "these Debian packages could not be installed: $1."
    for service in slapd postgresql nginx; do
        case " $1" in *" $service"*) update-rc.d "$service" disable >&2 || true ;; esac
    done
}

command -v dpkg-query >/dev/null || stop "this is no Debian: install what deploy/packages.txt lists, then follow docs/developer.md."
# Two at once would clear each other's environment. The lock is the folder itself: it leaves nothing behind.
exec 9<.
flock -n 9 || { say "another setup is at work in this folder, waiting for it ..."; flock 9; }

packages=$(missing)
if [ -n "$packages" ]; then
    [ "$(id -u)" = 0 ] || stop "these Debian packages are missing: $packages. Install them as root: apt-get install $packages"
    say "installing $packages ..."
    (install_quietly "$packages") || exit 1
fi

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    stop "$python is no Python 3.11 or newer: set PYTHON=, for example PYTHON=python3.11."

# The environment follows its lock: made anew when a lock or the Python changed, grown from run to test, else left alone.
lock=requirements.txt
[ "$purpose" = test ] && lock=requirements-dev.txt
state=$({ cat requirements.txt requirements-dev.txt; "$python" -c 'import sys; print(sys.version, sys.prefix)'; } 2>/dev/null | sha256sum | cut -c 1-64)
made=$(cat "$venv/made-for" 2>/dev/null || true)
case "$made" in
    "$state $purpose" | "$state test") ;;
    *)
        say "installing the Python environment into $venv ..."
        # What Python says is kept back: interrupted, it would say a lot.
        [ "$made" = "$state run" ] || told=$("$python" -m venv --clear "$venv" 2>&1) || stop "no Python environment can be made in $venv: $told"
        rm -f "$venv/made-for"
        "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input --only-binary :all: --require-hashes -r "$lock" >&2 ||
            stop "the Python packages of $lock could not be installed."
        printf '%s %s\n' "$state" "$purpose" >"$venv/made-for"
        ;;
esac
