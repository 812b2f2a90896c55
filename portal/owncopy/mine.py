"""What the portal knows of somebody: who they are, where they work, roles, delegations, sessions, drafts, prints."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from portal.access import Viewer
from portal.access.models import Delegation, RoleGrant
from portal.access.words import ROLES, word_of
from portal.accounts.devices import device_of
from portal.accounts.models import LoginSession, Why
from portal.checkins.forms import REASONS
from portal.checkins.models import Pause, Rhythm
from portal.db import db
from portal.directory.models import Absence, Assignment, Person, Post, Status, Unit, UnitTerm
from portal.drafts.models import Draft
from portal.formats import last_day
from portal.i18n import gettext as _
from portal.owncopy.sections import Column, Record, Section
from portal.printing.models import Document, PrintedCopy
from portal.words import N_

STATUS = {Status.ACTIVE: N_("works here"), Status.LEAVE: N_("on leave"), Status.LEFT: N_("has left")}
SHARE = 10_000
ENDS = {
    Why.SIGNED_OUT: N_("signed out"),
    Why.ELSEWHERE: N_("signed out from another session"),
    Why.REPLACED: N_("replaced by a newer one"),
    Why.LEFT: N_("the account was switched off"),
    Why.ADMIN: N_("ended by an administrator"),
}
FACTS = (
    Column("name", N_("Name")),
    Column("reading", N_("Reading of the name")),
    Column("number", N_("Employee number")),
    Column("login", N_("Account")),
    Column("mail", N_("E-mail")),
    Column("mobile", N_("Mobile")),
    Column("type", N_("Person type")),
    Column("status", N_("Status"), STATUS),
    Column("hired_on", N_("Hired on")),
    Column("left_on", N_("Left on")),
    Column("language", N_("Language")),
    Column("department", N_("Department")),
    Column("rhythm_days", N_("Days between two check-ins")),
)


def person(viewer: Viewer) -> Iterator[Record]:
    """The own row, as the directory and HR keep it."""
    found = select(Person, Unit.name, Rhythm.every_days).outerjoin(Unit, Unit.id == Person.unit_id)
    found = found.outerjoin(Rhythm, Rhythm.person_id == Person.id).where(Person.id == viewer.id)
    for one, unit, days in db.session.execute(found):
        known: dict[str, Any] = {"name": one.name, "reading": one.pinyin, "number": one.number, "login": one.login}
        known |= {"mail": one.mail, "mobile": one.mobile, "type": one.kind, "status": one.status, "hired_on": one.hired_on}
        yield known | {"left_on": one.left_on, "language": one.language, "department": unit, "rhythm_days": days}


def assignments(viewer: Viewer) -> Iterator[Record]:
    """Where somebody works and worked, and which departments they head."""
    boss = aliased(Person)
    found = select(Assignment, Unit.name, Post.name, boss.name).join(Unit, Unit.id == Assignment.unit_id)
    found = found.outerjoin(Post, Post.id == Assignment.post_id).outerjoin(boss, boss.id == Assignment.manager_id)
    for row, unit, post, manager in db.session.execute(
        found.where(Assignment.person_id == viewer.id).order_by(Assignment.since, Assignment.id)
    ):
        what = _("main post") if row.primary else _("second post")
        yield (
            _dated(row)
            | {"what": what, "department": unit, "post": post, "level": row.level, "manager": manager}
            | {"percent": row.share * 100 // SHARE}
        )
    heads = select(UnitTerm, Unit.name).join(Unit, Unit.id == UnitTerm.unit_id).where(UnitTerm.head_id == viewer.id)
    for term, unit in db.session.execute(heads.order_by(UnitTerm.since, UnitTerm.id)):
        yield _dated(term) | {"what": _("head of the department"), "department": unit}


def pauses(viewer: Viewer) -> Iterator[Record]:
    """When one's check-ins rested by hand."""
    mine = select(Pause).where(Pause.person_id == viewer.id).order_by(Pause.since, Pause.id)
    for row in db.session.scalars(mine):
        yield {"what": str(REASONS[row.reason]), **_dated(row)}


def absences(viewer: Viewer) -> Iterator[Record]:
    mine = select(Absence).where(Absence.person_id == viewer.id).order_by(Absence.since, Absence.id)
    for row in db.session.scalars(mine):
        yield _dated(row) | {"what": row.kind}


def roles(viewer: Viewer) -> Iterator[Record]:
    found = select(RoleGrant, Unit.name).outerjoin(Unit, Unit.id == RoleGrant.unit_id).where(RoleGrant.person_id == viewer.id)
    for row, unit in db.session.execute(found.order_by(RoleGrant.since, RoleGrant.id)):
        yield _dated(row) | {"role": row.role, "department": unit}


