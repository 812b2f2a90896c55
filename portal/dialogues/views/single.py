"""One goal dialogue for both sides: the set with its weights, what is said at the goals, and the steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for

from portal import access, clock, drafts
from portal.access import Act, Held
from portal.dialogues import operations, queries
from portal.dialogues.comparing import between
from portal.dialogues.forms import SetForm, set_form
from portal.dialogues.models import GoalDialogue
from portal.dialogues.states import State, missing, uncounted
from portal.dialogues.views.blueprint import bp
from portal.formats import called, listed
from portal.goals.models import Objective
from portal.goals.states import State as Goal
from portal.i18n import gettext as _
from portal.printing import archive as keeping
from portal.printing.queries import newest_archived
from portal.printing.registry import kind_or_404
from portal.web import Answer, done, page, same_version, typed
from portal.words import N_


@bp.get("/<int:dialogue_id>")
def show(dialogue_id: int) -> Answer:
    dialogue, manager = queries.dialogue_or_404(g.viewer, dialogue_id)
    return _show(dialogue, manager, access.acts_on(g.viewer, dialogue))


@bp.post("/<int:dialogue_id>/archive")
def archive(dialogue_id: int) -> Answer:
    """The sheet as it stands now goes to the archive; the worker draws and checks it."""
    keeping.wish(kind_or_404("goal_dialogue"), dialogue_id, g.viewer)
    said = _("It is being archived. Once it is, the archived file is offered here.")
    return done(url_for(".show", dialogue_id=dialogue_id), said)


@dataclass(frozen=True)
class Turn:
    """What one side sent: the set under lock, what they may do, and the button with the goal it stands at (0: the whole)."""

    dialogue: GoalDialogue
    goals: list[Objective]
    acts: Held
    form: SetForm
    pressed: str
    at: int

    def wrong(self) -> list[str]:
        """What is missing for the step that was pressed; told on the page, while everything typed stays in it."""
        if self.pressed == "propose" and self.dialogue.state is State.DRAFTING and Act.PROPOSE_GOALS in self.acts:
            stands = queries.weights_of(self.dialogue, self.goals)
            return missing(self.goals, ({**stands, **self.form.weights()}).values())
        answers = self.dialogue.state is State.PROPOSED and Act.AGREE_OBJECTIVE in self.acts
        if self.pressed == "return" and answers and not self.form.said(0):
            self.form.reply.errors = [_("Fill this in")]
            return [N_("Say what should change.")]
        return []


STANDS = {"propose": State.DRAFTING, "return": State.PROPOSED, "agree": State.PROPOSED}
"""Where the set stood when the button of a step was drawn."""


@bp.post("/<int:dialogue_id>/set")
@drafts.resumes
def write(dialogue_id: int) -> Answer:
    """Everything both sides do on the page of the set: weights, remarks, and the steps, by the button that was pressed."""
    turn = _turn(dialogue_id)
    dialogue, form = turn.dialogue, turn.form
    if STANDS.get(turn.pressed, dialogue.state) is not dialogue.state:
        dialogue.take(turn.pressed, turn.acts, clock.now())  # refuses: somebody was faster
    wrong = turn.wrong() if form.submitted() else []
    if form.errors or wrong:
        return _again(turn, wrong)
    same_version(dialogue, form, _stored(dialogue, turn.goals))
    if dialogue.state is State.DRAFTING:
        operations.weigh(dialogue, turn.goals, form.weights(), g.viewer)
    said = PRESSED.get(turn.pressed, _keep)(turn)
    return done(url_for(".show", dialogue_id=dialogue_id), said)


def _turn(dialogue_id: int) -> Turn:
    dialogue, acts = queries.to_change(g.viewer, dialogue_id)
    found = queries.goals_of(g.viewer, dialogue, lock=True)
    pressed, _dash, at = request.form.get("act", "").partition("-")
    number = int(at) if at.isdecimal() and len(at) < 10 else 0
    return Turn(dialogue, found, acts, _form(dialogue, found, {}), pressed, number)


def _keep(turn: Turn, but: str = "") -> str:
    """Autosave and «save»: weights are in; words that nobody has said yet are kept for who typed them."""
    words = {name: text for name, text in typed().items() if name == "reply" or name.startswith("say_")}
    words.pop(but, None)
    drafts.drop(g.viewer.id, request.path)
    if any(text.strip() for text in words.values()):
        drafts.keep(g.viewer.id, request.path, words, clock.now())
    return _("Saved.") if turn.pressed else ""


def _even(turn: Turn) -> str:
    weights = operations.split(turn.goals, queries.weights_of(turn.dialogue, turn.goals))
    operations.weigh(turn.dialogue, turn.goals, weights, g.viewer)
    return _("Split evenly.")


def _say(turn: Turn) -> str:
    if words := turn.form.said(turn.at):
        operations.say(turn.dialogue, turn.at or None, words, g.viewer, turn.acts)
        _keep(turn, but=f"say_{turn.at}" if turn.at else "reply")
        return _("Said.")
    return _keep(turn)  # Enter in a field presses the first button there is


def _propose(turn: Turn) -> str:
    _say_all(turn)
    operations.propose(turn.dialogue, turn.goals, g.viewer, turn.acts)
    return _("Proposed.")


def _return(turn: Turn) -> str:
    _say_all(turn, whole=False)
    operations.send_back(turn.dialogue, turn.goals, g.viewer, turn.acts, turn.form.said(0))
    return _("Returned.")


def _agree(turn: Turn) -> str:
    _say_all(turn)
    operations.agree(turn.dialogue, turn.goals, g.viewer, turn.acts, looked_at=request.form.get("seen", ""))
    return _("Agreed. Both names stand with it.")


def _say_all(turn: Turn, *, whole: bool = True) -> None:
    """With a step goes everything that was typed: nobody's words are left behind."""
    for at in [*(goal.id for goal in turn.goals), *([0] if whole else [])]:
        if words := turn.form.said(at):
            operations.say(turn.dialogue, at or None, words, g.viewer, turn.acts)
    drafts.drop(g.viewer.id, request.path)


