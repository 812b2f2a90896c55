#!/bin/sh
# Installs a version of the portal on Debian 12: run as root in the folder of that version. What runs goes on meanwhile,
# and run again it changes nothing.
#   deploy/install.sh sqlite openldap               the first time: the samples that /etc/portal.env begins with,
#   deploy/install.sh postgresql active-directory   one of each pair
#   deploy/install.sh                               a newer version; deploy/switch.sh then changes to it
# pip asks your own package index when PIP_INDEX_URL names it, or a folder with PIP_NO_INDEX=1 PIP_FIND_LINKS=/folder.
set -eu
umask 022
cd "$(dirname "$0")/.."
root=${ROOT:-}
home=$root/opt/portal
settings=$root/etc/portal.env

say() { printf 'install: %s\n' "$*"; }
stop() { printf 'install: %s\n' "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || stop "run this as root."
for part in "$@"; do
    [ -f "deploy/samples/$part.env" ] || stop "$part is no sample: choose sqlite or postgresql, and openldap or active-directory."
done
[ -e "$settings" ] || [ $# = 2 ] || stop "the first time say which database and which directory: deploy/install.sh sqlite openldap"
command -v dpkg-query >/dev/null || stop "this is no Debian: deploy/packages.txt lists what another system has to bring."

missing=
for package in $(awk '!/^#/ && NF && index("," $2 ",", ",install,") { print $1 }' deploy/packages.txt); do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
    say "installing$missing ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >/dev/null || say "the package lists could not be refreshed, trying with those that are there ..."
    # shellcheck disable=SC2086  # a list of names
    apt-get install -q -y --no-install-recommends $missing >/dev/null || stop "these packages could not be installed:$missing."
fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop "python3 is no Python 3.11 or newer."

getent passwd portal >/dev/null ||
    useradd --system --user-group --home-dir /var/lib/portal --no-create-home --shell /usr/sbin/nologin portal
# A Python in root's own folder would serve nobody.
runuser -u portal -- "$(command -v python3)" -c '' 2>/dev/null ||
    stop "the account portal may not run $(command -v python3). Let Debian's come first: PATH=/usr/sbin:/usr/bin:/sbin:/bin deploy/install.sh"
mkdir -p "$home/releases" "$root/etc/portal" "$root/etc/systemd/system" "$root/usr/local/bin"
chown root:portal "$root/etc/portal" && chmod 750 "$root/etc/portal"
for place in "$root/var/lib/portal" "$root/var/backups/portal"; do
    mkdir -p "$place"
    # A network volume may not let root change it: what is right already is left alone.
    [ "$(stat -c %U:%a "$place")" = portal:700 ] || { chown portal:portal "$place" && chmod 700 "$place"; } ||
        say "$place is not a folder of the account portal alone (uid $(id -u portal)): make it so where the volume lies."
done

if [ ! -e "$settings" ]; then
    (umask 077 && cat "deploy/samples/$1.env" "deploy/samples/$2.env" >"$settings.new")
    chown root:portal "$settings.new" && chmod 640 "$settings.new" && mv "$settings.new" "$settings"
    say "wrote $settings: everything in it that says company.example is yours to set."
fi

# A version is known by what is in it; a folder without its mark was broken off.
parts="portal static templates migrations deploy docs commands.py wsgi.py requirements.txt requirements-procrastinate.txt README.md README.zh-CN.md CHANGELOG.md LICENSE NOTICE"
# shellcheck disable=SC2086  # a list of names
digest=$(find $parts -type f ! -name '*.pyc' ! -name '*.mo' | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c 1-10)
release=
for found in "$home"/releases/*-"$digest"; do
    [ ! -e "$found/installed" ] || release=$found
done
if [ -z "$release" ]; then
    rm -rf "$home"/releases/*-"$digest"
    release=$home/releases/$(date -u +%Y%m%d-%H%M%S)-$digest
    say "installing into $release ..."
    mkdir "$release"
    # shellcheck disable=SC2086  # a list of names
    tar -c --exclude=__pycache__ --exclude='*.mo' $parts | tar -x --no-same-owner -C "$release"
    python3 -m venv "$release/.venv" || stop "no Python environment can be made in $release/.venv."
    "$release/.venv/bin/python" -m pip install -q --disable-pip-version-check --no-input --only-binary :all: --require-hashes -r requirements.txt ||
        stop "the Python packages of requirements.txt could not be installed."
    # Who serves can write nothing here: what would be made on the way is made now.
    (cd "$release" && .venv/bin/python -c 'from portal.catalogue import compile_all; compile_all()' && .venv/bin/python -m compileall -q portal commands.py wsgi.py)
    chmod -R u=rwX,go=rX "$release"
    touch "$release/installed"
fi

# What a setting asks for comes with it: whoever sets it later runs this again.
if grep -Eq "^ *JOBS *= *[\"']?procrastinate" "$settings" && [ ! -e "$release/procrastinate" ]; then
    say "installing what JOBS=procrastinate needs ..."
    "$release/.venv/bin/python" -m pip install -q --disable-pip-version-check --no-input --only-binary :all: --require-hashes -r requirements-procrastinate.txt ||
        stop "the Python packages of requirements-procrastinate.txt could not be installed."
    chmod -R u=rwX,go=rX "$release"
    touch "$release/procrastinate"
fi

if [ -e "$home/current" ]; then
    [ "$(readlink -f "$home/current")" = "$(readlink -f "$release")" ] && { say "$(basename "$release") is what runs."; exit 0; }
    say "ready. Change to it, which stops the portal for a moment: $release/deploy/switch.sh"
else
    ROOT=$root "$release/deploy/switch.sh" --no-start
    say "ready. Now fill in $settings, then follow docs/admin.md."
fi
