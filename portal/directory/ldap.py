"""The one module that speaks LDAP. It knows neither Flask nor the database; no ldap3 type leaves it.

Every call ends: one deadline covers name resolution, connecting, TLS and all answers of all servers together.
"""

import hashlib
import logging
import re
import struct
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum, auto
from typing import Any

import ldap3
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars
from pyasn1.error import PyAsn1Error

from portal.directory.dn import one_spelling, same_dn, unit_of
from portal.directory.entry import Entry, account_name
from portal.directory.ldap_settings import Settings, SettingsWrong, Url
from portal.directory.ldap_wire import Deadline, Line, Server, Tls, context

__all__ = ["Answer", "Directory", "DirectoryIncomplete", "DirectoryUnreachable", "Entry", "Settings", "SettingsWrong", "Step"]

log = logging.getLogger(__name__)

PPOLICY = "1.3.6.1.4.1.42.2.27.8.5.1"
PAGED = "1.2.840.113556.1.4.319"
LOCKED_BY_HAND = "000001010000Z"
ACCOUNT_DISABLED = 2  # userAccountControl
GROUPS = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)(objectClass=group))"
BUSY = {51, 52, 80}  # busy, unavailable, other: the server's trouble, not the password's
# What a server can make ldap3 raise, garbage on the line included.
WIRE = (LDAPException, PyAsn1Error, OSError, ValueError, LookupError, TypeError, AttributeError, struct.error)
OF_TLS = re.compile("ssl wrapping|starttls", re.IGNORECASE)
"""In what ldap3 says when the line is there and its encryption is not."""


class Answer(StrEnum):
    """What the directory says to a name and a password."""

    OK = auto()
    REFUSED = auto()
    DISABLED = auto()
    EXPIRED = auto()
    LOCKED = auto()  # said to wrong passwords too: show the general sentence
    PASSWORD_EXPIRED = auto()
    RESTRICTED = auto()  # not at this hour, not from this computer
    UNREACHABLE = auto()


RIGHT_PASSWORD = frozenset({Answer.OK, Answer.DISABLED, Answer.EXPIRED, Answer.PASSWORD_EXPIRED, Answer.RESTRICTED})

PPOLICY_REASON: dict[int | None, Answer] = {0: Answer.PASSWORD_EXPIRED, 1: Answer.LOCKED}

# Active Directory's reason inside error 49. All but 775 are said to the right password alone.
AD_REASON = {
    "530": Answer.RESTRICTED,
    "531": Answer.RESTRICTED,
    "532": Answer.PASSWORD_EXPIRED,
    "533": Answer.DISABLED,
    "701": Answer.EXPIRED,
    "773": Answer.PASSWORD_EXPIRED,
    "775": Answer.LOCKED,
}


class DirectoryUnreachable(Exception):
    """No answer that can be trusted: down, silent, wrong certificate, wrong service account. Nobody's password is wrong."""

    step = "connect"
    """Which step of the connection test it ends."""


class NotEncrypted(DirectoryUnreachable):
    """Somebody answers, but no line came about that nobody else reads: the certificate, or no TLS at all."""

    step = "tls"


class ServiceRefused(DirectoryUnreachable):
    """The server answers, but not to the account the portal reads with."""

    step = "bind"


class DirectoryIncomplete(Exception):
    """The answer was cut short: nothing may be concluded from who is missing."""


@dataclass(frozen=True)
class Step:
    """One line of the connection test: what was tried, whether it worked, what was seen, and milliseconds.

    `entry` is the person it read, with the mapping applied.
    """

    name: str
    ok: bool
    seen: str
    took: int
    entry: Entry | None = None


Note = Callable[[str, bool, str], None]


