"""Pages of the dialogue: my talks, record one, one talk, one's own view."""

from datetime import date, timedelta
from typing import Any, TypeGuard

from flask import g, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from portal import access, clock, drafts, files
from portal.access import Act
from portal.access.switches import enabled
from portal.checkins import filing, forms, operations, pacing, prompts, queries
from portal.checkins.forms import PreparationForm, ViewForm, WordsForm, record_form
from portal.checkins.models import Field, Kind, Obstacle, Voice
from portal.checkins.operations import Said
from portal.checkins.views.blueprint import bp
from portal.i18n import gettext as _
from portal.settings.queries import number
from portal.web import Answer, Clash, Conflict, answers, choices_of, done, page, same_version, typed, whole
from portal.workflow import NotHeld


@bp.get("")
def index() -> Answer:
    today = clock.today()
    talks = queries.between(g.viewer, None, _before())
    return page(
        "checkins/index.html",
        regions={"talks": "talks"},
        people=queries.people(g.viewer, today),
        own=queries.own_standing(g.viewer, today),
        sets=pacing.sets_units(g.viewer),
        talks=talks[: queries.PAGE],
        more=talks[queries.PAGE - 1] if len(talks) > queries.PAGE else None,
        today=today,
    )


@bp.get("/next")
def begin() -> Answer:
    """The middle button of the phone: the record that is due first, or one's own preparation."""
    first = next(iter(queries.people(g.viewer, clock.today())), None)
    return redirect(url_for(".record", person_id=first.id) if first else url_for(".prepare"), 303)


@bp.route("/people/<int:person_id>/record", methods=["GET", "POST"])
@drafts.resumes
def record(person_id: int) -> Answer:
    if request.method == "POST" and request.form.get("act") != "share":
        return _keep(person_id)
    try:
        talk = queries.talk_with(g.viewer, person_id, clock.today())
    except (NotFound, NotHeld):
        draft = drafts.find(g.viewer.id, request.path) if request.method != "POST" else None
        if draft is None:
            raise
        return redirect(url_for("drafts.show", draft_id=draft.id), 303)  # they moved or left: what was written is still there
    if request.method != "POST":
        draft = drafts.find(g.viewer.id, request.path)
        return _form_page(talk, _kept_form(talk, draft), draft)
    form = record_form(talk, today=clock.today(), steps=_rows(request.form), posted=request.form)
    kept = drafts.find(g.viewer.id, request.path)
    if not form.validate():
        return _form_page(talk, form, kept, 422)
    if _is_behind(kept):
        _upon(kept, form)
    check_in = operations.share(talk, _said(talk, form), g.viewer)
    operations.forget_draft(g.viewer, request.path)
    return done(url_for(".show", check_in_id=check_in.id), _("Shared with %(name)s.", name=talk.person_name))


@bp.route("/preparation", methods=["GET", "POST"])
def prepare() -> Answer:
    today = clock.today()
    pair = queries.own_standing(g.viewer, today)
    mine = queries.prepared_by(g.viewer)
    stored = {"text": queries.words(mine, Voice.EMPLOYEE).get(Field.VIEW, "")}
    form = PreparationForm(data={**stored, "version": mine.version if mine else 0})
    if form.submitted():
        if mine:
            same_version(mine, form, stored)
        operations.prepare(g.viewer, {Field.VIEW: form.text.data or ""}, today)
        drafts.drop(g.viewer.id, request.path)
        return done(url_for(".prepare"), _("Saved. Your manager sees it when recording the check-in."))
    return page(
        "checkins/prepare.html",
        regions={"preparation": "preparation", "saved": "saved"},
        form=form,
        pair=pair,
        mine=mine,
        promises=queries.promises(g.viewer, g.viewer.id),
        asked=prompts.asked(Kind.CHECK_IN),
        today=today,
        status=422 if form.errors else 200,
    )


@bp.get("/<int:check_in_id>")
def show(check_in_id: int) -> Answer:
    return _show(queries.check_in_or_404(g.viewer, check_in_id))


@bp.post("/<int:check_in_id>/view")
def view(check_in_id: int) -> Answer:
    check_in, acts = queries.to_change(g.viewer, check_in_id, Act.ADD_OWN_VIEW)
    if request.form.get("act") == "files":
        return _to_files(check_in_id)
    form, stored = ViewForm(), {"text": queries.words(check_in, Voice.EMPLOYEE).get(Field.VIEW, "")}
    confirms, text = request.form.get("act") == "confirm", form.text.data or ""
    if text.strip() or not confirms:
        if not form.submitted():
            return _show(check_in, form, 422)
        same_version(check_in, form, stored)
        if text != stored["text"] or not confirms:
            operations.add_view(check_in, text, g.viewer, acts, clock.today())
        drafts.drop(g.viewer.id, request.path)
    else:
        answers(check_in)
    if confirms:
        operations.confirm(check_in, g.viewer, acts, clock.now())
    said = _("Confirmed.") if confirms else _("Your view stands beside it.")
    return done(url_for(".show", check_in_id=check_in_id), said)


