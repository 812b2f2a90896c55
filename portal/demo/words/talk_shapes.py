"""The shape talks are written in."""

from dataclasses import dataclass

Obstacle = tuple[str, str, str]
"""Kind, what stands in the way, what support would help ("" for none)."""
Step = tuple[str, str, int]
"""Who ("e" employee, "m" manager; with "!" it is still owed), what, in how many days."""


@dataclass(frozen=True)
class Topic:
    """What people of one trade talk about for some weeks: the manager's words, the employee's, obstacles, next steps."""

    p: tuple[str, ...]
    v: tuple[str, ...]
    o: tuple[Obstacle, ...]
    n: tuple[Step, ...]


@dataclass(frozen=True)
class Talk:
    """One talk written for one person."""

    p: str
    v: str = ""
    o: Obstacle | None = None
    n: tuple[Step, ...] = ()
    private: str = ""


RES, DEP, CLA, PRI, EXT = "resource", "dependency", "clarity", "priority", "external"
