"""Check-ins as rows: both voices, the goals they touched, promises, private notes, rhythms."""

from collections.abc import Mapping
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import select

from portal.actions.models import Action
from portal.actions.models import State as Promised
from portal.checkins.models import CheckIn, CheckInGoal, Field, Kind, Note, Obstacle, PrivateNote, Rhythm, State, Voice
from portal.demo.chance import dice, moment
from portal.demo.company import Company
from portal.demo.loading.bulk import Bulk
from portal.demo.loading.people import Known
from portal.demo.talks import OWN_RHYTHMS, RHYTHMS, Promise
from portal.demo.talks import CheckIn as Talk
from portal.goals.models import Measure, MeasureValue


def write_talks(bulk: Bulk, company: Company, known: Known, talks: list[Talk], goals: Mapping[str, int]) -> None:
    """Every talk with what belongs to it, and the entries it would have left."""
    _rhythms(bulk, company, known)
    values = _values(bulk)
    for talk in talks:
        shared, confirmed = talk.shared_at, talk.confirmed_at
        row = bulk.add(
            CheckIn,
            person_id=known.people[talk.person],
            manager_id=known.people[talk.manager],
            recorded_by_id=known.people[talk.manager],
            kind=Kind(talk.kind),
            state=State.CONFIRMED if confirmed else State.SHARED,
            held_on=talk.held,
            mood=talk.mood,
            obstacle=Obstacle(talk.obstacle_kind) if talk.obstacle_kind else None,
            shared_at=shared,
            confirmed_at=confirmed,
        )
        _notes(bulk, row, talk)
        _goals(bulk, row, talk, goals, values)
        for promise in talk.promises:
            _promise(bulk, known, talk, row, promise)
        if talk.private:
            bulk.add(
                PrivateNote,
                id=uuid5(NAMESPACE_OID, talk.private),
                author_id=known.people[talk.manager],
                check_in_id=row,
                text=talk.private,
            )
        _entries(bulk, known, talk, row)


def _rhythms(bulk: Bulk, company: Company, known: Known) -> None:
    every = {("unit", unit): days for unit, days in RHYTHMS.items() if unit != "company"}
    heads = {unit.head for unit in company.units if unit.parent == "company"}
    every |= {("person", head): RHYTHMS["company"] for head in sorted(heads)}
    every |= {("person", "wu.tao"): RHYTHMS["company"]} | {("person", key): days for key, days in OWN_RHYTHMS.items()}
    for (scope, key), days in every.items():
        person = known.people[key] if scope == "person" else None
        bulk.add(Rhythm, person_id=person, unit_id=None if person else known.units[key], every_days=days)


def _values(bulk: Bulk) -> dict[tuple[int, str, object], int]:
    """The ids of the reported values, by (objective, measure's name, moment)."""
    found = select(Measure.objective_id, Measure.name, MeasureValue.at, MeasureValue.id)
    found = found.join(MeasureValue, MeasureValue.measure_id == Measure.id)
    return {(objective, name, at): value for objective, name, at, value in bulk.connection.execute(found)}


def _notes(bulk: Bulk, row: int, talk: Talk) -> None:
    words = (
        (Voice.MANAGER, Field.PROGRESS, talk.progress),
        (Voice.MANAGER, Field.OBSTACLE, talk.obstacle),
        (Voice.MANAGER, Field.SUPPORT, talk.support),
        (Voice.EMPLOYEE, Field.VIEW, talk.view),
    )
    for voice, field, text in words:
        if text:
            bulk.add(Note, check_in_id=row, voice=voice, field=field, text=text)


def _goals(bulk: Bulk, row: int, talk: Talk, goals: Mapping[str, int], values: Mapping[tuple[int, str, object], int]) -> None:
    for touched in talk.touched:
        objective = goals[touched.code]
        bulk.add(
            CheckInGoal,
            check_in_id=row,
            objective_id=objective,
            confidence=touched.value.confidence,
            measure_value_id=values.get((objective, touched.measure, touched.value.at)),
        )


def _promise(bulk: Bulk, known: Known, talk: Talk, row: int, promise: Promise) -> None:
    state = Promised.DROPPED if promise.dropped else Promised.DONE if promise.done else Promised.OPEN
    settled = None
    if state is not Promised.OPEN:
        day = max(promise.done or promise.due, talk.held)
        # After the talk, also when it was done the same day.
        settled = max(moment(day, dice(talk.person, talk.held, promise.what), 9, 18), talk.shared_at)
    about, owner = known.people[talk.person], known.people[promise.owner]
    action = bulk.add(
        Action,
        what=promise.what,
        person_id=about,
        owner_id=owner,
        due=promise.due,
        state=state,
        settled_at=settled,
        source_type="check_in",
        source_id=row,
    )
    if settled:
        kind = "action.dropped" if promise.dropped else "action.done"
        steps = ("open", state.value)
        words = {"what": promise.what, "owner": owner}
        bulk.journal.note(kind, settled, owner, ("person", about), ("action", action), steps=steps, words=words)


def _entries(bulk: Bulk, known: Known, talk: Talk, row: int) -> None:
    about, thing = ("person", known.people[talk.person]), ("check_in", row)
    told = {"progress": talk.progress, "obstacle": talk.obstacle, "support": talk.support}
    words = {**{key: text for key, text in told.items() if text}, "steps": [promise.what for promise in talk.promises]}
    manager, own = known.people[talk.manager], known.people[talk.person]
    bulk.journal.note("check_in.shared", talk.shared_at, manager, about, thing, steps=(None, "shared"), words=words)
    if talk.view:
        view = {"before": "", "after": talk.view}
        at = min(talk.confirmed_at or talk.shared_at, talk.shared_at)
        bulk.journal.note("check_in.viewed", at, own, about, thing, words=view)
    if talk.confirmed_at:
        bulk.journal.note("check_in.confirmed", talk.confirmed_at, own, about, thing, steps=("shared", "confirmed"))
