"""Who is who: each entry of the directory matched to a person by its stable key, or joining, or not taken and why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.directory.dn import one_spelling
from portal.directory.entry import Entry
from portal.sync.lines import Kind, Line, Who
from portal.sync.mirror import GONE, OFF, Known, Mirror

FIELDS = ("name", "login", "number", "mail", "mobile")


@dataclass
class Matched:
    """The outcome: `told` is everybody of the directory who works here after the run, joiners under their key."""

    told: dict[Who, Entry] = field(default_factory=dict)
    values: dict[int, dict[str, object]] = field(default_factory=dict)  # columns of people we know
    former: dict[str, int] = field(default_factory=dict)  # spellings of DNs that are no longer theirs
    leavers: dict[int, str] = field(default_factory=dict)  # with the fingerprint that remembers why
    signed_out: set[int] = field(default_factory=set)  # disabled in the directory, here all the same
    lines: list[Line] = field(default_factory=list)
    active: int = 0


def match(mirror: Mirror, entries: Iterable[Entry]) -> Matched:
    """Compare, keyed on the directory's stable id alone: login, DN, mail and number may all change."""
    return _Matching(mirror).run(entries)


class _Matching:
    def __init__(self, mirror: Mirror) -> None:
        self.out = Matched()
        self.people = {known.id: known for known in mirror.people}
        self.by_key = {known.key: known for known in mirror.people if known.key}
        self.out.active = sum(1 for known in self.by_key.values() if known.here)
        self.login_of = {known.login.casefold(): known.id for known in mirror.people if known.login}
        self.logins: dict[str, Who] = {}  # whose each will be
        self.numbers: dict[str, Who] = {}

    def run(self, entries: Iterable[Entry]) -> Matched:
        seen: dict[str, Entry] = {}
        for entry in entries:
            if entry.key in seen:
                self._refuse(Kind.TWICE, entry)
            seen.setdefault(entry.key, entry)
        here = self._who_stays(seen)
        self._keep_what_is_theirs(here)
        for known, entry in here:
            self._update(known, entry)
        for key in sorted(seen.keys() - self.by_key.keys()):
            if not seen[key].disabled:
                self._join(seen[key])
        self._same_mails()
        return self.out

    def _who_stays(self, seen: Mapping[str, Entry]) -> list[tuple[Known, Entry]]:
        stay = []
        for key, known in sorted(self.by_key.items()):
            entry = seen.get(key)
            if entry is None or entry.disabled:
                self._leave(known, entry)
                if entry is None or known.status != "leave":
                    continue
            elif not known.here and not known.off_by_directory:
                self._tell(Kind.STILL_THERE, known)
                continue
            elif not known.here:
                self._tell(Kind.RETURNED, known)
                self.out.values[known.id] = {"status": "active", "left_on": None}
            stay.append((known, entry))
        return stay

    def _leave(self, known: Known, entry: Entry | None) -> None:
        if known.status == "leave" and entry is not None:
            self.out.signed_out.add(known.id)  # many companies switch accounts off during a long leave
        elif known.here:
            self.out.leavers[known.id] = OFF + entry.fingerprint if entry else GONE
            self._tell(Kind.LEFT, known, now="disabled" if entry else "missing")

    def _keep_what_is_theirs(self, here: list[tuple[Known, Entry]]) -> None:
        """Whoever keeps a login or a number goes before whoever comes to it."""
        for known, entry in here:
            if known.login and (entry.login or "").casefold() == known.login.casefold():
                self.logins[known.login.casefold()] = known.id
        changing = {known.id for known, entry in here if entry.number and entry.number != known.number}
        self.numbers = {known.number: known.id for known in self.people.values() if known.number and known.id not in changing}

    def _update(self, known: Known, entry: Entry) -> None:
        self.out.told[known.id] = entry
        new: dict[str, object] = {}
        for name in FIELDS:
            was, now = getattr(known, name), getattr(entry, name)
            if now == was or (now is None and name != "mail"):
                continue
            if name in ("login", "number") and not self._takes(name, known.id, entry):
                continue
            new[name] = now
            self._tell(Kind.FIELD, known, name, was or "", now or "")
        self._hired(known, entry.hired_on, new)
        if known.dn and known.dn != entry.dn and one_spelling(known.dn) != one_spelling(entry.dn):
            self.out.former[one_spelling(known.dn)] = known.id
        fingerprint = OFF * entry.disabled + entry.fingerprint
        if fingerprint != known.fingerprint:
            new |= {"dn": entry.dn, "fingerprint": fingerprint}
        if new:
            self.out.values.setdefault(known.id, {}).update(new)

    def _takes(self, name: str, who: Who, entry: Entry) -> bool:
        """Give a login or number to somebody, unless it is somebody else's."""
        login = name == "login"
        holders, wish = (self.logins, (entry.login or "").casefold()) if login else (self.numbers, entry.number or "")
        if holders.setdefault(wish, who) != who:
            self._refuse(Kind.LOGIN_TAKEN if login else Kind.NUMBER_TAKEN, entry, holders[wish])
            return False
        before = self.login_of.get(wish) if login else None
        if before is not None and before != who:  # of somebody who left, or who has another one now
            self.out.values.setdefault(before, {}).setdefault("login", None)
        return True

    def _hired(self, known: Known, day: date | None, new: dict[str, object]) -> None:
        if day and known.hired_on is None:
            new["hired_on"] = day
        elif day and day != known.hired_on:
            self._tell(Kind.HELD_BY_HR, known, "hired_on", str(known.hired_on), str(day))

    def _join(self, entry: Entry) -> None:
        if not entry.login:
            self._refuse(Kind.NO_LOGIN, entry)
            return
        same = self.people.get(holder) if isinstance(holder := self.numbers.get(entry.number or ""), int) else None
        if same and same.key is None and same.here:
            self._tell(Kind.ADOPTED, same, now=entry.login)
            self.out.values[same.id] = {"directory_key": entry.key}
            self._update(same, entry)
            return
        if same and same.key and (not same.here or same.id in self.out.leavers):
            self._refuse(Kind.REHIRED, entry, same.id)
            return
        if holder is not None:
            self._refuse(Kind.NUMBER_TAKEN, entry, holder)
            return
        if not self._takes("login", entry.key, entry):
            return
        if entry.number:
            self.numbers[entry.number] = entry.key
        self.out.told[entry.key] = entry

    def _same_mails(self) -> None:
        sharing: dict[str, list[Who]] = defaultdict(list)
        for who, entry in self.out.told.items():
            if entry.mail:
                sharing[entry.mail.casefold()].append(who)
        for everybody in sharing.values():
            for who in everybody if len(everybody) > 1 else ():
                entry = self.out.told[who]
                self.out.lines.append(Line(Kind.SAME_MAIL, who, entry.name, entry.number, "mail", now=entry.mail or ""))

    def _tell(self, kind: Kind, known: Known, name: str = "", was: str = "", now: str = "") -> None:
        self.out.lines.append(Line(kind, known.id, known.name, known.number, name, was, now))

    def _refuse(self, kind: Kind, entry: Entry, holder: Who | None = None) -> None:
        who = holder if isinstance(holder, int) else None
        self.out.lines.append(Line(kind, who, entry.name, entry.number, "login", now=entry.login or entry.dn, key=entry.key))
