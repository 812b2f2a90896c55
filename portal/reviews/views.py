"""Pages of reviews: mine, the form, what came out, and the steps."""

from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from flask_babel import gettext as _

from portal import access, clock, drafts, files
from portal.access import Act, Subject
from portal.accounts.confirming import confirm_password
from portal.db import db
from portal.reviews import assessing, evidence, filing, pages, queries, releasing
from portal.reviews.forms import AssessmentForm, PinForm, WeightsForm
from portal.reviews.states import KNOWN
from portal.web import Answer, done, page, region, whole
from portal.workflow import NotHeld

bp = Blueprint("reviews", __name__)
bp.context_processor(pages.words)


@bp.get("/reviews")
def index() -> Answer:
    return page(
        "reviews/index.html",
        mine=queries.mine(g.viewer),
        asked=queries.asked(g.viewer),
        states=pages.STATES,
        known=KNOWN,
    )


@bp.get("/reviews/<int:review_id>")
def show(review_id: int) -> Answer:
    review = queries.review_or_404(g.viewer, review_id)
    return page("reviews/show.html", review=review, shown=pages.ResultPage(review, g.viewer))


@bp.route("/reviews/<int:review_id>/form", methods=["GET", "POST"])
def form(review_id: int) -> Answer:
    review, own = queries.own_part(g.viewer, review_id)
    if request.method != "POST" and not queries.writable(review, own):
        return redirect(url_for(".show", review_id=review_id), 303)
    sheet = pages.FormPage(review, own)
    asked = AssessmentForm(sheet.judgement, own)
    if not asked.submitted():
        return _form(sheet, asked, 422 if asked.errors else 200)
    queries.must_be_writable(review, own)
    asked.must_follow()
    assessing.save(own, asked.said(), clock.now(), sheet.judgement)
    if "grade" in asked and "grade" in request.form:
        assessing.choose(own, asked.grade.data, asked.grade_reason.data or "")
    drafts.drop(g.viewer.id, request.path)
    if request.form.get("act") == "files":  # without a script the way to the files leaves the form: what was typed is saved
        return done(url_for("files.beside", kind=filing.KIND, object_id=own.id))
    return _saved(sheet) if request.form.get("act") == "submit" else done(url_for(".form", review_id=review_id))


def _saved(sheet: pages.FormPage) -> Answer:
    """Whoever wants to hand in: what is missing, the password, or (the person) done."""
    review_id = sheet.review.id
    db.session.flush()
    if pages.FormPage(sheet.review, sheet.own).gaps:
        return done(url_for(".form", review_id=review_id, missing=1))
    if not sheet.is_self:
        return done(url_for(".submission", review_id=review_id))
    acts = access.acts_on(g.viewer, sheet.review)
    assessing.hand_in(sheet.review, sheet.own, g.viewer, acts, clock.now())
    return done(url_for(".show", review_id=review_id), _("Your self-assessment is handed in."))


def _form(sheet: pages.FormPage, asked: AssessmentForm, status: int) -> Answer:
    told = bool(request.args.get("missing"))
    shown = {"sheet": sheet, "review": sheet.review, "form": asked, "told": told}
    if region() != "totals":
        shown |= _around(sheet)
    return page("reviews/form.html", regions={"totals": "totals"}, status=status, **shown)


def _around(sheet: pages.FormPage) -> dict[str, Any]:
    """What stands beside the questions: files, and the way to the time line of the period."""
    beside = filing.beside(sheet.review, sheet.own)
    shown = {"beside": beside, "shown": files.of(g.viewer, {filing.KIND: [sheet.own.id]})[filing.KIND, sheet.own.id]}
    shown |= {"line_open": Act.SEE_TIME_LINE in access.acts_on(g.viewer, Subject(person_id=sheet.review.person_id))}
    last = sheet.review.cycle.period.last_day
    return shown | {"line_month": f"{last:%Y-%m}" if last < clock.today() else None}


@bp.route("/reviews/<int:review_id>/submission", methods=["GET", "POST"])
def submission(review_id: int) -> Answer:
    if request.method == "POST":
        confirm_password(g.viewer)
    review, acts = queries.to_change(g.viewer, review_id, Act.SUBMIT_REVIEW)
    review, own = queries.own_part(g.viewer, review_id)
    sheet = pages.FormPage(review, own)
    queries.must_be_writable(review, own)
    if request.method != "POST" and not sheet.gaps:
        return page("reviews/submission.html", sheet=sheet, review=review)
    if sheet.gaps:
        return redirect(url_for(".form", review_id=review_id, missing=1), 303)
    assessing.hand_in(review, own, g.viewer, acts, clock.now())
    return done(url_for(".show", review_id=review_id), _("The assessment is submitted and signed."))


@bp.route("/reviews/<int:review_id>/weights", methods=["GET", "POST"])
def weights(review_id: int) -> Answer:
    review, own = queries.own_part(g.viewer, review_id)
    if Act.SUBMIT_REVIEW not in access.acts_on(g.viewer, review):
        raise NotHeld(Act.SUBMIT_REVIEW)
    items = pages.weighed(review)
    asked = WeightsForm(items, own.version)
    if asked.submitted():
        queries.must_be_writable(review, own)
        even = request.form.get("act") == "even"
        told = assessing.weigh(own, items, None if even else asked.weights(), asked.version.data, g.viewer)
        return done(url_for(".weights", review_id=review_id), _(told) if told else _("Saved."))
    return page("reviews/weights.html", review=review, form=asked, items=items, status=422 if asked.errors else 200)


