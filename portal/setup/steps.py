"""The steps of the first run in their order, who takes each, and how far it is."""

from dataclasses import dataclass

from portal.access import Act
from portal.words import N_


@dataclass(frozen=True)
class Step:
    """One page of the first run. `act` is what its taker must hold; `name` is its endpoint too."""

    name: str
    word: str
    act: Act


STEPS = (
    Step("directory", N_("Directory"), Act.RUN_SYNC),
    Step("trial", N_("Trial run"), Act.RUN_SYNC),
    Step("people", N_("People"), Act.RUN_SYNC),
    Step("hr", N_("HR"), Act.GRANT_ROLES),
    Step("company", N_("Company"), Act.CHANGE_SETTINGS),
    Step("period", N_("First period"), Act.RUN_CYCLES),
    Step("capabilities", N_("Capabilities"), Act.CHANGE_SETTINGS),
)
NAMES = tuple(step.name for step in STEPS)


@dataclass(frozen=True)
class Progress:
    """What is there already: a trial or a real run, people, somebody of HR, the company's name, a period, open doors."""

    tried: bool
    people: bool
    hr: bool
    company: bool
    period: bool
    open: bool

    def done(self, name: str) -> bool:
        """Whether a step needs nobody any more."""
        facts = {"directory": self.tried, "trial": self.tried, "capabilities": self.open}
        return bool(facts.get(name, getattr(self, name, False)))

    @property
    def next(self) -> str:
        """The first step that is not done; the last one when all are."""
        return next((name for name in NAMES if not self.done(name)), NAMES[-1])

    @property
    def missing(self) -> tuple[str, ...]:
        """What stands in the way of opening: every step but the last, which is the opening itself."""
        return tuple(name for name in NAMES[:-1] if not self.done(name))


def after(name: str) -> str:
    """The step that follows; the last one follows itself."""
    return NAMES[min(NAMES.index(name) + 1, len(NAMES) - 1)]
