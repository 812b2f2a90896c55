"""What the navigation shows, in its order. An entry appears by itself: see `Entry`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from flask import Flask, current_app, g, request, session, url_for

from portal import access, settings
from portal.access import Act, Viewer
from portal.access.switches import enabled
from portal.web import WAITING
from portal.words import N_


def anybody(_: Viewer) -> bool:
    """Whoever can sign in, the local administrator among them."""
    return True


def everybody(viewer: Viewer) -> bool:
    """Everybody of the company: the local administrator has neither goals nor check-ins."""
    return not viewer.outside


def leads(viewer: Viewer) -> bool:
    """Whoever has people below, or heads a unit."""
    return viewer.span > 0 or bool(viewer.head_of)


def claims(viewer: Viewer) -> bool:
    """Whoever heads a department or acts for its head, and those who may for any."""
    given = any(Act.MAKE_CLAIM in acts and giver.head_of for giver, acts in viewer.gave)
    return bool(viewer.head_of) or given or access.can(Act.MAKE_CLAIM, viewer)


def looks_after(viewer: Viewer) -> bool:
    """Whoever sees how much waits for people: HR, the HR partners of departments, the auditor."""
    return bool(viewer.hrbp_of) or access.can(Act.SEE_WAITING, viewer)


def holds(act: Act) -> Callable[[Viewer], bool]:
    """Whoever's role of the whole company holds the act, as the page itself asks it."""

    return lambda viewer: access.can(act, viewer)


def count_waiting(n: int) -> None:
    """Home has counted what waits: the other pages tell it until something is saved, and ask for nothing."""
    if session.get(WAITING) != n:
        session[WAITING] = n


def waiting() -> int:
    """How many things wait for the viewer, as far as that is known."""
    return int(session.get(WAITING, 0))


class Line(NamedTuple):
    """An entry as it is drawn: nothing but values. What was drawn for one viewer serves the next who is shown the same."""

    url: str
    icon: str
    word: str
    waiting: int  # how many things wait behind it, as they were counted last
    current: bool  # the page being shown belongs to it


@dataclass(frozen=True)
class Entry:
    """One line of the navigation.

    It is shown when a page named `endpoint` exists that needs nothing in its address, its capability (the blueprint)
    is on, and the viewer is one of `to`. `covers` are beginnings of the other endpoints that light it up; of several entries
    that are shown, the one that names the page most exactly does.
    """

    endpoint: str
    icon: str
    word: str
    to: Callable[[Viewer], bool] = everybody
    covers: tuple[str, ...] = ()
    short: str = ""  # on the phone's bar
    goes_with: str = ""  # the capability, where it is not the blueprint

    @cached_property
    def part(self) -> str:
        """The capability it belongs to."""
        return self.goes_with or self.endpoint.partition(".")[0]

    def fits(self, endpoint: str) -> int:
        """How exactly it names a page: the length of the beginning that does, 0 = not at all."""
        return max((len(begins) for begins in (self.endpoint, *self.covers) if endpoint.startswith(begins)), default=0)


def address(endpoint: str) -> str:
    """The address of a page that needs nothing in it: made once for the root we are served at."""
    return _address(endpoint, request.script_root, current_app.extensions["addresses"])


def _address(endpoint: str, root: str, kept: dict[tuple[str, str], str]) -> str:
    found = kept.get((root, endpoint))
    return found or kept.setdefault((root, endpoint), url_for(endpoint))


def _pages() -> frozenset[str]:
    """The endpoints of this application's pages that need nothing in their address."""
    kept = current_app.extensions
    if "pages" not in kept:
        rules = current_app.url_map.iter_rules()
        kept["pages"] = frozenset(rule.endpoint for rule in rules if "GET" in (rule.methods or ()) and not rule.arguments)
    found: frozenset[str] = kept["pages"]
    return found


def setting_up(viewer: Viewer) -> bool:
    """Whoever leads the first run, while it lasts."""
    return not settings.value("open") and holds(Act.SET_UP)(viewer)


HOME = Entry("home.index", "house", N_("Home"), anybody)
GOALS = Entry("goals.mine", "target", N_("My goals"), short=N_("Goals"))
TEAM = Entry("home.team", "users", N_("My team"), leads, covers=("checkins.below",), short=N_("Team"))
RECORD = Entry("checkins.begin", "plus", N_("Record"), covers=("checkins.record",))
MORE = Entry("shell.more", "menu", N_("More"), anybody)

FEEDBACK_PAGES = tuple(f"feedback.{name}" for name in ("find", "give", "answer", "ask", "show", "decision"))
REVIEW_PAGES = tuple(f"reviews.{name}" for name in ("show", "form", "submission", "weights", "beside"))
"""Pages about one review; those about a cycle belong to another entry."""

GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            HOME,
            GOALS,
            Entry("checkins.index", "message-square-text", N_("Check-ins"), covers=("checkins.", "actions.")),
            Entry("feedback.index", "hand-heart", N_("Feedback"), covers=FEEDBACK_PAGES),
            Entry("reviews.index", "clipboard-check", N_("Reviews"), covers=REVIEW_PAGES),
        ),
    ),
    (
        N_("Team and company"),
        (
            TEAM,
            Entry("feedback.wall", "award", N_("Praise wall"), covers=("feedback.values",)),
            Entry("goals.tree", "network", N_("Goal tree")),
            Entry("goals.board", "columns-3", N_("OKR board")),
            Entry(
                "strategy.index",
                "route",
                N_("Strategy map"),
                covers=("strategy.coverage", "strategy.carried"),
                goes_with="goals",
            ),
            Entry(
                "strategy.claimable",
                "hand",
                N_("Claim company goals"),
                claims,
                covers=("strategy.claim", "strategy.one_claim"),
                goes_with="goals",
            ),
            Entry("goals.scorecard", "gauge", N_("Scorecard")),
        ),
    ),
    (
        N_("Human resources"),
        (
            Entry(
                "reviews.cycles",
                "list-checks",
                N_("Review cycles"),
                holds(Act.SEE_CYCLES),
                covers=("reviews.cycle", "reviews.new_cycle"),
            ),
            Entry(
                "strategy.library",
                "target",
                N_("Goal library"),
                holds(Act.KEEP_STRATEGY),
                covers=("strategy.theme", "strategy.new_theme", "strategy.accountable", "strategy.assign"),
                goes_with="goals",
            ),
            Entry("feedback.reports", "flag", N_("Reported feedback"), holds(Act.SEE_REPORT), covers=("feedback.one_report",)),
            Entry("organisation.tree", "network", N_("Organisation"), holds(Act.SEE_ORGANISATION), covers=("organisation.",)),
            Entry("notifications.late", "hourglass", N_("What waits"), looks_after),
            Entry("retention.index", "hourglass", N_("Retention"), holds(Act.SEE_RETENTION), covers=("retention.",)),
        ),
    ),
    (
        N_("System"),
        (
            Entry("setup.index", "list-checks", N_("First run"), setting_up, covers=("setup.",)),
            Entry("sync.runs", "folder-sync", N_("Directory sync"), holds(Act.SEE_SYNC), covers=("sync.",)),
            Entry("jobs.index", "list-checks", N_("Background jobs"), holds(Act.SEE_JOBS), covers=("jobs.",)),
            Entry("notifications.log", "send", N_("Mail"), holds(Act.SEE_JOBS)),
            Entry("admin.all_periods", "clock", N_("Periods"), holds(Act.SEE_CYCLES)),
            Entry(
                "notifications.robots",
                "users",
                N_("Robots of groups"),
                holds(Act.SEE_SETTINGS),
                covers=("notifications.new_robot", "notifications.robot"),
            ),
            Entry("notifications.work_days", "clock", N_("Work days"), holds(Act.SEE_SETTINGS)),
            Entry("admin.settings", "settings", N_("Settings"), holds(Act.SEE_SETTINGS), covers=("admin.changes",)),
            Entry(
                "admin.roles",
                "users",
                N_("Roles"),
                holds(Act.SEE_GRANTS),
                covers=("admin.give_role", "admin.end_role", "delegations.everybody"),
            ),
            Entry("access.grants", "key-round", N_("Permissions"), holds(Act.SEE_GRANTS), covers=("access.why",)),
            Entry("audit.index", "history", N_("Audit log"), holds(Act.SEE_AUDIT), covers=("audit.",)),
        ),
    ),
)
TABS = (HOME, GOALS, RECORD, TEAM, MORE)


Group = tuple[str, tuple[Line, ...]]


def init_app(app: Flask) -> None:
    """Templates write `navigation()`, `tabs()` and `address("home.index")`."""
    app.extensions["addresses"] = {}
    app.jinja_env.globals.update(navigation=groups, tabs=tabs, address=address)


def groups() -> tuple[Group, ...]:
    """The navigation of this viewer: heading and entries; a group with nothing in it is left out."""
    drawn = [(heading, entries) for heading, every in GROUPS if (entries := _shown(every))]
    line = _drawing([entry for _, entries in drawn for entry in entries])
    return tuple((heading, tuple(line(entry, entry.word) for entry in entries)) for heading, entries in drawn)


def tabs() -> tuple[Line, ...]:
    """The phone's bar."""
    entries = _shown(TABS)
    line = _drawing(entries)
    return tuple(line(entry, entry.short or entry.word) for entry in entries)


def _shown(entries: Iterable[Entry]) -> list[Entry]:
    """Nothing is shown that would not work for this viewer."""
    if "viewer" not in g:
        return []
    viewer, pages = g.viewer, _pages()
    return [one for one in entries if one.endpoint in pages and enabled(one.part) and one.to(viewer)]


def _drawing(entries: Iterable[Entry]) -> Callable[[Entry, str], Line]:
    """How each of them is drawn on this page, which is asked once for all of them; the one that names it best lights up."""
    endpoint, root, kept = request.endpoint or "", request.script_root, current_app.extensions["addresses"]
    best = max(entries, key=lambda one: one.fits(endpoint), default=None)
    lit = best if best and best.fits(endpoint) else None

    def line(one: Entry, word: str) -> Line:
        return Line(_address(one.endpoint, root, kept), one.icon, word, waiting() if one is HOME else 0, one is lit)

    return line
