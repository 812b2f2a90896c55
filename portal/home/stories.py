"""What an entry of the journal reads like on a time line: a picture, a tone and one sentence. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from portal.words import N_

CAPABILITY = {"talks": "checkins", "progress": "goals", "goals": "goals", "reviews": "reviews"}
"""What each filter is of: where it is switched off, there are no such events and no such filter (S31)."""
FILTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "talks": (N_("Check-ins"), ("check_in", "action")),
    "progress": (N_("Progress made"), ("objective.valued",)),
    "goals": (N_("Goal changes"), ("objective",)),
    "reviews": (N_("Reviews"), ("review",)),
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
    "check_in.filed": Story("file-text", "talk", N_("%(who)s added “%(what)s” to a check-in")),
    "action.done": Story("circle-check", "good", N_("%(who)s did “%(what)s”")),
    "action.dropped": Story("check", "", N_("%(who)s dropped “%(what)s”")),
    "action.reopened": Story("circle-dashed", "", N_("%(who)s took up “%(what)s” again")),
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
