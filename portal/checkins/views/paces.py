"""Pages of the rhythm: somebody's, the departments', and how the managers below keep theirs."""

from datetime import timedelta
from typing import Any

from flask import g, request, url_for

from portal import access, clock
from portal.access import Act, Held
from portal.checkins import pacing
from portal.checkins.forms import REASONS, PauseForm, RhythmForm
from portal.checkins.views.blueprint import bp
from portal.i18n import gettext as _
from portal.web import Answer, done, page, same_version
from portal.workflow import NotHeld, Refused


@bp.get("/people/<int:person_id>/rhythm")
def rhythm(person_id: int) -> Answer:
    return _rhythm(*pacing.of_person(g.viewer, person_id))


@bp.post("/people/<int:person_id>/rhythm")
def set_rhythm(person_id: int) -> Answer:
    pace, held = pacing.of_person(g.viewer, person_id)
    form = RhythmForm()
    if not form.submitted():
        return _rhythm(pace, held, form=form)
    same_version(pace.row, form, {"days": str(pace.row.every_days or "")})
    pacing.set_for_person(pace, form.chosen, g.viewer, held)
    return done(url_for(".rhythm", person_id=person_id), _("Saved."))


@bp.post("/people/<int:person_id>/pauses")
def begin_pause(person_id: int) -> Answer:
    pace, held = pacing.of_person(g.viewer, person_id)
    form = PauseForm()
    if not form.submitted():
        return _rhythm(pace, held, pause=form)
    try:
        pacing.pause(pace, form.rest, g.viewer, held)
    except Refused as refused:
        form.until.errors = [*form.until.errors, _(str(refused))]
        return _rhythm(pace, held, pause=form)
    return done(url_for(".rhythm", person_id=person_id), _("The dialogue rests. Nothing counts as late until then."))


@bp.post("/people/<int:person_id>/pauses/<int:pause_id>/end")
def end_pause(person_id: int, pause_id: int) -> Answer:
    pace, held = pacing.of_person(g.viewer, person_id)
    pacing.end(pace, pause_id, g.viewer, held)
    return done(url_for(".rhythm", person_id=person_id), _("The dialogue goes on."))


@bp.get("/rhythms")
def rhythms() -> Answer:
    return _rhythms()


@bp.post("/rhythms/<int:unit_id>")
def set_unit(unit_id: int) -> Answer:
    row, form = pacing.of_unit(g.viewer, unit_id), RhythmForm()
    if not form.submitted():
        return _rhythms(unit_id, form)
    same_version(row, form, {"days": str(row.every_days or "")})
    pacing.set_for_unit(row, form.chosen, g.viewer)
    return done(url_for(".rhythms"), _("Saved."))


@bp.get("/below")
def below() -> Answer:
    return page("checkins/below.html", managers=pacing.below(g.viewer, clock.today()), sets=pacing.sets_units(g.viewer))


def _rhythm(pace: pacing.Pace, held: Held, form: RhythmForm | None = None, pause: PauseForm | None = None) -> Answer:
    today = clock.today()
    own = {"days": pace.row.every_days or "", "version": pace.row.version}
    form, pause = form or RhythmForm(data=own), pause or PauseForm(data={"since": today, "until": today + timedelta(days=28)})
    wrong = form.errors or pause.errors
    shown: dict[str, Any] = {"pace": pace, "form": form, "pause": pause, "reasons": REASONS, "today": today}
    return page("checkins/rhythm.html", records=Act.RECORD_CHECK_IN in held, status=422 if wrong else 200, **shown)


def _rhythms(wrong: int | None = None, form: RhythmForm | None = None) -> Answer:
    if not pacing.sets_units(g.viewer):
        raise NotHeld(Act.SET_RHYTHM)
    company = access.can(Act.SEE_SETTINGS, g.viewer)
    shown: dict[str, Any] = {
        "units": pacing.units(g.viewer),
        "wrong": wrong,
        "form": form,
        "company": company,
    }
    return page("checkins/rhythms.html", status=422 if form and request.method == "POST" else 200, **shown)