@bp.post("/<int:check_in_id>/confirmation")
def confirm(check_in_id: int) -> Answer:
    check_in, acts = queries.to_change(g.viewer, check_in_id, Act.ADD_OWN_VIEW)
    answers(check_in)
    operations.confirm(check_in, g.viewer, acts, clock.now())
    return done(url_for(".show", check_in_id=check_in_id), _("Confirmed."))


@bp.route("/<int:check_in_id>/words", methods=["GET", "POST"])
def words(check_in_id: int) -> Answer:
    check_in, acts = queries.to_change(g.viewer, check_in_id, Act.RECORD_CHECK_IN)
    said = queries.words(check_in, Voice.MANAGER)
    fields = {"progress": Field.PROGRESS, "obstacle_text": Field.OBSTACLE, "support": Field.SUPPORT}
    stored = {name: said.get(where, "") for name, where in fields.items()}
    form = WordsForm(data={**stored, "version": check_in.version})
    if form.submitted():
        same_version(check_in, form, stored)
        operations.correct(check_in, _words(form), g.viewer, acts)
        drafts.drop(g.viewer.id, request.path)
        return done(url_for(".show", check_in_id=check_in_id), _("Saved."))
    status = 422 if form.errors else 200
    return page("checkins/words.html", regions={"words": "words"}, check_in=check_in, form=form, status=status)


@bp.post("/<int:check_in_id>/note")
def note(check_in_id: int) -> Answer:
    check_in, _acts = queries.to_change(g.viewer, check_in_id, Act.RECORD_CHECK_IN)
    operations.keep_note(check_in, request.form.get("text", "").strip()[:20_000], g.viewer)
    if request.form.get("act") == "files":
        return done(url_for("files.beside", kind=filing.KIND, object_id=check_in_id))
    return done(url_for(".show", check_in_id=check_in_id), _("Saved. Only you see it."))


def _to_files(check_in_id: int) -> Answer:
    """Without a script the way to the files leaves the page: the view that is being written is kept as a draft."""
    if request.form.get("text", "").strip():
        drafts.keep(
            g.viewer.id, request.path, {**typed().to_dict(flat=False), "version": request.form.get("version", "")}, clock.now()
        )
    return done(url_for("files.beside", kind=filing.KIND, object_id=check_in_id))


def _show(check_in: Any, form: ViewForm | None = None, status: int = 200) -> Answer:
    acts = access.acts_on(g.viewer, check_in)
    beside = files.met(filing.beside(check_in, acts))
    own = queries.words(check_in, Voice.EMPLOYEE)
    form = form or ViewForm(data={"text": own.get(Field.VIEW, ""), "version": check_in.version})
    return page(
        "checkins/show.html",
        regions={"view": "view", "talk": "talk"},
        check_in=check_in,
        acts=acts,
        form=form,
        today=clock.today(),
        status=status,
        theirs=queries.words(check_in, Voice.MANAGER),
        own=own,
        Field=Field,
        actions=queries.actions_of(g.viewer, check_in),
        goals=queries.goals_of(g.viewer, check_in) if enabled("goals") else [],
        note=queries.private_note(g.viewer, check_in.id) if Act.RECORD_CHECK_IN in acts else None,
        open_until=number("view_days"),
        beside=beside,
        shown=files.of(g.viewer, {beside.kind: [check_in.id]})[beside.kind, check_in.id],
        kinds=forms.KINDS,
        obstacles=forms.OBSTACLES,
        moods=forms.MOODS,
    )


def _form_page(talk: queries.Talk, form: forms.RecordForm, draft: drafts.Draft | None, status: int = 200) -> Answer:
    return page(
        "checkins/record.html",
        regions={"saved": "saved", "record": "record", "questions": "questions"},
        chosen=(chosen := _kind(form)),
        kinds=forms.KINDS,
        asked=prompts.asked(chosen),
        talk=talk,
        form=form,
        draft=draft,
        today=clock.today(),
        status=status,
        Field=Field,
        rows=[n for n in range(1, forms.MOST + 1) if f"what_{n}" in form],
        prepared=queries.words(talk.prepared, Voice.EMPLOYEE),
        said=queries.words(talk.last, Voice.MANAGER),
    )


