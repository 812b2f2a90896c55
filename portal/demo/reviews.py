"""The reviews of the demo company: last year's round with its results, and this year's under way.

Pure: who wrote what and when. Points, scores and grades are the portal's to compute when it is loaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from portal.demo.chance import dice, moment
from portal.demo.company import Company, Person
from portal.demo.days import NUMERALS, workday
from portal.demo.words.judged import AGREED, CHOSEN, DISAGREED, DRAFT, JUDGED, SUBMITTED, WHY

STOOD_IN = ("shen.jiahe", "fang.yu")
"""Nobody releases their own result: whose was in whose hands."""
OPENED_AGO = 16
"""Days since the round of this year was opened."""


@dataclass(frozen=True)
class Answers:
    """What one side wrote: ratings of the competencies in order (None: not yet), why, and the two answers in own words."""

    ratings: tuple[int | None, ...]
    first: str
    second: str
    why: dict[int, str] = field(default_factory=dict)
    okr: str = ""


@dataclass(frozen=True)
class Story:
    """One review from its opening to where it stands; a moment is None where that has not happened."""

    person: str
    own: Answers | None
    handed_in: datetime | None
    theirs: Answers | None
    submitted: datetime | None
    chosen: tuple[str, str] | None = None
    released: datetime | None = None
    acknowledged: datetime | None = None
    agrees: bool = True
    said: str = ""
    archived: datetime | None = None
    saved: datetime | None = None
    """When a half written assessment was left."""


@dataclass(frozen=True)
class Round:
    """评估周期 One cycle: its name, the period it is about, the last day of each phase, and everybody's story."""

    name: str
    period: str
    opened: datetime
    dues: tuple[date, date, date, date]
    is_over: bool
    stories: tuple[Story, ...]


def rounds(company: Company, seed: int = 1) -> tuple[Round, Round]:
    """Last year's round, closed, and the one under way."""
    return _last(company, seed), _now(company, seed)


def _last(company: Company, seed: int) -> Round:
    year = company.today.year - 1
    opened = workday(date(year, 11, 9))
    dues = (date(year, 11, 20), date(year, 12, 4), date(year, 12, 11), date(year, 12, 16))
    stories = tuple(_ended(person, opened, seed) for person in _judged(company, opened))
    return Round(f"{year} 年度绩效评估", "last_year", moment(opened, dice(seed, "last"), 8, 9), dues, True, stories)


def _now(company: Company, seed: int) -> Round:
    today = company.today
    opened = workday(today - timedelta(days=OPENED_AGO))
    dues = (opened + timedelta(days=11), opened + timedelta(days=25), opened + timedelta(days=46), opened + timedelta(days=67))
    yearly = today.month >= 11
    name = f"{today.year} 年度绩效评估" if yearly else f"{today.year} 年{NUMERALS[(today.month - 1) // 3]}季度绩效评估"
    stories = tuple(_begun(company, person, opened, seed) for person in _judged(company, opened))
    return Round(name, "year" if yearly else "quarter", moment(opened, dice(seed, "now"), 8, 9), dues, False, stories)


def _judged(company: Company, opened: date) -> Iterator[Person]:
    """Who was there when it was opened, is still, and has somebody who assesses them."""
    for person in company.people.values():
        if person.key in JUDGED and person.hired < opened and person.left is None:
            yield person


def _ended(person: Person, opened: date, seed: int) -> Story:
    theirs, own, *words = JUDGED[person.key]
    satisfied, differently, overall, further, _ = words
    luck = dice(seed, person.key, "last review")

    def later(first: int, last: int, hours: tuple[int, int] = (9, 18)) -> datetime:
        return moment(workday(opened + timedelta(days=luck.randrange(first, last))), luck, *hours)

    mine = Answers(_ratings(own), str(satisfied), str(differently)) if person.login else None
    why = {n: text for (key, n), text in WHY.items() if key == person.key}
    judgement = Answers(_ratings(theirs), str(overall), str(further), why)
    disagreed = DISAGREED.get(person.key)
    return Story(
        person.key,
        mine,
        later(2, 11) if mine else None,
        judgement,
        later(16, 25),
        CHOSEN.get(person.key),
        moment(workday(opened + timedelta(days=32)), dice(seed, "released"), 9, 10),
        later(33, 37, (11, 20)),
        disagreed is None,
        disagreed or AGREED.get(person.key, ""),
        # After the two weeks in which a signature can be withdrawn; never today, and never by the person.
        moment(opened + timedelta(days=52), luck, 14, 16) if disagreed is None and person.key != STOOD_IN[0] else None,
    )


def _begun(company: Company, person: Person, opened: date, seed: int) -> Story:
    _, own, *_rest, now = JUDGED[person.key]
    luck = dice(seed, person.key, "this review")
    mine, handed_in = None, None
    if now and person.login:
        mine = Answers(_ratings(own or "33333"), *now)
        days = 8 if person.key in ("zhou.xiaolan", "lin.zhiyuan") else luck.randrange(1, 12)
        handed_in = moment(workday(opened + timedelta(days=days)), luck, 9, 20)
    theirs, submitted = _by_manager(company, person, seed)
    saved = None if submitted or theirs is None else moment(workday(company.today - timedelta(days=1)), luck)
    return Story(person.key, mine, handed_in, theirs, submitted, saved=saved)


def _by_manager(company: Company, person: Person, seed: int) -> tuple[Answers | None, datetime | None]:
    luck = dice(seed, person.key, "manager")
    if person.key in SUBMITTED:
        ratings, overall, further = SUBMITTED[person.key]
        return Answers(_ratings(ratings), overall, further), moment(company.today - timedelta(days=2), luck)
    if person.key in DRAFT:
        draft = DRAFT[person.key]
        return Answers(_ratings(draft.ratings), draft.overall, "", dict(draft.why), draft.okr), None
    return None, None


def _ratings(digits: object) -> tuple[int | None, ...]:
    given = [int(digit) for digit in str(digits)]
    return (*given, *[None] * (5 - len(given)))
