"""The machine: settings, folders and their modes, room, time zones, fonts, programs that are needed."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

from flask import current_app
from sqlalchemy.engine import make_url

from portal import clock, health, settings
from portal.checks.found import Found, note, stop, warn
from portal.directory.connected import connected
from portal.printing import pdf
from portal.running.volumes import is_remote, volume

FOLDERS = ("archive", "files", "backups")


def start() -> Iterator[Found]:
    """How it was started. A missing, short or readable secret key is told before: nothing starts with it."""
    if current_app.debug or current_app.testing:
        yield stop("The portal runs in debug or test mode: anybody can run code through it. Start it without --debug.")
    if current_app.config["SECRET_KEY_FALLBACKS"]:
        yield note("An old secret key is still believed. Remove it from the key file a month after the change.")


def address() -> Iterator[Found]:
    """What people type."""
    public, proxies = current_app.config["PUBLIC_URL"], current_app.config["PROXIES"]
    if not public:
        yield stop(
            "PUBLIC_URL is not set: links on paper cannot be made, and any host name is believed. Set it to what people type."
        )
    elif public.startswith("https://") and not proxies:
        yield note("PUBLIC_URL is https and PROXIES is 0: if a proxy ends the TLS, set PROXIES=1, or every form is refused.")
    elif not public.startswith("https://"):
        yield warn("PUBLIC_URL is not https: passwords travel in clear through the network. Put a proxy with TLS in front.")


def modes() -> Iterator[Found]:
    """Whoever can read these reads every grade and every talk."""
    data = Path(current_app.config["DATA_DIR"])
    kept = [data, *(data / name for name in FOLDERS)]
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite" and url.database:
        kept += [Path(url.database), Path(f"{url.database}-wal")]
    kept += [Path(name) for name in (os.environ.get("SETTINGS_FILE"),) if name]
    kept += [Path(name) for name in (current_app.config.get("LDAP_BIND_PASSWORD_FILE"),) if name]
    kept += [Path(name) for name in (current_app.config.get("MAIL_PASSWORD_FILE"),) if name]
    for path in kept:
        if path.exists() and (others := path.stat().st_mode & _strangers(path)):
            cure = "700" if path.is_dir() else "600"
            what = "be read or changed" if others & 0o066 else "be entered"
            yield warn(f"{path} can {what} by other accounts of this machine: run `chmod {cure} {path}`.")
    if data.exists() and not os.access(data, os.W_OK | os.X_OK):
        yield stop(f"{data} cannot be written by this account: give it to the portal's account with `chown`.")


def _strangers(path: Path) -> int:
    """The bits of everybody but us. What root lends to our group (root:portal, 640), as it is installed, is ours to read."""
    owned = path.stat()
    return 0o037 if (owned.st_uid, owned.st_gid) == (0, os.getegid()) and not path.is_dir() else 0o077


def room() -> Iterator[Found]:
    """The disk under the data and under the backups."""
    yield from map(stop, health.disk())
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite" and url.database and is_remote(kind := volume(Path(url.database)).kind):
        yield stop(
            f"The SQLite database lies on a network volume ({kind}), where its locks do not hold: put it on a disk of this "
            "machine, or move to PostgreSQL with `flask move-database`."
        )


def zones() -> Iterator[Found]:
    """Deadlines end with the company's day."""
    try:
        settings.refresh()
        clock.today()
    except (ZoneInfoNotFoundError, ValueError):
        yield stop("The data of the company's time zone is missing: install the Debian package tzdata.")


def programs() -> Iterator[Found]:
    """What is started beside the portal."""
    scanner = shlex.split(current_app.config["FILE_SCANNER"])
    if not scanner:
        yield note("FILE_SCANNER is not set: uploaded files are not checked for viruses. clamdscan of clamav-daemon can do it.")
    elif shutil.which(scanner[0]) is None:
        yield warn(f"FILE_SCANNER names {scanner[0]}, which is not on this machine: no file can be uploaded. Install it.")


def fonts() -> Iterator[Found]:
    """Whether fontconfig knows a Chinese font: quick; `drawing` draws."""
    lists = shutil.which("fc-list")
    if lists is None:
        yield note("fc-list is missing, so the fonts could not be looked at: install the Debian package fontconfig.")
    elif not subprocess.run([lists, ":lang=zh-cn", "family"], capture_output=True, check=False).stdout.strip():  # noqa: S603 - our own words
        yield warn(pdf.NO_FONT)


def drawing() -> Iterator[Found]:
    """A Chinese page is drawn: WeasyPrint, Pango and the fonts in one go."""
    if sentence := pdf.problem():
        yield warn(sentence)


def plain_directory() -> Iterator[Found]:
    """Certificates are always checked; only without TLS is there none."""
    directory = connected()
    servers = getattr(directory, "settings", None)
    if servers is None or servers.start_tls:
        return
    for url in servers.urls:
        if not url.secure and not url.is_loopback:
            yield warn(f"{url} gets passwords in the open: use ldaps:// or LDAP_START_TLS=1, and take LDAP_ALLOW_PLAIN away.")
