"""What the navigation shows, in its order. An entry appears by itself: see `Entry`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import current_app, g, request, url_for

from portal import access, settings
from portal.access import Act, Viewer
from portal.access.switches import enabled
from portal.words import N_


def everybody(_: Viewer) -> bool:
    """Every person who can sign in."""
    return True


def leads(viewer: Viewer) -> bool:
    """Whoever has people below, or heads a unit."""
    return viewer.span > 0 or bool(viewer.head_of)


def holds(act: Act) -> Callable[[Viewer], bool]:
    """Whoever's role of the whole company holds the act, as the page itself asks it."""

    return lambda viewer: access.can(act, viewer)


@dataclass(frozen=True)
class Entry:
    """One line of the navigation.

    It is shown when a page named `endpoint` exists that needs nothing in its address, its capability (the blueprint)
    is on, and the viewer is one of `to`. `covers` are beginnings of the other endpoints that light it up.
    """

    endpoint: str
    icon: str
    word: str
    to: Callable[[Viewer], bool] = everybody
    covers: tuple[str, ...] = ()
    short: str = ""  # on the phone's bar

    def shown(self) -> bool:
        """Nothing is shown that would not work for this viewer."""
        if self.endpoint not in current_app.view_functions or "viewer" not in g:
            return False
        rules = current_app.url_map.iter_rules(self.endpoint)
        plain = any("GET" in (rule.methods or ()) and not rule.arguments for rule in rules)
        return plain and enabled(self.endpoint.partition(".")[0]) and self.to(g.viewer)

    @property
    def url(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)

    @property
    def count(self) -> int:
        """How many things wait behind it, where the page being shown has counted them."""
        return g.get("waiting", 0) if self is HOME else 0

    @property
    def current(self) -> bool:
        """Whether the page being shown belongs to it."""
        return (request.endpoint or "").startswith((self.endpoint, *self.covers))


def setting_up(viewer: Viewer) -> bool:
    """Whoever leads the first run, while it lasts."""
    return not settings.value("open") and holds(Act.SET_UP)(viewer)


HOME = Entry("home.index", "house", N_("Home"))
GOALS = Entry("goals.mine", "target", N_("My goals"), short=N_("Goals"))
TEAM = Entry("home.team", "users", N_("My team"), leads, short=N_("Team"))
RECORD = Entry("checkins.begin", "plus", N_("Record"), covers=("checkins.record",))
MORE = Entry("shell.more", "menu", N_("More"))

REVIEW_PAGES = tuple(f"reviews.{name}" for name in ("show", "form", "submission", "weights", "beside"))
"""Pages about one review; those about a cycle belong to another entry."""

GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            HOME,
            GOALS,
            Entry("checkins.index", "message-square-text", N_("Check-ins"), covers=("checkins.", "actions.")),
            Entry("reviews.index", "clipboard-check", N_("Reviews"), covers=REVIEW_PAGES),
        ),
    ),
    (
        N_("Team and company"),
        (
            TEAM,
            Entry("goals.tree", "network", N_("Goal tree")),
            Entry("goals.board", "columns-3", N_("OKR board")),
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
            Entry("organisation.tree", "network", N_("Organisation"), holds(Act.SEE_ORGANISATION), covers=("organisation.",)),
        ),
    ),
    (
        N_("System"),
        (
            Entry("setup.index", "list-checks", N_("First run"), setting_up, covers=("setup.",)),
            Entry("sync.runs", "folder-sync", N_("Directory sync"), holds(Act.SEE_SYNC), covers=("sync.",)),
            Entry("jobs.index", "list-checks", N_("Background jobs"), holds(Act.SEE_JOBS), covers=("jobs.",)),
            Entry("admin.all_periods", "clock", N_("Periods"), holds(Act.SEE_CYCLES)),
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


def groups() -> Iterator[tuple[str, list[Entry]]]:
    """The navigation of this viewer: heading and entries; a group with nothing in it is left out."""
    for heading, entries in GROUPS:
        if shown := [entry for entry in entries if entry.shown()]:
            yield heading, shown


def tabs() -> list[Entry]:
    """The phone's bar."""
    return [entry for entry in TABS if entry.shown()]