class Directory:
    """公司目录 One company directory. Safe to share between threads: every call has a connection of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._trust = context(settings.ca_file)
        self._failed: dict[Url, float] = {}  # a server that did not answer is asked last for a minute

    def check(self, login: str, password: str) -> tuple[Answer, Entry | None]:
        """Search the name, then bind as what was found. The entry comes only with a right password. Never raises."""
        login = login.strip()
        if not _usable(login, 256) or not _usable(password, 1024):
            return Answer.REFUSED, None
        try:
            with self._service(Deadline(self.settings.timeout)) as line:
                entry = self._one(line, login)
                # The same work for an unknown name: its answer must not come sooner.
                nobody = f"cn=nobody-{hashlib.sha256(login.encode()).hexdigest()[:8]},{self.settings.base}"
                answer = self._bind(line, entry.dn if entry else nobody, password)
        except (DirectoryUnreachable, DirectoryIncomplete) as why:
            log.warning("the directory could not be asked: %s", why)
            return Answer.UNREACHABLE, None
        if answer is Answer.OK and entry and entry.disabled:
            answer = Answer.DISABLED
        if entry is None:
            return Answer.REFUSED if answer in RIGHT_PASSWORD else answer, None
        return answer, entry if answer in RIGHT_PASSWORD else None

    def people(self) -> Iterator[Entry]:
        """Everybody the person filter finds, disabled ones too: complete, or DirectoryIncomplete or -Unreachable is raised."""
        with self._service(self._long()) as line:
            departments = self._departments(line)
            for page in self._pages(line, self.settings.person_filter):
                for found in page:
                    entry = self._entry(found)
                    yield replace(entry, department=departments.get(one_spelling(entry.dn))) if departments else entry

    def groups(self, names: Iterable[str]) -> dict[str, set[str]]:
        """DNs of everybody in each of these groups (by DN), nested ones resolved; a group that is not there is left out."""
        with self._service(self._long()) as line:
            found = {name: self._members(line, name) for name in names}
        return {name: members for name, members in found.items() if members is not None}

    def probe(self) -> list[Step]:
        """Try step by step what login and sync need, with every server; the last step says why it ends there."""
        steps: list[Step] = []
        began, reads = time.monotonic(), False

        def note(name: str, ok: bool, seen: str, entry: Entry | None = None) -> None:
            nonlocal began
            steps.append(Step(name, ok, seen, round(1000 * (time.monotonic() - began)), entry))
            began = time.monotonic()

        try:
            with self._service(Deadline(self.settings.timeout * 2, self.settings.timeout), note, every=True) as line:
                reads = True
                # A page may be empty and not the last: Active Directory answers so while it still looks.
                first = next(filter(None, self._pages(line, self.settings.person_filter, size=3)), [])
                if not first:
                    note("search", False, f"nothing matches {self.settings.person_filter} below {self.settings.base}")
                    return steps
                note("search", True, self.settings.base)
                for found in first[:3]:
                    entry = self._entry(found)
                    note("person", True, f"{entry.name} ({entry.login}) {entry.dn}", entry)
        except (DirectoryUnreachable, DirectoryIncomplete) as why:
            if reads:  # a server that could not be used has said so itself
                note("stopped", False, str(why))
        return steps

    def _long(self) -> Deadline:
        return Deadline(self.settings.sync_timeout, stall=6 * self.settings.timeout)

    @contextmanager
    def _service(self, deadline: Deadline, note: Note = lambda *_: None, *, every: bool = False) -> Iterator[ldap3.Connection]:
        """A connection of the service account on the first server that answers; each server gets its part of the time.

        `every` tries the others too, for `note` alone: a second server that fails is missed on the day the first is away.
        """
        now = time.monotonic()
        urls = sorted(self.settings.urls, key=lambda url: now - self._failed.get(url, -61.0) < 60)
        whys, usable = [], list[ldap3.Connection]()
        for n, url in enumerate(urls):
            share = deadline.share(len(urls) - n + every, self.settings.timeout)
            try:
                usable.append(self._connect(url, share, note))
            except DirectoryUnreachable as why:
                self._failed[url] = time.monotonic()
                if isinstance(why, NotEncrypted) and url.secure:  # else the connection has told of itself
                    note("connect", True, str(url))
                note(why.step, False, f"{url}: {why}")
                whys.append(f"{url}: {why}")
                continue
            share.extend(deadline)
            if not every:
                break
        if not usable:
            raise DirectoryUnreachable("; ".join(whys))
        try:
            yield usable[0]
        finally:
            for connection in usable:
                _close(connection)

    def _connect(self, url: Url, deadline: Deadline, note: Note) -> ldap3.Connection:
        s = self.settings
        server = Server(url.host, url.port, use_ssl=url.secure, tls=Tls(self._trust, url.host, deadline), get_info=ldap3.NONE)
        server.deadline = deadline
        # As bytes: ldap3 would run text through SASLprep, which can leave nothing of it.
        password: Any = s.bind_password.encode()
        how: Any = {"auto_referrals": False, "read_only": True, "check_names": False, "return_empty_attributes": False}
        how["auto_range"] = False  # ldap3 would put the parts of a large group together, and take a refused part for the end
        connection = ldap3.Connection(server, s.bind_dn, password, **how)
        try:
            with _wire():
                connection.open()
                connection.socket = Line.over(connection.socket, deadline)
                note("connect", True, str(url))
                if s.start_tls:
                    connection.start_tls()
                if url.secure or s.start_tls:
                    note("tls", True, connection.socket.version())
                connection.bind()
            if connection.result["result"] != 0:
                result = connection.result
                refused = f"{result['description']} {result['message']}".strip()
                raise ServiceRefused(f"the service account is refused: {refused}")
        except BaseException:
            _close(connection)
            raise
        note("bind", True, s.bind_dn)
        return connection

    def _bind(self, connection: ldap3.Connection, dn: str, password: str) -> Answer:
        connection.user, connection.password = dn, password.encode()
        with _wire():
            connection.bind(controls=[(PPOLICY, False, None)] if self.settings.kind == "openldap" else None)
        return verdict(connection.result)

    def _one(self, connection: ldap3.Connection, login: str) -> Entry | None:
        """The one entry of that name; none when two have it: whose password would it be?"""
        s = self.settings
        with _wire():
            connection.search(
                s.base, f"(&{s.person_filter}({s.login}={escape_filter_chars(login)}))", attributes=self._asked, size_limit=2
            )
        found = _entries(connection)
        if connection.result["result"] != 0 and not (connection.result["result"] == 4 and len(found) > 1):
            raise DirectoryIncomplete(f"search for a login: {connection.result['description']}")
        if len(found) > 1:
            log.warning("the login %r belongs to several entries: %s", login, [one["dn"] for one in found])
        # Directories also match what only looks alike (ü for u, two spaces for one): each such spelling would be one more
        # name to guess under, past the counters.
        same = [one for one in found if account_name(login) in map(account_name, _texts(_lower(one), s.login))]
        return self._entry(same[0]) if len(found) == len(same) == 1 else None

    def _pages(
        self, connection: ldap3.Connection, condition: str, size: int = 0, base: str = "", attributes: Sequence[str] = ()
    ) -> Iterator[list[dict[str, Any]]]:
        """All pages; ldap3's own generator takes a cut-off answer for the end, so each page is checked here."""
        s = self.settings
        base, asked = base or s.base, [*(attributes or self._asked)]
        cookie = None
        while True:
            with _wire():
                connection.search(base, condition, attributes=asked, paged_size=size or s.page_size, paged_cookie=cookie)
            result = connection.result
            if result["result"] != 0:
                raise DirectoryIncomplete(f"{result['description']} {result['message']}".strip())
            yield _entries(connection)
            if PAGED not in (result.get("controls") or {}):
                raise DirectoryIncomplete("the server answered without the paging control")
            cookie = result["controls"][PAGED]["value"]["cookie"]
            if not cookie:
                return

    def _departments(self, connection: ldap3.Connection) -> dict[str, str]:
        """Who is in which of the groups that are departments, by DN; of several the first by name. Empty for other sources."""
        s, found = self.settings, dict[str, str]()
        if s.department_from != "group":
            return found
        pages = self._pages(connection, GROUPS, base=s.department_groups, attributes=("cn", "member", "uniqueMember"))
        groups = [group for page in pages for group in page]
        if not groups:
            raise DirectoryIncomplete(f"there is no group below {s.department_groups}: nobody would have a department")
        for name, dn, group in sorted((_text(_lower(group), "cn") or "", group["dn"], group) for group in groups):
            for member in self._all_members(connection, dn, _lower(group)):
                found.setdefault(one_spelling(member), name)
        return found

    def _members(self, connection: ldap3.Connection, top: str) -> set[str] | None:
        """Walk `member` down with a memory of where we were: groups may contain each other."""
        people: set[str] = set()
        seen: set[object] = set()
        todo = [top]
        while todo:
            dn = todo.pop()
            if (name := _comparable(dn)) in seen:
                continue
            seen.add(name)
            group = self._group(connection, dn)
            if group is None and dn == top:
                return None
            if group is None:
                people.add(dn)
                continue
            logins = _texts(group, "memberuid")
            todo += self._all_members(connection, dn, group)
            people.update(entry.dn for login in logins if (entry := self._one(connection, login)))
        return people

    def _all_members(self, connection: ldap3.Connection, dn: str, group: dict[str, list[bytes]]) -> list[str]:
        """`member` and `uniqueMember`. Active Directory hands out at most 1,500 at a time, as `member;range=0-1499`."""
        members = [*_texts(group, "member"), *_texts(group, "uniquemember")]
        while part := next((name for name in group if name.startswith("member;range=")), ""):
            members += _texts(group, part)
            last = part.rpartition("-")[2]
            if last == "*":
                break
            group = self._group(connection, dn, [f"member;range={int(last) + 1}-*"]) or {}
            if not any(name.startswith("member;range=") for name in group):
                raise DirectoryIncomplete(f"group {dn}: its members end after {part}")
        return members

    def _group(
        self, connection: ldap3.Connection, dn: str, attributes: Sequence[str] = ("member", "uniqueMember", "memberUid")
    ) -> dict[str, list[bytes]] | None:
        with _wire():
            connection.search(dn, GROUPS, ldap3.BASE, attributes=[*attributes])
        if connection.result["result"] not in (0, 32, 34):  # 32 nothing there, 34 not a name
            raise DirectoryIncomplete(f"group {dn}: {connection.result['description']}")
        found = _entries(connection)
        return _lower(found[0]) if found else None

    @property
    def _asked(self) -> list[str]:
        s = self.settings
        state = "pwdAccountLockedTime" if s.kind == "openldap" else "userAccountControl"
        return [s.key, s.login, "cn", state, *filter(None, s.names.values())]

    def _entry(self, found: dict[str, Any]) -> Entry:
        s, values = self.settings, _lower(found)
        raw = values.get(s.key.lower())
        if not raw:
            raise DirectoryIncomplete(f"{found['dn']} has no {s.key}: may the service account read it?")
        one = {name: _text(values, attribute) for name, attribute in s.names.items()}
        login = _text(values, s.login)
        manager, hired = one.pop("manager"), one.pop("hired_on")
        name = one.pop("name") or _text(values, "cn") or login or found["dn"]
        if s.department_from == "ou":
            one["department"] = unit_of(found["dn"])
        key = str(uuid.UUID(bytes_le=raw[0])) if s.key.lower() == "objectguid" else raw[0].decode("utf-8", "replace")
        return Entry(
            key, found["dn"], login, name, **one, manager_dn=manager, hired_on=_day(hired), disabled=_is_disabled(values)
        )