def _kind(form: forms.RecordForm) -> Kind:
    """The kind of talk as it stands in the form, or as it was just chosen there."""
    wanted = request.args.get("kind") or form.kind.data
    return Kind(wanted) if wanted in set(Kind) else Kind.CHECK_IN


def _kept_form(talk: queries.Talk, draft: drafts.Draft | None) -> forms.RecordForm:
    if draft is None:
        return record_form(talk, today=clock.today(), steps=forms.STEPS, data=_prefilled(talk))
    kept = MultiDict((name, said) for name, texts in draft.fields.items() for said in texts)
    return record_form(talk, today=clock.today(), steps=_rows(kept), posted=kept)


def _prefilled(talk: queries.Talk) -> dict[str, Any]:
    figures = {f"value_{goal.measure_id}": goal.now for goal in talk.goals if goal.measure_id}
    return {
        "held_on": clock.today(),
        "kind": Kind.CHECK_IN.value,
        "owner_1": str(talk.person_id),
        "due_1": _next(talk.pair),
        **figures,
    }


def _next(pair: queries.Pair) -> date:
    """The day a step is promised for unless somebody says another: the next talk's."""
    return clock.today() + timedelta(days=pair.every)


def _keep(person_id: int) -> Answer:
    """Autosave, «save draft» and «one more step»: keep every word as it was typed, valid or not.

    Sent with every change, so it looks at the form itself only where two devices wrote in it.
    """
    pair, _held = queries.recorded(g.viewer, person_id, clock.today())
    kept = drafts.find(g.viewer.id, request.path)
    if _is_behind(kept):
        talk = queries.talk_with(g.viewer, person_id, clock.today())
        _upon(kept, record_form(talk, today=clock.today(), steps=_rows(request.form), posted=request.form))
    fields = {name: text for name, text in typed().items() if name != "act"}
    rows = min(_rows(request.form) + (request.form.get("act") == "more"), forms.MOST)
    fields = {f"due_{rows}": _next(pair).isoformat(), **fields, "rows": str(rows)}
    drafts.keep(g.viewer.id, request.path, fields, clock.now(), known=kept)
    said = _("Saved as a draft. Only you see it.") if request.form.get("act") == "draft" else ""
    return done(url_for(".record", person_id=person_id), said)


def _is_behind(kept: drafts.Draft | None) -> TypeGuard[drafts.Draft]:
    """Whether another device has written into the draft since this form was opened."""
    return kept is not None and request.form.get("version", type=whole) != kept.version


def _upon(kept: drafts.Draft, form: forms.RecordForm) -> None:
    """Raises Conflict where that device wrote something else."""
    clashes = _clashes(form, kept.fields)
    if not all(clash.same for clash in clashes):
        raise Conflict(kept.version, clashes, own=True)


def _clashes(form: forms.RecordForm, theirs: dict[str, list[str]]) -> list[Clash]:
    mine = typed()
    names = [name for name in dict.fromkeys((*mine, *theirs)) if name in form]  # a tick that is not set is not sent
    return [
        Clash(name, str(form[name].label.text), mine.get(name, ""), theirs.get(name, [""])[0], choices_of(form[name]))
        for name in names
    ]


def _said(talk: queries.Talk, form: forms.RecordForm) -> Said:
    return Said(
        held_on=form.held_on.data or clock.today(),
        kind=Kind(form.kind.data),
        words=_words(form),
        obstacle=Obstacle(form.obstacle.data) if form.obstacle.data else None,
        mood=int(form.mood.data) if form.mood.data else None,
        private=form.private.data or "",
        goals=forms.values_of(form, talk.goals),
        settled=forms.settled_of(form, talk.promises),
        steps=forms.steps_of(form),
    )


def _words(form: Any) -> dict[Field, str]:
    pairs = ((Field.PROGRESS, form.progress), (Field.OBSTACLE, form.obstacle_text), (Field.SUPPORT, form.support))
    return {where: (field.data or "").strip() for where, field in pairs}


def _rows(fields: Any) -> int:
    try:
        return max(forms.STEPS, min(int(fields.get("rows", "") or forms.STEPS), forms.MOST))
    except ValueError:
        return forms.STEPS


def _before() -> tuple[Any, int] | None:
    try:
        day, last = request.args.get("before", "").rsplit(".", 1)
        return date.fromisoformat(day), whole(last)
    except ValueError:
        return None
