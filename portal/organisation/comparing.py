"""A workbook of organisation facts compared with what stands there: problems, changes, and the plan to write. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.directory.models import STAFF
from portal.i18n import company_says
from portal.imports import Outcome, Remark, Row
from portal.organisation.operations import Newcomer, Standing
from portal.organisation.snapshot import Known, Snapshot, Stretch
from portal.words import N_, Sentence

Step = Callable[[int, int], None]
EVERY = 1_000
YES = {"是", "yes", "y", "true", "1", "x"}
NO = {"否", "no", "n", "false", "0", ""}
LONGEST = {"name": 80, "post": 80, "level": 20, "kind": 40, "number": 40, "unit": 80}


@dataclass
class Move:
    """The first post of somebody from a day on: the stretch that ends or is corrected, and what stands then."""

    who: Known
    before: Stretch | None
    after: Stretch
    in_place: bool


@dataclass
class Plan:
    """Everything to write."""

    units: list[tuple[str, Standing | None, str, str | None, object, date]] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    facts: list[tuple[Known, str, date | None]] = field(default_factory=list)
    newcomers: list[tuple[Newcomer, Known]] = field(default_factory=list)
    leaves: list[tuple[Known, str, date, date | None]] = field(default_factory=list)
    seconds: list[tuple[Known, Stretch, int]] = field(default_factory=list)


class Bad(Exception):
    """A row that cannot be taken; the sentence says why."""

    def __init__(self, sentence: Sentence | str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Comparing:
    """One comparison. `run` gives the outcome."""

    def __init__(self, snapshot: Snapshot, sheets: Mapping[str, Sequence[Row]], step: Step) -> None:
        self.now, self.sheets, self.step = snapshot, sheets, step
        self.out, self.plan = Outcome(), Plan()
        self.seen: dict[tuple[str, object], int] = {}
        self.unit_names = set(snapshot.units)
        self.parents = {name: snapshot.unit_names.get(standing.parent or 0) for name, (_, standing) in snapshot.units.items()}

    def run(self) -> Outcome:
        work = {"units": self._unit, "people": self._person, "leaves": self._leave, "seconds": self._second}
        whole, n = sum(len(rows) for rows in self.sheets.values()), 0
        for sheet, one in work.items():
            self.sheet = sheet
            for row in self.sheets.get(sheet, ()):
                n += 1
                if n % EVERY == 0:
                    self.step(n, whole)
                before = len(self.out.remarks)
                try:
                    one(row)
                except Bad as bad:
                    self._say(row, bad.sentence, problem=True)
                self.out.same += len(self.out.remarks) == before
        self._no_circles()
        self.out.plan = self.plan
        return self.out

    # Departments

    def _unit(self, row: Row) -> None:
        name = self._text(row, "name", LONGEST["name"]) or _bad(N_("The name is missing."))
        self._once(row, name)
        above, since = self._text(row, "parent", 80), self._day(row, "since") or self.now.day
        if above is not None and above not in self.unit_names | {
            str(other.cells.get("name")) for other in self.sheets["units"]
        }:
            _bad(N_("There is no department called %(name)s.", name=above))
        head = self._whom(row, "head")
        known = self.now.units.get(name)
        was = known[1] if known else None
        if was and (self.now.unit_names.get(was.parent or 0), was.head) == (above, head.id if head else None):
            return
        self.unit_names.add(name)
        self.parents[name] = above
        self.plan.units.append((name, was, name, above, head, since))
        if was is None:
            self._say(row, N_("New department %(name)s", name=name))
            return
        self._differs(
            row,
            N_("%(name)s hangs below %(now)s instead of %(was)s"),
            name,
            self.now.unit_names.get(was.parent or 0),
            above,
        )
        former = self.now.people.get(was.head or 0)
        self._differs(
            row,
            N_("%(name)s is headed by %(now)s instead of %(was)s"),
            name,
            former and former.name,
            head and head.name,
        )

    # People

    def _person(self, row: Row) -> None:
        number, login = self._text(row, "number", LONGEST["number"]), self._text(row, "login", 80)
        who = self.now.meant(number) or self.now.meant(login)
        if who is None and login:
            _bad(N_("Nobody has the account %(login)s.", login=login))
        self._once(row, number or login or _bad(N_("Neither number nor account.")))
        since, unit = self._day(row, "since") or self.now.day, self._unit_of(row)
        if who is None:
            self._newcomer(row, number or "", unit, since)
            return
        before = who.at(since)
        manager, held = self._whom(row, "manager"), self._yes(row, "held")
        if manager is not None and manager.id == who.id:
            _bad(N_("%(name)s cannot be their own manager.", name=who.name))
        unit = unit or (before.unit if before else None) or _bad(N_("%(name)s has no department.", name=who.name))
        post, level = self._text(row, "post", LONGEST["post"]) or "", self._text(row, "level", LONGEST["level"]) or ""
        after = Stretch(None, unit, post, level, manager.id if manager else None, held, since, before.until if before else None)
        if before is None or before.facts != after.facts:
            self._moves(row, who, before, after)
        kind = self._text(row, "kind", LONGEST["kind"]) or who.kind
        hired = self._day(row, "hired_on") or who.hired_on
        if (kind, hired) != (who.kind, who.hired_on):
            self.plan.facts.append((who, kind, hired))
            self._differs(row, N_("%(name)s: person type %(now)s instead of %(was)s"), who.name, who.kind, kind)
            self._differs(row, N_("%(name)s: first day %(now)s instead of %(was)s"), who.name, who.hired_on, hired)

    def _newcomer(self, row: Row, number: str, unit: str | None, since: date) -> None:
        name = self._text(row, "name", LONGEST["name"]) or _bad(
            N_("Nobody has this number. For somebody new the name is missing.")
        )
        unit = unit or _bad(N_("%(name)s has no department.", name=name))
        kind, manager = self._text(row, "kind", LONGEST["kind"]) or company_says(STAFF), self._whom(row, "manager")
        who = Known(None, name, number, None, kind, self._day(row, "hired_on") or since, True)
        post, level = self._text(row, "post", LONGEST["post"]) or "", self._text(row, "level", LONGEST["level"]) or ""
        stretch = Stretch(None, unit, post, level, manager.id if manager else None, False, since, None)
        self.plan.newcomers.append((Newcomer(name, number, kind), who))
        self.plan.moves.append(Move(who, None, stretch, False))
        self._say(row, N_("New without an account: %(name)s, %(unit)s", name=name, unit=unit))

    def _moves(self, row: Row, who: Known, before: Stretch | None, after: Stretch) -> None:
        later = [one.since for one in who.stretches if one.since > after.since]
        if before is None:
            after.until = min(later, default=None)
        in_place = before is not None and before.since == after.since
        self.plan.moves.append(Move(who, before, after, in_place))
        pairs: tuple[tuple[str, object, object], ...] = (
            (N_("%(name)s: department %(now)s instead of %(was)s"), before and before.unit, after.unit),
            (N_("%(name)s: position %(now)s instead of %(was)s"), before and before.post, after.post),
            (N_("%(name)s: level %(now)s instead of %(was)s"), before and before.level, after.level),
            (
                N_("%(name)s: manager %(now)s instead of %(was)s"),
                before and self._name(before.manager_id),
                self._name(after.manager_id),
            ),
        )
        for sentence, was, now in pairs:
            self._differs(row, sentence, who.name, was, now)
        if before is not None and before.held != after.held:
            ours, theirs = (
                N_("%(name)s: HR holds the post from now on"),
                N_("%(name)s: the directory decides about the post again"),
            )
            self._say(row, Sentence(ours if after.held else theirs, {"name": who.name}))

    def _name(self, person_id: int | None) -> str | None:
        return self.now.people[person_id].name if person_id in self.now.people else None

    # Leave and second posts

    def _leave(self, row: Row) -> None:
        who = self._whom(row, "number") or _bad(N_("Nobody has this number or account."))
        kind = self._text(row, "kind", 40) or _bad(N_("The kind of leave is missing."))
        since, until = self._day(row, "since") or _bad(N_("The first day is missing.")), self._day(row, "until")
        self._span(since, until)
        if (kind, since, until) in self.now.leaves.get(who.id or 0, ()):
            return
        self._once(row, (who.id, since))
        if any(_meet(since, until, one, end) for _, one, end in self.now.leaves.get(who.id or 0, ())):
            _bad(N_("%(name)s is on leave at that time already.", name=who.name))
        self.plan.leaves.append((who, kind, since, until))
        self._say(row, N_("%(name)s on leave from %(day)s: %(kind)s", name=who.name, day=since.isoformat(), kind=kind))

    def _second(self, row: Row) -> None:
        who = self._whom(row, "number") or _bad(N_("Nobody has this number or account."))
        unit = self._unit_of(row) or _bad(N_("The department is missing."))
        since, until = self._day(row, "since") or _bad(N_("The first day is missing.")), self._day(row, "until")
        self._span(since, until)
        manager, share = self._whom(row, "manager"), self._share(row)
        post, level = self._text(row, "post", LONGEST["post"]) or "", self._text(row, "level", LONGEST["level"]) or ""
        mine = self.now.seconds.get(who.id or 0, [])
        if (unit, post, level, manager.id if manager else None, share, since, until) in mine:
            return
        self._once(row, (who.id, unit, since))
        together = [one for one in mine if _meet(since, until, one[5], one[6])]
        if any(one[0] == unit for one in together):
            _bad(N_("%(name)s has a post in %(unit)s at that time already.", name=who.name, unit=unit))
        if sum(one[4] for one in together) + share >= 10_000:
            _bad(N_("Nothing would be left for the first post of %(name)s.", name=who.name))
        stretch = Stretch(None, unit, post, level, manager.id if manager else None, False, since, until)
        self.plan.seconds.append((who, stretch, share))
        self._say(row, N_("%(name)s: second post in %(unit)s", name=who.name, unit=unit))

    # What is true of all of it together

    def _no_circles(self) -> None:
        self.sheet = "units"
        for name, *_rest in self.plan.units:
            if name in _in_circles(self.parents):
                row = Row(self.seen["units", name], {})
                self._say(row, N_("%(name)s would hang below itself.", name=name), problem=True)
        self.sheet = "people"
        if not self.plan.moves:
            return
        changed = {id(move.who): move for move in self.plan.moves}
        days = {move.after.since for move in self.plan.moves}
        days |= {one.since for who in self.now.people.values() for one in who.stretches if one.since > min(days)}
        told: set[int] = set()
        for day in sorted(days):
            above = {who.id: _manager_on(who, changed.get(id(who)), day) for who in self.now.people.values()}
            for i in _in_circles(above) - told:
                who = self.now.people[i]
                row_n = self.seen.get(("people", who.number)) or self.seen.get(("people", who.login))
                if row_n is not None:
                    told.add(i)
                    told_day = day.isoformat()
                    sentence = N_("%(name)s would be their own superior on %(day)s.", name=who.name, day=told_day)
                    self._say(Row(row_n, {}), sentence, problem=True)

    # Cells

    def _say(self, row: Row, words: Sentence | str, *, problem: bool = False) -> None:
        self.out.remarks.append(Remark(self.sheet, row.n, words, problem))

    def _differs(self, row: Row, sentence: str, name: str, was: object, now: object) -> None:
        if (was or None) != (now or None):
            self._say(row, Sentence(sentence, {"name": name, "was": was or "–", "now": now or "–"}))

    def _once(self, row: Row, key: object) -> None:
        before = self.seen.setdefault((self.sheet, key), row.n)
        if before != row.n:
            _bad(N_("The same as row %(row)s.", row=before))

    def _text(self, row: Row, column: str, most: int) -> str | None:
        value = row.cells.get(column)
        text = None if value is None else str(value).strip()
        if text and len(text) > most:
            _bad(N_("At most %(max)d characters: %(text)s …", max=most, text=text[:20]))
        return text or None

    def _day(self, row: Row, column: str) -> date | None:
        value = row.cells.get(column)
        if value is None or isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value).strip().replace("/", "-").replace(".", "-"))
        except ValueError:
            raise Bad(N_("%(text)s is no day: write 2026-03-31.", text=str(value)[:20])) from None

    def _whom(self, row: Row, column: str) -> Known | None:
        value = row.cells.get(column)
        if value is None:
            return None
        return self.now.meant(value) or _bad(N_("Nobody has the number or account %(text)s.", text=str(value)[:40]))

    def _unit_of(self, row: Row) -> str | None:
        name = self._text(row, "unit", LONGEST["unit"])
        if name is not None and name not in self.unit_names:
            _bad(N_("There is no department called %(name)s.", name=name))
        return name

    def _yes(self, row: Row, column: str) -> bool:
        text = str(row.cells.get(column) if row.cells.get(column) is not None else "").strip().lower()
        return text in YES if text in YES | NO else _bad(N_("Write yes or no, not %(text)s.", text=text[:20]))

    def _share(self, row: Row) -> int:
        value = row.cells.get("share")
        try:
            share = round(float(str(value).rstrip("%")) * 100)
        except (ValueError, OverflowError):
            share = 0
        return share if 100 <= share <= 9_900 else _bad(N_("A share between 1 and 99 per cent is wanted."))

    def _span(self, since: date, until: date | None) -> None:
        if until is not None and until <= since:
            _bad(N_("It must end after it begins."))


def _bad(sentence: Sentence | str) -> Any:
    raise Bad(sentence)


def _meet(since: date, until: date | None, other: date, end: date | None) -> bool:
    return (end is None or since < end) and (until is None or other < until)


def _manager_on(who: Known, move: Move | None, day: date) -> int | None:
    stretch = who.at(day)
    if move is not None and move.after.holds(day):
        stretch = move.after
    return stretch.manager_id if stretch else None


def _in_circles(above: Mapping[Any, Any]) -> set[Any]:
    """Those whose line upwards comes back to them."""
    found: set[Any] = set()
    sound: set[Any] = set()
    for start in above:
        line: dict[Any, None] = {}
        step = start
        while step is not None and step not in sound and step not in line:
            line[step] = None
            step = above.get(step)
        if step is not None and step in line:
            way = list(line)
            found |= set(way[way.index(step) :])
        sound |= line.keys()
    return found