@contextmanager
def _wire() -> Iterator[None]:
    """Whatever goes wrong on the line is one thing for the portal."""
    try:
        yield
    except WIRE as why:
        said = str(why) or type(why).__name__
        raise (NotEncrypted if OF_TLS.search(said) else DirectoryUnreachable)(said) from why


def verdict(result: dict[str, Any]) -> Answer:
    """The meaning of a bind's result, with the password policy's control or Active Directory's reason."""
    control = (result.get("controls") or {}).get(PPOLICY)
    error = ppolicy_error(control["value"]) if control and isinstance(control["value"], bytes) else None
    if result["result"] == 0:
        return Answer.PASSWORD_EXPIRED if error == 2 else Answer.OK
    if result["result"] in BUSY:
        return Answer.UNREACHABLE
    if result["result"] == 49:
        if reason := re.search(r"data ([0-9a-fA-F]{3}),", result["message"] or ""):
            return AD_REASON.get(reason[1].lower(), Answer.REFUSED)
        return PPOLICY_REASON.get(error, Answer.REFUSED)
    return Answer.REFUSED


def ppolicy_error(value: bytes) -> int | None:
    """The error of SEQUENCE { [0] warning OPTIONAL, [1] error ENUMERATED OPTIONAL }: 0 expired, 1 locked, 2 must change."""
    at = 2
    while at + 2 < len(value):
        if value[at] == 0x81:
            return value[at + 2]
        at += 2 + value[at + 1]
    return None