@bp.get("/reviews/<int:review_id>/evidence")
def beside(review_id: int) -> Answer:
    review = queries.review_or_404(g.viewer, review_id)
    own = queries.own_row(g.viewer, review_id)
    asked = request.args
    wish = evidence.Wish(asked.get("about", type=whole), asked.get("only", ""), "all" in asked)
    panel = evidence.Panel(g.viewer, review, own, wish)
    beside = files.of(g.viewer, filing.beside_records(panel.records))
    return page("reviews/evidence.html", regions={"evidence": "evidence"}, panel=panel, review=review, files=beside)


@bp.post("/reviews/<int:review_id>/pins")
def pin(review_id: int) -> Answer:
    review, own = queries.own_part(g.viewer, review_id)
    queries.must_be_writable(review, own)
    asked = PinForm()
    if asked.submitted():
        assessing.pin(g.viewer, own, asked.item.data or 0, asked.kind.data or "", asked.evidence.data or 0)
    return done(pages.beside(review_id))


@bp.post("/reviews/<int:review_id>/pins/<int:pin_id>/removal")
def unpin(review_id: int, pin_id: int) -> Answer:
    review, own = queries.own_part(g.viewer, review_id)
    queries.must_be_writable(review, own)
    assessing.unpin(own, pin_id)
    return done(pages.beside(review_id))


def _unsaid(review_id: int, act: Act, field: str = "reason") -> Answer | None:
    """The page again, the field marked, where a step wants words and has none: before a password is asked for."""
    if request.form.get(field, "").strip():
        return None
    queries.to_change(g.viewer, review_id, act)
    review = queries.review_or_404(g.viewer, review_id)
    shown = pages.ResultPage(review, g.viewer)
    if not any(pages.WAYS[step.name].endpoint == request.endpoint for step in shown.steps):
        return None  # not possible now at all: the step itself says why
    return page("reviews/show.html", status=422, review=review, shown=shown, unsaid=request.path)


@bp.post("/reviews/<int:review_id>/return")
def send_back(review_id: int) -> Answer:
    if empty := _unsaid(review_id, Act.RETURN_REVIEW):
        return empty
    review, acts = queries.to_change(g.viewer, review_id, Act.RETURN_REVIEW)
    releasing.send_back(review, g.viewer, acts, clock.now(), request.form.get("reason", ""))
    return done(url_for(".show", review_id=review_id), _("Returned to the manager."))


@bp.post("/reviews/<int:review_id>/waiver")
def waive(review_id: int) -> Answer:
    if empty := _unsaid(review_id, Act.RETURN_REVIEW):
        return empty
    review, acts = queries.to_change(g.viewer, review_id, Act.RETURN_REVIEW)
    releasing.waive(review, g.viewer, acts, clock.now(), request.form.get("reason", ""))
    return done(url_for(".show", review_id=review_id), _("The assessment goes on without a self-assessment."))


@bp.post("/reviews/<int:review_id>/taking-back")
def take_back(review_id: int) -> Answer:
    if empty := _unsaid(review_id, Act.SUBMIT_REVIEW):
        return empty
    confirm_password(g.viewer)
    review, acts = queries.to_change(g.viewer, review_id, Act.SUBMIT_REVIEW)
    releasing.take_back(review, g.viewer, acts, clock.now(), request.form.get("reason", ""))
    return done(url_for(".show", review_id=review_id), _("Your signature is withdrawn. You can change the assessment again."))


@bp.post("/reviews/<int:review_id>/release")
def release(review_id: int) -> Answer:
    confirm_password(g.viewer)
    review, acts = queries.to_change(g.viewer, review_id, Act.RELEASE_REVIEW)
    releasing.release(review, g.viewer, acts, clock.now())
    return done(url_for(".show", review_id=review_id), _("Released."))


@bp.post("/reviews/<int:review_id>/acknowledgement")
def acknowledge(review_id: int) -> Answer:
    agrees = request.form.get("act") != "disagree"
    if not agrees and (empty := _unsaid(review_id, Act.ACKNOWLEDGE_REVIEW, "words")):
        return empty
    confirm_password(g.viewer)
    review, acts = queries.to_change(g.viewer, review_id, Act.ACKNOWLEDGE_REVIEW)
    words = request.form.get("words", "")
    releasing.acknowledge(review, g.viewer, acts, clock.now(), words, agrees=agrees)
    return done(url_for(".show", review_id=review_id), _("Signed."))


@bp.post("/reviews/<int:review_id>/withdrawal")
def withdraw(review_id: int) -> Answer:
    if empty := _unsaid(review_id, Act.ACKNOWLEDGE_REVIEW):
        return empty
    confirm_password(g.viewer)
    review, acts = queries.to_change(g.viewer, review_id, Act.ACKNOWLEDGE_REVIEW)
    releasing.withdraw(review, g.viewer, acts, clock.now(), request.form.get("reason", ""))
    return done(url_for(".show", review_id=review_id), _("Your signature is withdrawn."))


@bp.post("/reviews/<int:review_id>/archive")
def archive(review_id: int) -> Answer:
    confirm_password(g.viewer)
    review, acts = queries.to_change(g.viewer, review_id, Act.ARCHIVE_REVIEW)
    releasing.archive(review, g.viewer, acts, clock.now())
    return done(url_for(".show", review_id=review_id), _("Archived."))
