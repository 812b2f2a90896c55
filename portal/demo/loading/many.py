"""Writing a company of many: units, posts, people, assignments, roles and periods as ready rows."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection

from portal.demo.chance import dice
from portal.demo.days import Span, periods
from portal.demo.loading.fast import Fast, Row, Shape
from portal.demo.many import LEVELS, One, people, unit_name
from portal.directory.reading import reading

CHANGED_HANDS = 0.05
"""How many had another manager within the last year."""


class Many:
    """One company of many, written into an empty database."""

    def __init__(self, connection: Connection, count: int, today: date, seed: int) -> None:
        self.fast, self.today, self.seed = Fast(connection), today, seed
        self.shape: Shape = self.fast.shape
        self.people: list[One] = list(people(count, today, seed))
        self.heads = sorted({one.unit for one in self.people})
        self.unit_ids = {head: n for n, head in enumerate(self.heads, 1)}
        self.spans = periods(today)
        self.period_ids: dict[str, int] = {}

    def organisation(self) -> None:
        """Units, posts, people, assignments; the closures are the directory's own to build."""
        long_ago = self.shape.day(date(self.today.year - 12, 1, 1))
        depth = {one.number: one.depth for one in self.people}
        self.fast.rows(
            "unit",
            ("id", "name", "directory_name", "position"),
            (
                (self.unit_ids[head], unit_name(head, depth[head]), f"{unit_name(head, depth[head])} {head}", n)
                for n, head in enumerate(self.heads)
            ),
        )
        self._people()
        self.fast.rows(
            "unit_term",
            ("id", "unit_id", "parent_id", "head_id", "since"),
            ((self.unit_ids[head], self.unit_ids[head], self._above(head), head + 1, long_ago) for head in self.heads),
        )

    def _people(self) -> None:
        shape, day = self.shape, self.shape.day
        posts = {trade: n for n, trade in enumerate(sorted({one.trade for one in self.people}), 1)}
        self.fast.rows("post", ("id", "name", "family", "key"), ((n, trade, trade, shape.no) for trade, n in posts.items()))
        self.fast.rows(
            "person",
            ("id", "login", "number", "name", "pinyin", "mail", "kind", "status", "hired_on", "span"),
            (
                (
                    one.number + 1,
                    one.login,
                    f"{20000 + one.number}",
                    one.name,
                    reading(one.name),
                    f"{one.login}@hengyu.example",
                    "正式",
                    "active",
                    day(one.hired),
                    0,
                )
                for one in self.people
            ),
        )
        self.fast.rows(
            "assignment",
            (
                "id",
                "person_id",
                "unit_id",
                "post_id",
                "level",
                "manager_id",
                "share",
                "primary",
                "since",
                "until",
                "source",
                "pinned",
            ),
            self._assignments(posts),
        )

    def _above(self, head: int) -> int | None:
        manager = self.people[head].manager
        return None if manager is None else self.unit_ids[self.people[manager].unit]

    def _assignments(self, posts: dict[str, int]) -> Iterator[Row]:
        day, luck, n = self.shape.day, dice(self.seed, "moves"), 0
        for one in self.people:
            since, level = one.hired, LEVELS[min(one.depth, 5)]
            fixed = (posts[one.trade], level)
            manager = None if one.manager is None else one.manager + 1
            if manager is not None and one.depth > 1 and luck.random() < CHANGED_HANDS:
                moved = self.today - timedelta(days=luck.randrange(30, 300))
                if moved > since:
                    before = manager - 1 if manager > 2 else 3  # a neighbour of the manager
                    n += 1
                    yield (
                        n,
                        one.number + 1,
                        self.unit_ids[one.unit],
                        *fixed,
                        before,
                        10_000,
                        self.shape.yes,
                        day(since),
                        day(moved),
                        "hr",
                        self.shape.no,
                    )
                    since = moved
            n += 1
            yield (
                n,
                one.number + 1,
                self.unit_ids[one.unit],
                *fixed,
                manager,
                10_000,
                self.shape.yes,
                day(since),
                None,
                "directory",
                self.shape.no,
            )

    def roles(self) -> None:
        """The executive, HR, the auditor, the system's, and an HRBP of the first department."""
        since = self.shape.day(date(self.today.year - 8, 1, 1))
        number = {one.login: one.number + 1 for one in self.people}
        wanted = (
            ("xu.mingchuan", "executive", None),
            ("shen.jiahe", "hr_admin", None),
            ("wu.tao", "auditor", None),
            ("sun.hao", "system_admin", None),
            ("fang.yu", "hrbp", self.unit_ids.get(1)),
        )
        found = [(login, role, unit) for login, role, unit in wanted if login in number and (role != "hrbp" or unit)]
        self.fast.rows(
            "role_grant",
            ("id", "person_id", "role", "unit_id", "since", "source"),
            ((n, number[login], role, unit, since, "hand") for n, (login, role, unit) in enumerate(found, 1)),
        )

    def write_periods(self) -> None:
        """The same periods as the small company's."""
        ordered = sorted(self.spans.items(), key=lambda pair: (pair[1].begins, -pair[1].ends.toordinal()))
        self.period_ids = {key: n for n, (key, _) in enumerate(ordered, 1)}
        self.fast.rows(
            "period", ("id", "name", "kind", "begins", "ends", "closed"), (self._period(key, span) for key, span in ordered)
        )

    def _period(self, key: str, span: Span) -> Row:
        over = self.shape.yes if span.ends <= self.today else self.shape.no
        kind = "year" if (span.ends - span.begins).days > 300 else "quarter"
        return self.period_ids[key], span.name, kind, self.shape.day(span.begins), self.shape.day(span.ends), over