def delegations(viewer: Viewer) -> Iterator[Record]:
    """Both ways, those that are over too."""
    giver, taker = aliased(Person), aliased(Person)
    found = select(Delegation, giver.name, taker.name).join(giver, giver.id == Delegation.giver_id)
    found = found.join(taker, taker.id == Delegation.taker_id)
    mine = or_(Delegation.giver_id == viewer.id, Delegation.taker_id == viewer.id)
    for row, gave, took in db.session.execute(found.where(mine).order_by(Delegation.since, Delegation.id)):
        yield _dated(row) | {"giver": gave, "taker": took, "act": _(word_of(row.act)), "reason": row.reason}


def sessions(viewer: Viewer) -> Iterator[Record]:
    mine = select(LoginSession).where(LoginSession.person_id == viewer.id).order_by(LoginSession.id.desc())
    for row in db.session.scalars(mine.execution_options(yield_per=200)):
        known = {"created": row.created, "seen": row.seen, "device": device_of(row.agent), "browser": row.agent}
        yield known | {"address": row.ip, "ended": row.revoked_at, "why": row.why}


def drafts(viewer: Viewer) -> Iterator[Record]:
    """What was typed and not sent."""
    for row in db.session.scalars(select(Draft).where(Draft.person_id == viewer.id).order_by(Draft.id)):
        fields = [{"field": name, "text": "\n".join(texts)} for name, texts in row.fields.items()]
        yield {"form": row.form, "at": row.at, "fields": fields}


def prints(viewer: Viewer) -> Iterator[Record]:
    """Papers somebody had printed: their numbers, not what stands on them."""
    found = select(PrintedCopy, Document.number).join(Document, Document.id == PrintedCopy.document_id)
    for row, number in db.session.execute(found.where(PrintedCopy.printed_by_id == viewer.id).order_by(PrintedCopy.at)):
        yield {"number": number, "version": row.version, "at": row.at, "pages": row.pages, "code": row.code}


def _dated(row: Any) -> dict[str, Any]:
    return {"since": row.since, "last": last_day(row.until) if row.until else None}


SINCE, LAST = Column("since", N_("Begins on")), Column("last", N_("Last day"))
SECTIONS = (
    Section(
        "person",
        N_("Who I am"),
        N_("As the company's directory and HR keep it."),
        FACTS,
        person,
        frozenset({"rhythm.person_id"}),
    ),
    Section(
        "organisation",
        N_("Where I work and worked"),
        N_("Posts, managers, and the departments I head."),
        (
            Column("what", N_("What")),
            SINCE,
            LAST,
            Column("department", N_("Department")),
            Column("post", N_("Post")),
            Column("level", N_("Level")),
            Column("manager", N_("Manager")),
            Column("percent", N_("Share, per cent")),
        ),
        assignments,
        frozenset({"assignment.person_id", "unit_term.head_id"}),
    ),
    Section(
        "leave", N_("Leave"), "", (Column("what", N_("Kind of leave")), SINCE, LAST), absences, frozenset({"absence.person_id"})
    ),
    Section(
        "pauses",
        N_("Pauses of check-ins"),
        "",
        (Column("what", N_("Reason")), SINCE, LAST),
        pauses,
        frozenset({"pause.person_id"}),
    ),
    Section(
        "roles",
        N_("Roles"),
        "",
        (Column("role", N_("Role"), ROLES), Column("department", N_("Department")), SINCE, LAST),
        roles,
        frozenset({"role_grant.person_id"}),
    ),
    Section(
        "delegations",
        N_("Delegation"),
        N_("What I handed on and what was handed to me."),
        (
            Column("giver", N_("Handed on by")),
            Column("taker", N_("Handed on to")),
            Column("act", N_("What was handed on")),
            SINCE,
            LAST,
            Column("reason", N_("Reason")),
        ),
        delegations,
        frozenset({"delegation.giver_id", "delegation.taker_id"}),
    ),
    Section(
        "sessions",
        N_("Sessions and devices"),
        N_("Where I was signed in, as long as that is kept."),
        (
            Column("created", N_("Signed in")),
            Column("seen", N_("Last used")),
            Column("device", N_("Device")),
            Column("browser", N_("Browser, as it calls itself")),
            Column("address", N_("Network address")),
            Column("ended", N_("Ended")),
            Column("why", N_("Why it ended"), ENDS),
        ),
        sessions,
        frozenset({"login_session.person_id"}),
    ),
    Section(
        "drafts",
        N_("Unsent drafts"),
        N_("What I typed and have not sent."),
        (
            Column("form", N_("Form")),
            Column("at", N_("Last change")),
            Column("fields", N_("Fields"), parts=(Column("field", N_("Field")), Column("text", N_("Text")))),
        ),
        drafts,
        frozenset({"draft.person_id"}),
    ),
    Section(
        "prints",
        N_("Papers I had printed"),
        N_("Their numbers. What a paper says is not kept with it."),
        (
            Column("number", N_("Number")),
            Column("version", N_("Version")),
            Column("at", N_("Printed")),
            Column("pages", N_("Pages")),
            Column("code", N_("Code")),
        ),
        prints,
        frozenset({"printed_copy.printed_by_id"}),
    ),
)
