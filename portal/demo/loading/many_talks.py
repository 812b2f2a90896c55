"""The talks of many, twelve a person in a year, and the journal of goals and talks, chained."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain as chain_of
from typing import Any

from sqlalchemy import select, update

from portal.demo.chance import dice, midnight
from portal.demo.loading.fast import Row
from portal.demo.loading.many import Many
from portal.demo.loading.many_goals import Goals, Placed
from portal.demo.many import said, talk_days
from portal.journal import chain
from portal.journal.kinds import KINDS
from portal.journal.models import Tip

TALKS = 12
TOUCHED = 6
"""The latest talks that name the goals they were about."""


class Talks:
    """Check-ins with ids that follow from whose they are: twelve for everybody but the first."""

    def __init__(self, many: Many, goals: Goals) -> None:
        self.many, self.goals, self.shape = many, goals, many.shape
        luck = dice(many.seed, "days")
        self.days = [talk_days(many.today, luck) for _ in many.people]
        self.words: dict[tuple[str, int], tuple[str, str, str, str | None, str]] = {}

    def of(self, number: int, n: int) -> tuple[str, str, str, str | None, str]:
        """What was said in somebody's n-th talk."""
        one = self.many.people[number]
        key = (one.trade, (number * 5 + n) % 24)
        if key not in self.words:
            self.words[key] = said(*key)
        return self.words[key]

    def check_in(self, number: int, n: int) -> int:
        return (number - 1) * TALKS + n + 1

    def held_at(self, number: int, n: int) -> datetime:
        return midnight(self.days[number][n]) + timedelta(hours=9 + number % 8, minutes=n)

    def write(self) -> None:
        """Talks, notes, goals touched, promises."""
        fast = self.many.fast
        fast.rows(
            "check_in",
            (
                "id",
                "person_id",
                "manager_id",
                "recorded_by_id",
                "kind",
                "state",
                "held_on",
                "mood",
                "obstacle",
                "shared_at",
                "confirmed_at",
                "version",
            ),
            self._check_ins(),
        )
        fast.rows("note", ("id", "check_in_id", "voice", "field", "text"), self._notes())
        fast.rows("check_in_goal", ("check_in_id", "objective_id", "confidence"), self._touched())
        fast.rows(
            "action",
            ("id", "what", "person_id", "owner_id", "due", "state", "settled_at", "source_type", "source_id", "version"),
            self._actions(),
        )

    def _each(self) -> Iterator[tuple[int, int, int, int]]:
        """Number, manager's number, which talk, its id."""
        for one in self.many.people[1:]:
            for n in range(TALKS):
                yield one.number, one.manager or 0, n, self.check_in(one.number, n)

    def _check_ins(self) -> Iterator[Row]:
        shape = self.shape
        for number, manager, n, row in self._each():
            at = self.held_at(number, n)
            confirmed = shape.moment(min(at + timedelta(days=2), midnight(self.many.today))) if n < TALKS - 1 else None
            kind = self.of(number, n)[3]
            state = "confirmed" if confirmed else "shared"
            yield (
                row,
                number + 1,
                manager + 1,
                manager + 1,
                "check_in",
                state,
                shape.day(self.days[number][n]),
                None,
                kind,
                shape.moment(at),
                confirmed,
                1,
            )

    def _notes(self) -> Iterator[Row]:
        note = 0
        for number, _, n, row in self._each():
            progress, view, obstacle, _, _ = self.of(number, n)
            for voice, field, text in (
                ("manager", "progress", progress),
                ("manager", "obstacle", obstacle),
                ("employee", "view", view),
            ):
                if text:
                    note += 1
                    yield note, row, voice, field, text

    def _touched(self) -> Iterator[Row]:
        for number, _, n, row in self._each():
            if n >= TALKS - TOUCHED:
                yield row, self.goals.person_objective(number, n % 4), 5 + n % 5

    def _actions(self) -> Iterator[Row]:
        shape = self.shape
        for number, manager, n, row in self._each():
            due = self.days[number][n] + timedelta(days=5 + n % 9)
            is_open = n >= TALKS - 2
            settled = None if is_open else shape.moment(midnight(due) + timedelta(hours=11))
            owner = manager if n % 4 == 0 else number
            state = "open" if is_open else "done"
            yield row, self.of(number, n)[4], number + 1, owner + 1, shape.day(due), state, settled, "check_in", row, 1

    def journal(self, more: Iterator[tuple[Any, ...]]) -> None:
        """Everybody's year in the order it happened for each, interleaved as a company's is."""
        tip = self.many.fast.connection.execute(select(Tip.n, Tip.digest).where(Tip.id == 1).with_for_update()).one()
        log = Log(self.many, tip.n, tip.digest)
        columns = (
            "n",
            "at",
            "kind",
            "guard",
            "actor_id",
            "behalf_id",
            "subject_kind",
            "subject_id",
            "object_type",
            "object_id",
            "was",
            "now",
            "payload_digest",
            "digest",
        )
        self.many.fast.rows("entry", columns, log.chained(chain_of(self._events(), more)))
        self.many.fast.rows("payload", ("entry_n", "words"), log.payloads)
        self.many.fast.connection.execute(update(Tip).where(Tip.id == 1).values(n=log.n, digest=log.digest))

    def _events(self) -> Iterator[tuple[Any, ...]]:
        """Kind, moment, actor, person, object's type and id, was, now, a key for the words, the words."""
        year, quarter = self.goals.agreed["year"], self.goals.agreed["quarter"]
        for n in range(TALKS):
            for one in self.many.people:
                number, person = one.number, one.number + 1
                before = self.held_at(number, n - 1) if n else None
                at = self.held_at(number, n)
                for agreed, which in ((year, (0, 1)), (quarter, (2, 3))):
                    if (before is None or before < agreed) and agreed <= at:
                        yield from self._agreed(one, which, agreed)
                if one.manager is not None:
                    progress, _, obstacle, _, step = self.of(number, n)
                    words = {"progress": progress, **({"obstacle": obstacle} if obstacle else {}), "steps": [step]}
                    key = ("t", one.trade, (number * 5 + n) % 24)
                    yield (
                        "check_in.shared",
                        at,
                        one.manager + 1,
                        person,
                        "check_in",
                        self.check_in(number, n),
                        None,
                        "shared",
                        key,
                        words,
                    )
        for one in self.many.people:
            for placed in self.goals.placed(one.number):
                words = _valued(placed)
                key = ("v", placed.title, placed.standing.confidence)
                at = self.goals.moment_of(placed.id)
                yield "objective.valued", at, one.number + 1, one.number + 1, "objective", placed.id, None, None, key, words

    def _agreed(self, one: Any, which: tuple[int, int], at: datetime) -> Iterator[tuple[Any, ...]]:
        for n in which:
            placed = self.goals.placed(one.number)[n]
            by = (one.manager if one.manager is not None else one.number) + 1
            yield (
                "objective.agree",
                at,
                by,
                one.number + 1,
                "objective",
                placed.id,
                "proposed",
                "agreed",
                ("a", placed.title),
                {"title": placed.title},
            )


