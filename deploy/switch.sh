#!/bin/sh
# Changes to the version in whose folder this stands: `/opt/portal/releases/<version>/deploy/switch.sh`, as root.
# Forward it saves and upgrades the database by itself; back to an older version see docs/admin.md first.
#   --no-start   leaves the portal stopped: the first time, or to restore a backup in between
set -eu
umask 022
cd "$(dirname "$0")/.."
release=$(pwd -P)
root=${ROOT:-}
home=$root/opt/portal

stop() { printf 'switch: %s\n' "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || stop "run this as root."
[ -e "$release/installed" ] || stop "$release was not installed by deploy/install.sh."

deploy/portal stop 2>/dev/null || true
cp deploy/systemd/portal* "$root/etc/systemd/system/"
install -m 755 deploy/portal "$root/usr/local/bin/portal"
ln -sfn "releases/$(basename "$release")" "$home/current.new" && mv -T "$home/current.new" "$home/current"
systemctl daemon-reload
systemctl -q enable portal.target portal-web.service portal-worker.service
# Where WEB_BIND is set, another machine's nginx asks as well: then no socket of this machine stands in between.
if grep -q '^WEB_BIND=' "$root/etc/portal.env"; then
    systemctl -q disable portal-web.socket
else
    systemctl -q enable portal-web.socket
fi
[ "${1:-}" = --no-start ] && exit 0
deploy/portal start
systemctl reload nginx 2>/dev/null || true
printf 'switch: %s serves.\n' "$(basename "$release")"
