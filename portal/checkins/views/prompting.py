"""What is asked in each kind of talk: for everybody to read, for HR to write."""

from typing import Any

from flask import abort, g, request, url_for

from portal import access
from portal.access import Act
from portal.checkins import prompts
from portal.checkins.forms import KINDS, PromptForm
from portal.checkins.models import Kind, Voice
from portal.checkins.views.blueprint import bp
from portal.i18n import gettext as _
from portal.web import Answer, done, page, same_version


@bp.get("/questions")
def questions() -> Answer:
    """Both sides' questions by kind: nothing secret, so that each knows what the other is asked."""
    return page(
        "checkins/questions.html",
        regions={"questions": "questions"},
        asked=prompts.asked(_kind()),
        chosen=_kind(),
        kinds=KINDS,
        may=access.can(Act.CHANGE_SETTINGS, g.viewer),
    )


@bp.route("/questions/<kind>/<voice>", methods=["GET", "POST"])
def change_questions(kind: str, voice: str) -> Answer:
    if kind not in set(Kind) or voice not in set(Voice):
        abort(404)
    access.must(Act.CHANGE_SETTINGS, g.viewer)
    row = prompts.of(Kind(kind), Voice(voice))
    ours = prompts.ours(row.kind, row.voice)
    written = any(row.words.values())
    stored = row.words if written else ours
    form = PromptForm(data={**stored, "version": row.version})
    if form.submitted():
        same_version(row, form, stored)
        words = form.words()
        back = request.form.get("act") == "ours" or prompts.same(words, ours)
        prompts.change(row, dict.fromkeys(words, "") if back else words, g.viewer)
        return done(url_for(".questions", kind=kind), _("Saved."))
    shown: dict[str, Any] = {"form": form, "row": row, "kinds": KINDS, "written": written}
    return page("checkins/change_questions.html", status=422 if form.errors else 200, **shown)


def _kind() -> Kind:
    wanted = request.args.get("kind", "")
    return Kind(wanted) if wanted in set(Kind) else Kind.CHECK_IN