def _valued(placed: Placed) -> dict[str, Any]:
    measure, row = placed.standing.drafted.measures[0], placed.standing.measures[0]
    return {
        "title": placed.title,
        "measure": measure.name,
        "unit": row[3],
        "shape": row[1],
        "before": str(measure.baseline),
        "after": str(measure.stands),
        "target": str(measure.target),
        "confidence_before": None,
        "confidence": placed.standing.confidence,
        "comment": "",
        "source": measure.source,
    }


class Log:
    """Chains entries while they stream by; the words that repeat are digested once."""

    def __init__(self, many: Many, n: int, digest: str) -> None:
        self.shape, self.n, self.digest = many.shape, n, digest
        self.payloads: list[Row] = []
        self.known: dict[Any, tuple[str, str]] = {}

    def chained(self, events: Iterator[tuple[Any, ...]]) -> Iterator[Row]:
        """Ready rows of the table of entries."""
        moments: dict[datetime, tuple[str, Any]] = {}
        for kind, at, actor, person, thing, row, was, now, key, words in events:
            self.n += 1
            if key is not None and key not in self.known:
                self.known[key] = chain.digest(words), self.shape.json(words)
            digest, text = self.known[key] if key is not None else (None, "")
            if at not in moments:
                moments[at] = str(at), self.shape.moment(at)
            guard = KINDS[kind].guard.value
            spoken = [self.n, moments[at][0], kind, guard, actor, None, "person", person, thing, row, was, now, digest]
            self.digest = chain.digest(self.digest, [str(part) for part in spoken])
            if text:
                self.payloads.append((self.n, text))
            yield self.n, moments[at][1], kind, guard, actor, None, "person", person, thing, row, was, now, digest, self.digest
