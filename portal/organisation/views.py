"""HR's pages of the organisation: the tree, a unit, people, a person, posts; each of a day."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from flask import Blueprint, abort, g, request, url_for

from portal import access, clock
from portal.access import Act
from portal.db import db
from portal.directory import lines
from portal.directory.models import STAFF, Assignment, Person, Status, Unit
from portal.i18n import company_says, ngettext
from portal.i18n import gettext as _
from portal.organisation import differences as different
from portal.organisation import forms, operations, queries, telling, unfinished
from portal.organisation.handing_over import HandedOver, hand_over
from portal.organisation.operations import Place, Wrong
from portal.organisation.unfinished import HANDED
from portal.sync.lines import FIELD_NAMES
from portal.web import SAFE, Answer, done, page, same_version, whole

bp = Blueprint("organisation", __name__, url_prefix="/organisation")
bp.add_app_template_global(telling.of_lines, "what_waits_on")


@bp.before_request
def one_at_a_time() -> None:
    """Whoever writes here looks at what stands when nobody else is writing."""
    if request.method not in SAFE:
        lines.alone()


def _day() -> date:
    """The day asked for, today by default; what is no day is today."""
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return clock.today()


def _may_read() -> bool:
    """Refuse whoever may not read; whether the viewer keeps the facts too."""
    access.must(Act.SEE_ORGANISATION, g.viewer)
    return access.can(Act.KEEP_ORGANISATION, g.viewer)


def _tried(form: forms.Spoken, work: Callable[[], Any]) -> Any:
    """Do it when the form has its shape; what it must not be is said at its field. None = show the form again."""
    if not form.submitted():
        return None
    try:
        return work() or True
    except Wrong as wrong:
        form.blame(wrong, _(str(wrong)))
        return None


def _status(*asked: forms.Spoken) -> int:
    return 422 if any(form.errors for form in asked) else 200


@bp.get("")
def tree() -> Answer:
    keeps, day = _may_read(), _day()
    return page("organisation/tree.html", day=day, today=clock.today(), nodes=queries.tree(day), keeps=keeps)


@bp.route("/units/new", methods=["GET", "POST"])
def new_unit() -> Answer:
    access.must(Act.KEEP_ORGANISATION, g.viewer)
    today = clock.today()
    above = db.session.get(Unit, request.args.get("below", 0, type=whole))
    form = forms.UnitForm(data={"since": today, "parent": above.name if above else ""})

    def make() -> Unit:
        return operations.make_unit(form.standing, form.since.data or today, g.viewer)

    if made := _tried(form, make):
        return done(url_for(".unit", unit_id=made.id), _("Made."))
    return page("organisation/new_unit.html", status=_status(form), form=form, posts=())


@bp.route("/units/<int:unit_id>", methods=["GET", "POST"])
def unit(unit_id: int) -> Answer:
    """A unit on a day; HR changes it from a day on."""
    keeps = _may_read()
    if request.method == "POST":
        access.must(Act.KEEP_ORGANISATION, g.viewer)
    shown, day, today = queries.unit_or_404(unit_id), _day(), clock.today()
    term, head = queries.term(unit_id, day)
    above = db.session.get(Unit, term.parent_id) if term and term.parent_id else None
    now: dict[str, Any] = {"name": shown.name, "parent": above.name if above else "", "head": queries.called(head)}
    form = forms.UnitForm(data={**now, "since": today, "version": shown.version})

    def change() -> None:
        same_version(shown, form, {**now, "since": today.isoformat()})
        operations.change_unit(shown, form.standing, form.since.data or today, g.viewer)

    if _tried(form, change):
        return done(url_for(".unit", unit_id=unit_id, on=_later(form.since.data)), _("Saved."))
    return page(
        "organisation/unit.html",
        regions={"sitting": "sitting"},
        status=_status(form),
        unit=shown,
        term=term,
        day=day,
        today=today,
        keeps=keeps,
        form=form,
        nodes=queries.tree(day, unit_id),
        terms=queries.terms(unit_id),
        found=queries.sitting_in(unit_id, day, request.args.get("after", 0, type=whole)),
    )


@bp.post("/units/<int:unit_id>/order")
def put(unit_id: int) -> Answer:
    """Up or down among its sisters; back to the list it was pressed in."""
    access.must(Act.KEEP_ORGANISATION, g.viewer)
    shown, today = queries.unit_or_404(unit_id), clock.today()
    operations.put_beside(shown, {"up": -1, "down": 1}.get(request.form.get("to", "")) or abort(400), g.viewer)
    term, _head = queries.term(unit_id, today)
    above = term.parent_id if term else None
    return done(url_for(".unit", unit_id=above, _anchor="below") if above else url_for(".tree"), _("Saved."))


@bp.post("/units/<int:unit_id>/end")
def close_unit(unit_id: int) -> Answer:
    access.must(Act.KEEP_ORGANISATION, g.viewer)
    shown = queries.unit_or_404(unit_id)
    form = forms.CloseForm()
    operations.close_unit(shown, form.day.data or clock.today(), g.viewer)
    return done(url_for(".unit", unit_id=unit_id), _("Saved."))


@bp.get("/people")
def people() -> Answer:
    keeps, day = _may_read(), _day()
    words, bare = request.args.get("q", "").strip()[:80], request.args.get("which") == "bare"
    found = queries.search(words, day, without_account=bare, after=request.args.get("after", 0, type=whole))
    return page(
        "organisation/people.html",
        regions={"found": "found"},
        day=day,
        today=clock.today(),
        words=words,
        bare=bare,
        found=found,
        keeps=keeps,
    )


@bp.route("/people/new", methods=["GET", "POST"])
def new_person() -> Answer:
    access.must(Act.KEEP_ORGANISATION, g.viewer)
    today = clock.today()
    form = forms.NewPersonForm(data={"since": today, "kind": company_says(STAFF)})

    def add() -> Person:
        return operations.add_person(form.newcomer, form.place(), form.since.data or today, g.viewer)

    if made := _tried(form, add):
        return done(url_for(".person", person_id=made.id), _("Added."))
    return page("organisation/new_person.html", status=_status(form), form=form, offered=queries.words_in_use())


@bp.get("/people/<int:person_id>")
def person(person_id: int) -> Answer:
    _may_read()
    return _PersonPage(queries.person_or_404(person_id)).shown()


@bp.post("/people/<int:person_id>/place")
def move(person_id: int) -> Answer:
    return _change(
        person_id,
        "move",
        lambda who, form: operations.move(who, form.place(), form.since.data, g.viewer, pinned=form.held.data),
    )


@bp.post("/people/<int:person_id>/facts")
def facts(person_id: int) -> Answer:
    return _change(person_id, "facts", lambda who, form: operations.change_person(who, form.facts, g.viewer))


@bp.post("/people/<int:person_id>/seconds")
def second(person_id: int) -> Answer:
    def add(who: Person, form: Any) -> None:
        operations.add_second(who, form.place(int(form.share.data * 100)), form.since.data, form.until.data, g.viewer)

    return _change(person_id, "second", add)


@bp.post("/people/<int:person_id>/leaves")
def leave(person_id: int) -> Answer:
    def send(who: Person, form: Any) -> None:
        operations.send_on_leave(who, form.kind.data.strip(), form.since.data, form.until.data, g.viewer)

    return _change(person_id, "leave", send)


@bp.post("/people/<int:person_id>/end")
def let_go(person_id: int) -> Answer:
    return _change(person_id, "gone", lambda who, form: operations.let_go(who, form.day.data, g.viewer))


@bp.post("/people/<int:person_id>/seconds/<int:assignment_id>/end")
def end_second(person_id: int, assignment_id: int) -> Answer:
    access.must(Act.KEEP_ORGANISATION, g.viewer)
    found = queries.second_or_404(person_id, assignment_id)
    operations.end_second(queries.person_or_404(person_id), found, clock.today(), g.viewer)
    return done(url_for(".person", person_id=person_id), _("Saved."))


@bp.post("/people/<int:person_id>/leaves/<int:absence_id>/end")
def end_leave(person_id: int, absence_id: int) -> Answer:
    access.must(Act.KEEP_ORGANISATION, g.viewer)
    found = queries.absence_or_404(person_id, absence_id)
    operations.end_leave(queries.person_or_404(person_id), found, clock.today(), g.viewer)
    return done(url_for(".person", person_id=person_id), _("Saved."))


@bp.get("/left")
def left() -> Answer:
    """People who left and on whom something waits."""
    _may_read()
    found = unfinished.leavers(request.args.get("after", 0, type=whole))
    return page("organisation/left.html", found=found, listed=telling.listed)


@bp.route("/people/<int:person_id>/unfinished", methods=["GET", "POST"], endpoint="unfinished")
def what_waits(person_id: int) -> Answer:
    """What waits on somebody; HR hands it over to a successor."""
    _may_read()
    leaver, form = queries.person_or_404(person_id), forms.HandOverForm(data={"what": list(HANDED)})
    if request.method == "POST":
        access.must(Act.HAND_OVER, g.viewer)
    if went := _tried(form, lambda: hand_over(leaver, form.successor, form.chosen, g.viewer)):
        return done(url_for(".unfinished", person_id=person_id), _went(went))
    may, gone = access.can(Act.HAND_OVER, g.viewer), leaver.status is Status.LEFT
    shown: dict[str, Any] = {
        "person": leaver,
        "left": unfinished.of(person_id),
        "may": may and gone,
        "gone": gone,
        "handed": HANDED,
    }
    return page("organisation/unfinished.html", status=_status(form), form=form, said=telling.said, **shown)


def _went(found: HandedOver) -> str:
    said = [ngettext("%(num)d thing handed over.", "%(num)d things handed over.", found.done)]
    if found.stay:
        stays = ngettext(
            "%(num)d stays: nobody assesses themselves or in two roles, or chooses their own assessor.",
            "%(num)d stay: nobody assesses themselves or in two roles, or chooses their own assessor.",
            found.stay,
        )
        said.append(stays)
    return " ".join(said)


@bp.get("/differences")
def differences() -> Answer:
    keeps, everything = _may_read(), request.args.get("which") == "all"
    found = different.found(request.args.get("after", 0, type=whole), kept=everything)
    return page("organisation/differences.html", found=found, keeps=keeps, everything=everything, fields=FIELD_NAMES)


@bp.post("/differences/<int:run_id>/<int:n>")
def decide(run_id: int, n: int) -> Answer:
    access.must(Act.KEEP_ORGANISATION, g.viewer)
    takes = request.form.get("act") == "take"
    different.decide(run_id, n, takes=takes, by=g.viewer)
    said = _("Taken. The next sync brings it.") if takes else _("Kept. It is asked again only when the directory changes.")
    return done(url_for(".differences"), said)


@bp.get("/posts")
def posts() -> Answer:
    keeps = _may_read()
    return page("organisation/posts.html", posts=queries.posts(), keeps=keeps, offered=queries.words_in_use())


@bp.post("/posts/<int:post_id>")
def post(post_id: int) -> Answer:
    access.must(Act.KEEP_ORGANISATION, g.viewer)
    found, form = queries.post_or_404(post_id), forms.PostForm()
    if not form.submitted():
        return page(
            "organisation/posts.html",
            status=422,
            posts=queries.posts(),
            keeps=True,
            offered=queries.words_in_use(),
            wrong=post_id,
        )
    operations.keep_post(found, (form.family.data or "").strip(), bool(form.key.data), g.viewer)
    return done(url_for(".posts", _anchor=f"post-{post_id}"), _("Saved."))


def _change(person_id: int, name: str, work: Callable[[Person, Any], None]) -> Answer:
    access.must(Act.KEEP_ORGANISATION, g.viewer)
    page_ = _PersonPage(queries.person_or_404(person_id), name)
    form = page_.form(name)

    def change() -> None:
        same_version(page_.person, form, lambda: page_.stands(name))
        work(page_.person, form)

    if _tried(form, change):
        return done(url_for(".person", person_id=person_id), _("Saved."))
    return page_.shown(422)


class _PersonPage:
    """Somebody's page: what stands there, and its forms, of which only the one that was sent reads the request."""

    def __init__(self, person: Person, sent: str = "") -> None:
        self.person, self.sent, self.today = person, sent, clock.today()
        self._made: dict[str, Any] = {}

    @cached_property
    def assignments(self) -> Sequence[Assignment]:
        """Theirs, planned ones included, the latest first."""
        return queries.assignments(self.person.id)

    @cached_property
    def now(self) -> Assignment | None:
        """The first post of today."""
        holds = (a for a in self.assignments if a.primary and a.since <= self.today)
        return next((a for a in holds if a.until is None or a.until > self.today), None)

    def stands(self, name: str) -> dict[str, str]:
        """What stands there now, for the page of a conflict: those fields that this form changes."""
        if name == "move" and (now := self.now):
            place = operations.place_of(now)
            return {"unit": now.unit.name, "post": place.post, "level": place.level, "manager": queries.called(now.manager)}
        facts = {"kind": self.person.kind, "hired_on": str(self.person.hired_on or ""), "pinyin": self.person.pinyin}
        return facts if name == "facts" else {}

    def form(self, name: str) -> Any:
        """One of its forms, made when it is asked for: a save needs its own alone."""
        if name not in self._made:
            of, known = FORMS[name]
            sent = name == self.sent  # then it knows nothing but what was sent
            self._made[name] = of(data=None if sent else known(self), reads=sent).among_others(name)
        return self._made[name]

    @property
    def fresh(self) -> dict[str, Any]:
        """What a form knows that begins something."""
        return {"since": self.today, "version": self.person.version, "day": self.today}

    @property
    def place(self) -> dict[str, Any]:
        """Where they work, as the form has it."""
        now, place = self.now, operations.place_of(self.now) if self.now else Place(0)
        held = {"held": bool(now and now.pinned), "manager": queries.called(now.manager if now else None)}
        return {**self.fresh, **held, "unit": now.unit.name if now else "", "post": place.post, "level": place.level}

    @property
    def facts(self) -> dict[str, Any]:
        """What stands there about the person themselves."""
        return {name: getattr(self.person, name) for name in ("kind", "hired_on", "pinyin", "version")}

    def shown(self, status: int = 200) -> Answer:
        return page(
            "organisation/person.html",
            status=status,
            person=self.person,
            sent=self.sent,
            form={name: self.form(name) for name in FORMS},
            assignments=self.assignments,
            absences=queries.absences(self.person.id),
            keeps=access.can(Act.KEEP_ORGANISATION, g.viewer),
            today=self.today,
            offered=queries.words_in_use(),
        )


FORMS: dict[str, tuple[Any, Callable[[_PersonPage], dict[str, Any]]]] = {
    "move": (forms.MoveForm, lambda page: page.place),
    "second": (forms.SecondForm, lambda page: page.fresh),
    "facts": (forms.PersonForm, lambda page: page.facts),
    "leave": (forms.LeaveForm, lambda page: page.fresh),
    "gone": (forms.CloseForm, lambda page: page.fresh),
}
"""The forms of somebody's page, and what each knows before anything is typed."""


def _later(day: date | None) -> str | None:
    """The day in an address, where it is not today."""
    return day.isoformat() if day and day != clock.today() else None