def _usable(text: str, most: int) -> bool:
    """An empty password binds as nobody and succeeds; a NUL ends a name early. Neither reaches the network."""
    try:
        return text.encode() != b"" and len(text) <= most and "\0" not in text
    except UnicodeEncodeError:
        return False


def _close(connection: ldap3.Connection) -> None:
    socket = connection.socket
    with suppress(Exception):
        connection.unbind()
    if socket is not None:
        with suppress(Exception):
            socket.close()


def _entries(connection: ldap3.Connection) -> list[dict[str, Any]]:
    return [one for one in connection.response or () if one["type"] == "searchResEntry"]  # not AD's searchResRef


def _lower(found: dict[str, Any]) -> dict[str, list[bytes]]:
    return {name.lower(): values for name, values in found["raw_attributes"].items()}


def _texts(values: dict[str, list[bytes]], attribute: str) -> list[str]:
    # An attribute without values comes as None: the `member` beside Active Directory's `member;range=`.
    return [raw.decode("utf-8", "replace") for raw in values.get(attribute.lower()) or ()]


def _text(values: dict[str, list[bytes]], attribute: str) -> str | None:
    found = values.get(attribute.lower()) if attribute else None
    return found[0].decode("utf-8", "replace").strip() or None if found else None


def _comparable(dn: str) -> object:
    try:
        return same_dn(dn)
    except ValueError:
        return dn


def _day(text: str | None) -> date | None:
    """A generalized time (20240301000000Z) or an ISO date; anything else is no date."""
    digits = re.match(r"(\d{4})-?(\d\d)-?(\d\d)", text or "")
    try:
        return date(*map(int, digits.groups())) if digits else None
    except ValueError:
        return None


def _is_disabled(values: dict[str, list[bytes]]) -> bool:
    control = _text(values, "userAccountControl") or "0"
    by_flag = control.lstrip("-").isdigit() and bool(int(control) & ACCOUNT_DISABLED)
    return by_flag or _text(values, "pwdAccountLockedTime") == LOCKED_BY_HAND
