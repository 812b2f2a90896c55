"""What an entry of the journal reads like on a time line: a picture, a tone and one sentence. Pure."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from portal.words import N_

CAPABILITY = {"talks": "checkins", "feedback": "feedback", "progress": "goals", "goals": "goals", "reviews": "reviews"}
"""What each filter is of: where it is switched off, there are no such events and no such filter (S31)."""
FILTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "talks": (N_("Talks"), ("check_in", "action", "rhythm", "pause")),
    "feedback": (N_("Feedback"), ("feedback", "feedback_ask")),
    "progress": (N_("Progress made"), ("objective.valued",)),
    "goals": (N_("Goal changes"), ("objective", "goal_dialogue")),
    "reviews": (N_("Review steps"), ("review", "assessment")),
}
"""What a reader can choose: its word, and whose kinds it holds; progress is not a change of a goal."""


CHOICES = (("", N_("All")), *((key, word) for key, (word, _) in FILTERS.items()))
"""The same for a row of links, all of them first."""


@dataclass(frozen=True)
class Story:
    """`sentence` has the places %(who)s, %(what)s, %(before)s and %(after)s; `said` is quoted below it."""

    glyph: str
    tone: str
    sentence: str
    said: Callable[[Mapping[str, Any]], str] = lambda _words: ""
    first: str = ""  # where there was no value before
    same: str = ""  # where the value is what it was


def _text(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda words: str(words.get(name) or "")


def _talk(words: Mapping[str, Any]) -> str:
    return str(words.get("progress") or "")


STORIES: dict[str, Story] = {
    "check_in.shared": Story("message-square-text", "talk", N_("%(who)s recorded a check-in"), _talk),
    "check_in.edited": Story("pencil", "talk", N_("%(who)s corrected the record of a check-in")),
    "check_in.viewed": Story("message-square-text", "talk", N_("%(who)s added their own view of a check-in"), _text("after")),
    "check_in.confirmed": Story("check", "good", N_("%(who)s confirmed the record of a check-in")),
    "check_in.printed": Story("printer", "", N_("%(who)s printed the record of a check-in")),
    "check_in.filed": Story("file-text", "talk", N_("%(who)s added “%(what)s” to a check-in")),
    "check_in.unfiled": Story("file-text", "talk", N_("%(who)s took “%(what)s” away from a check-in")),
    "rhythm.set": Story("clock", "", N_("%(who)s changed how often the two talk")),
    "pause.begun": Story("clock", "", N_("%(who)s let the check-ins rest")),
    "pause.ended": Story("clock", "", N_("%(who)s let the check-ins go on")),
    "objective.asked": Story("users", "", N_("%(who)s asked a department to share “%(what)s”"), _text("what")),
    "objective.confirmed": Story("circle-check", "good", N_("%(who)s confirmed a part of “%(what)s”")),
    "objective.declined": Story("undo-2", "warn", N_("%(who)s declined a part of “%(what)s”"), _text("reason")),
    "objective.unshared": Story("undo-2", "", N_("%(who)s took back a part of “%(what)s”")),
    "objective.filed": Story("file-text", "", N_("%(who)s put “%(what)s” beside a reported value")),
    "objective.unfiled": Story("file-text", "", N_("%(who)s took “%(what)s” away from a reported value")),
    "assessment.filed": Story("file-text", "", N_("%(who)s put “%(what)s” beside an assessment")),
    "assessment.unfiled": Story("file-text", "", N_("%(who)s took “%(what)s” away from an assessment")),
    "feedback.given": Story("hand-heart", "talk", N_("%(who)s gave feedback")),
    "feedback.praised": Story("award", "good", N_("%(who)s praised before everybody")),
    "feedback.withdraw": Story("undo-2", "", N_("%(who)s withdrew feedback")),
    "feedback.hidden": Story("eye", "", N_("HR hid feedback")),
    "feedback_ask.asked": Story("hand-heart", "", N_("%(who)s asked a colleague for feedback")),
    "feedback_ask.answer": Story("circle-check", "", N_("%(who)s answered a question for feedback")),
    "feedback_ask.decline": Story("circle-dashed", "", N_("%(who)s declined a question for feedback")),
    "feedback_ask.take back": Story("undo-2", "", N_("%(who)s took a question for feedback back")),
    "action.done": Story("circle-check", "good", N_("%(who)s did “%(what)s”")),
    "action.dropped": Story("check", "", N_("%(who)s dropped “%(what)s”")),
    "action.reopened": Story("circle-dashed", "", N_("%(who)s took up “%(what)s” again")),
    "action.carried": Story("clock", "", N_("%(who)s carried “%(what)s” on to %(after)s")),
    "action.handed_over": Story("users", "", N_("%(who)s handed “%(what)s” over to %(after)s")),
    "objective.valued": Story(
        "chart-column",
        "",
        N_("%(who)s reported “%(what)s”: %(before)s to %(after)s"),
        _text("comment"),
        N_("%(who)s reported “%(what)s” for the first time: %(after)s"),
        N_("%(who)s reported “%(what)s”: still %(after)s"),
    ),
    "objective.created": Story("target", "", N_("%(who)s drafted “%(what)s”")),
    "objective.edited": Story("pencil", "", N_("%(who)s edited “%(what)s”")),
    "objective.revised": Story("git-branch", "", N_("%(who)s revised the agreed goal “%(what)s”"), _text("why")),
    "objective.aligned": Story("network", "", N_("%(who)s aligned “%(what)s”")),
    "objective.propose": Story("send", "", N_("%(who)s proposed “%(what)s”")),
    "objective.agree": Story("circle-check", "good", N_("%(who)s agreed to “%(what)s”")),
    "objective.return": Story("git-branch", "warn", N_("%(who)s returned “%(what)s”"), _text("reason")),
    "objective.close": Story("check", "", N_("%(who)s closed “%(what)s”"), _text("lessons")),
    "objective.withdraw": Story("check", "", N_("%(who)s withdrew “%(what)s”"), _text("reason")),
    "objective.propose_change": Story("send", "", N_("%(who)s proposed a change of “%(what)s”"), _text("why")),
    "objective.return_change": Story("git-branch", "warn", N_("%(who)s returned the change of “%(what)s”"), _text("reason")),
    "objective.take_back_change": Story("check", "", N_("%(who)s took the change of “%(what)s” back")),
    "objective.overridden": Story("pencil", "warn", N_("%(who)s gave “%(what)s” another score"), _text("reason")),
    "goal_dialogue.opened": Story("target", "", N_("%(who)s opened the goal dialogue for %(what)s")),
    "goal_dialogue.propose": Story("send", "", N_("%(who)s proposed the goals for %(what)s")),
    "goal_dialogue.take back": Story("undo-2", "", N_("%(who)s took the proposed goals for %(what)s back")),
    "goal_dialogue.return": Story("undo-2", "warn", N_("%(who)s returned the goals for %(what)s"), _text("reason")),
    "goal_dialogue.agree": Story("circle-check", "good", N_("%(who)s agreed to the goals for %(what)s")),
    "goal_dialogue.cancel": Story("check", "", N_("%(who)s cancelled the goal dialogue for %(what)s"), _text("reason")),
    "goal_dialogue.reopen": Story("target", "", N_("%(who)s opened the goals for %(what)s once more"), _text("reason")),
    "goal_dialogue.archived": Story("archive", "", N_("%(who)s archived the agreed goals")),
    "goal_dialogue.printed": Story("printer", "", N_("%(who)s printed the agreed goals")),
    "review.opened": Story("clipboard-check", "", N_("The review “%(what)s” began")),
    "review.hand in": Story("clipboard-check", "", N_("%(who)s handed in the self-assessment")),
    "review.submit": Story("clipboard-check", "", N_("%(who)s submitted the assessment")),
    "review.waive": Story("clipboard-check", "", N_("%(who)s went on without a self-assessment"), _text("reason")),
    "review.take back": Story("git-branch", "warn", N_("%(who)s took the assessment back"), _text("reason")),
    "review.return": Story("clipboard-check", "warn", N_("%(who)s returned the assessment"), _text("reason")),
    "review.weighted": Story("pencil", "", N_("%(who)s set the weights of the review")),
    "review.assigned": Story("users", "", N_("%(who)s was asked to assess")),
    "review.release": Story("clipboard-check", "", N_("%(who)s released the result")),
    "review.agree": Story("circle-check", "good", N_("%(who)s acknowledged the result")),
    "review.disagree": Story("triangle-alert", "warn", N_("%(who)s acknowledged the result and disagrees"), _text("words")),
    "review.withdraw": Story("git-branch", "warn", N_("%(who)s withdrew the signature"), _text("reason")),
    "review.archive": Story("file-text", "", N_("%(who)s archived the review")),
    "review.printed": Story("printer", "", N_("%(who)s printed the review")),
}
"""How each kind reads. A kind without a story is not shown on a time line; a test knows which and why."""


def told(kind: str, say: Callable[[str], str]) -> str:
    """What the sentence of a kind says in any case, in the language of `say`: without its places."""
    return " ".join(re.sub(r"%\(\w+\)s", " ", say(STORIES[kind].sentence)).split())


def shown(enabled: Callable[[str], bool]) -> dict[str, str]:
    """The filters of what is on, with their words."""
    return {which: word for which, (word, _) in FILTERS.items() if enabled(CAPABILITY[which])}


def kinds_of(which: str, among: Collection[str] = tuple(FILTERS)) -> tuple[str, ...]:
    """The kinds of a filter; those of all filters in `among` for one that is not."""
    if which not in among:
        return tuple(kind for one in among for kind in kinds_of(one, among))
    names = FILTERS[which][1]
    chosen = [kind for kind in STORIES if kind in names or kind.split(".", maxsplit=1)[0] in names]
    return tuple(kind for kind in chosen if which == "progress" or kind != "objective.valued")
