"""Taking a workbook, checking it, writing it: the check and the writing are jobs; the writing is one transaction."""

import hashlib
import json
from typing import Any

from flask_babel import force_locale
from sqlalchemy import delete, insert, update

from portal import clock, jobs, journal
from portal.access import Viewer
from portal.access.viewer import load
from portal.db import db
from portal.i18n import LANGUAGES, gettext
from portal.imports import reading
from portal.imports.kinds import Kind, Outcome, Step, known
from portal.imports.models import Import, ImportLine, State
from portal.jobs import Context
from portal.words import N_, Sentence
from portal.workflow import Refused

CHECK, WRITE = "imports.check", "imports.write"
SHOWN = 20_000
"""Lines kept for the preview; beyond, only their number is told."""
OVERTAKEN = N_("Since the preview something else was changed. Look at the new preview, then decide again.")


def take(kind: Kind, name: str, content: bytes, by: Viewer) -> Import:
    """A workbook was sent: it is checked in the background. Raises reading.Unreadable for what is no workbook at all."""
    reading.look_inside(content)
    made = Import(kind=kind.name, name=name[:200], content=content, asked_by_id=by.id, asked_at=clock.now())
    db.session.add(made)
    db.session.flush()
    jobs.ask(CHECK, {"import_id": made.id}, key=f"{CHECK}:{made.id}", by=by.id)
    return made


def confirm(one: Import, by: Viewer) -> None:
    """Write what the preview shows. Raises Refused while it cannot be."""
    if not _still(one, State.CHECKED) or one.problems or not one.changes:
        raise Refused(N_("There is nothing to write."))
    one.state = State.WRITING
    jobs.ask(WRITE, {"import_id": one.id}, key=f"{WRITE}:{one.id}", by=by.id)


def drop(one: Import) -> None:
    """Forget what was sent. Raises Refused once it is being written."""
    if not _still(one, State.CHECKED, State.REFUSED, State.CHECKING):
        raise Refused(N_("This import is being written or was written already."))
    one.state, one.content = State.DROPPED, None
    db.session.execute(delete(ImportLine).where(ImportLine.import_id == one.id))


def check_job(context: Context) -> None:
    """Read and check; the preview is kept."""
    one = db.session.get(Import, context.args["import_id"])
    if one is None or one.state is not State.CHECKING or one.content is None:
        return

    def step(done: int, total: int) -> None:
        db.session.execute(update(Import).where(Import.id == context.args["import_id"]).values(done=done, total=total))
        context.step(done, total)

    try:
        found = _checked(one, step)
    except reading.Unreadable as why:
        if _still(one, State.CHECKING):
            _refuse(one, why)
    else:
        if _still(one, State.CHECKING):
            _keep(one, found)
    db.session.commit()


def write_job(context: Context) -> None:
    """Check once more and write all of it; whatever fails in between leaves nothing behind."""
    one = db.session.get(Import, context.args["import_id"], with_for_update=True)
    if one is None or one.state is not State.WRITING or one.content is None:
        return
    by = load(context.asked_by_id or one.asked_by_id, clock.today())
    kind, before = _kind(one), one.digest
    kind.alone()
    try:
        found = _checked(one, context.tell)
    except reading.Unreadable as why:
        _refuse(one, why)
        db.session.commit()
        return
    if found.problems or _digest(found) != before:
        _keep(one, found)
        one.why = _kept(OVERTAKEN)
        db.session.commit()
        return
    kind.write(found, by, context.tell)
    one.state, one.content, one.done, one.total = State.WRITTEN, None, one.changes, one.changes
    told = {"name": one.name, "changes": one.changes, "kind": one.kind}
    journal.write_about("import.written", "import", by, words=told)
    db.session.commit()


def names_of(kind: Kind) -> dict[str, tuple[str, ...]]:
    """What each sheet and column may be called: in every language."""
    found: dict[str, list[str]] = {}
    for language in LANGUAGES:
        with force_locale(language):
            for sheet in kind.sheets:
                found.setdefault(sheet.key, []).append(gettext(sheet.name))
                for key, word in sheet.columns:
                    found.setdefault(f"{sheet.key}.{key}", []).append(gettext(word))
    return {key: tuple(dict.fromkeys(words)) for key, words in found.items()}


def _still(one: Import, *states: State) -> bool:
    """Whether it is in one of these states, and nobody changes that before this transaction ends.

    Asked twice: whoever is refused does not wait for a workbook that is being written.
    """
    if one.state in states:
        db.session.refresh(one, with_for_update=True)
    return one.state in states


def _checked(one: Import, step: Step) -> Outcome:
    """Raises reading.Unreadable for what cannot be read."""
    kind = _kind(one)
    return kind.check(reading.read(one.content or b"", kind.sheets, names_of(kind)), step)


def _kind(one: Import) -> Kind:
    kind = known(one.kind)
    if kind is None:
        raise LookupError(one.kind)
    return kind


def _refuse(one: Import, why: reading.Unreadable) -> None:
    one.state, one.why, one.content = State.REFUSED, _kept(why.sentence), None


def _keep(one: Import, found: Outcome) -> None:
    one.state, one.why, one.digest = State.CHECKED, None, _digest(found)
    one.same, one.problems = found.same, found.problems
    one.changes = len(found.remarks) - found.problems
    db.session.execute(delete(ImportLine).where(ImportLine.import_id == one.id))
    place = {sheet.key: n for n, sheet in enumerate(_kind(one).sheets)}  # as they follow each other in the template
    ordered = sorted(found.remarks, key=lambda remark: (not remark.problem, place.get(remark.sheet, len(place)), remark.row))
    lines = [
        {"import_id": one.id, "n": n, "problem": each.problem, "sheet": each.sheet, "row": each.row, "words": _kept(each.words)}
        for n, each in enumerate(ordered[:SHOWN], 1)
    ]
    if lines:
        db.session.execute(insert(ImportLine), lines)


def _digest(found: Outcome) -> str:
    said = [(each.sheet, each.row, each.problem, _kept(each.words)) for each in found.remarks]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _kept(words: Sentence | str) -> dict[str, Any]:
    if isinstance(words, Sentence):
        return {
            "msgid": words.msgid,
            "figures": {name: value if isinstance(value, int) else str(value) for name, value in words.figures.items()},
        }
    return {"msgid": str(words), "figures": {}}