PRESSED: dict[str, Callable[[Turn], str]] = {
    "even": _even,
    "say": _say,
    "propose": _propose,
    "return": _return,
    "agree": _agree,
}


def _form(dialogue: GoalDialogue, found: list[Objective], words: dict[str, Any]) -> SetForm:
    """Weights are asked while the set is drafted; what is closed keeps its own."""
    weights = queries.weights_of(dialogue, found) if dialogue.state is State.DRAFTING else {}
    asked = {goal.id: weights[goal.id] for goal in found if goal.id in weights and goal.state is not Goal.CLOSED}
    return set_form(found, asked, words, dialogue.version)


def _stored(dialogue: GoalDialogue, found: list[Objective]) -> dict[str, str]:
    """The weights as they stand, for whoever wrote upon older ones."""
    return {f"w_{goal}": f"{weight / 100:g}" for goal, weight in queries.weights_of(dialogue, found).items()}


def _again(turn: Turn, wrong: Sequence[str]) -> Answer:
    _same, manager = queries.dialogue_or_404(g.viewer, turn.dialogue.id)
    return _show(turn.dialogue, manager, turn.acts, turn.form, wrong)


def _show(dialogue: GoalDialogue, manager: Any, acts: Held, form: SetForm | None = None, wrong: Sequence[str] = ()) -> Answer:
    said, sent = queries.remarks_of(dialogue), queries.drafts_of(dialogue)
    found = queries.goals_of(g.viewer, dialogue, whole=bool(sent) and dialogue.state is State.DRAFTING)
    weights = queries.weights_of(dialogue, found)
    status = 200 if form is None else 422
    if form is None:
        kept = drafts.find(g.viewer.id, url_for(".write", dialogue_id=dialogue.id)) if acts else None
        form = _form(dialogue, found, {name: texts[0] for name, texts in kept.fields.items()} if kept else {})
    typed_in = form.weights()
    shown = {goal.id: typed_in.get(goal.id, weights[goal.id]) for goal in found}
    context: dict[str, Any] = {"dialogue": dialogue, "manager": manager, "acts": acts, "form": form, "goals": found}
    context |= {
        "wrong": wrong,
        "weights": weights,
        "total": sum(shown.values()),
        "uncounted": [_("“%(title)s”", title=title) for title in uncounted(found, shown)],
        "listed": listed,
        "said": said,
        "sent": sent,
        "above": queries.supports(g.viewer, found),
    }
    context |= {
        "changed": _changed(dialogue, found, sent),
        "beside": queries.beside(g.viewer, dialogue, manager.id if manager else None),
    }
    context |= {"seen": queries.seen(found), "today": clock.today()}
    if Act.ARCHIVE_FORM in acts and dialogue.state is State.AGREED:
        context["archived"] = newest_archived("goal_dialogue", dialogue.id)
    boss = called(manager.name) if manager else _("the manager")
    context |= {"name": called(dialogue.person.name), "boss": boss}
    context |= {"own": g.viewer.id == dialogue.person_id, "unanswered": queries.unanswered(said, g.viewer.id)}
    return page("dialogues/show.html", regions={"sum": "sum"}, status=status, **context)


def _changed(dialogue: GoalDialogue, found: list[Objective], sent: list[Any]) -> list[Any]:
    """What the draft that lies here changed against the one proposed before it."""
    if dialogue.state is State.DRAFTING:
        return between(sent[0].goals, operations.snapshot(dialogue, found)) if sent else []
    return between(sent[1].goals, sent[0].goals) if len(sent) > 1 else []
