"""A year of talks: two-weekly or as the department's rhythm says, both voices, promises with owners and days.

Pure. The latest talks of a dozen people are written for them; the others are put together from what their trade
talks about, never twice the same words for one person.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from portal.demo.chance import dice, midnight, moment
from portal.demo.company import Company, Person
from portal.demo.days import back, workday
from portal.demo.goals import Cascade, Goal, Value
from portal.demo.words import talks_making, talks_others
from portal.demo.words.remarks import BETTER, SAME, WORSE
from portal.demo.words.talk_shapes import Step, Talk, Topic
from portal.demo.words.talks_own import LATEST, OWN

POOLS: dict[str, tuple[Topic, ...]] = {**talks_making.POOLS, **talks_others.POOLS}
EVERY = 14
# Departments whose talks keep another rhythm, and one person's own.
RHYTHMS = {"company": 28, "supply": 21, "sales": 21, "finance": 28, "hr": 28}
OWN_RHYTHMS = {"xu.zhixia": 7, "yin.chao": 28, "20102": 28, "20618": 28, "20377": 28}
LINES = {"w1": "四号线", "w2": "五号线", "assembly": "四号线", "rd": "试制线"}
LATE_PAIRS = frozenset({"jian.ning", "yin.chao", "jiang.yuan", "ji.yunzhou", "meng.huaiyuan", "lou.qinghe"})


@dataclass(frozen=True)
class Promise:
    """行动 Who does what by when; `done` is when it was, None while it is open; `dropped` where it was given up."""

    what: str
    owner: str
    due: date
    done: date | None
    dropped: bool = False


@dataclass(frozen=True)
class Touched:
    """A goal the talk was about, with what had last been reported for it."""

    code: str
    measure: str
    value: Value


@dataclass(frozen=True)
class CheckIn:
    """对话记录 One talk as it was recorded."""

    person: str
    manager: str
    kind: str
    held: date
    progress: str
    view: str
    obstacle: str
    obstacle_kind: str | None
    support: str
    mood: int | None
    promises: tuple[Promise, ...]
    private: str
    touched: tuple["Touched", ...]
    shared_at: datetime
    confirmed_at: datetime | None


def rhythm(company: Company, person: Person) -> int:
    """Days between two talks of somebody: own over department over company."""
    if person.key in OWN_RHYTHMS:
        return OWN_RHYTHMS[person.key]
    heads = {unit.head for unit in company.units if unit.parent == "company"}
    return RHYTHMS["company"] if person.key in heads else RHYTHMS.get(person.unit, EVERY)


def talks(company: Company, goals: Cascade, seed: int = 1) -> list[CheckIn]:
    """Everybody's year, oldest first."""
    own: dict[str, list[Goal]] = {key: [] for key in company.people}
    for goal in goals.goals:
        if goal.owner[0] == "person":
            own[goal.owner[1]].append(goal)
    found = [talk for person in company.people.values() for talk in _year(company, person, own[person.key], seed)]
    return sorted(found, key=lambda talk: (talk.held, talk.person))


def _year(company: Company, person: Person, goals: list[Goal], seed: int) -> Iterator[CheckIn]:
    days = _days(company, person, seed)
    written = OWN.get(person.key, ())
    pool = _words(person, dice(seed, person.key, "words"), len(days) - len(written))
    said = [*pool[: max(0, len(days) - len(written))], *written][-len(days) :] if days else []
    for n, (day, talk) in enumerate(zip(days, said, strict=True)):
        luck = dice(seed, person.key, "talk", len(days) - n)
        stint = company.stint(person.key, day)
        if stint is None or stint.manager is None:
            continue
        touched = _touched(goals, day, luck)
        is_own = n >= len(days) - len(written)
        figure = _figure(goals, touched[0], luck) if touched and not is_own and luck.random() < 0.6 else ""
        whole = replace(talk, p=talk.p + figure)
        yield _check_in(
            company, person, stint.manager, day, whole, luck=luck, touched=touched, is_last=n == len(days) - 1, is_told=is_own
        )


def _days(company: Company, person: Person, seed: int) -> list[date]:
    """When the talks were, oldest first: the rhythm, give or take, some missed, none during an absence."""
    if person.manager is None:
        return []
    luck, every = dice(seed, person.key, "days"), rhythm(company, person)
    last = company.today - timedelta(days=LATEST.get(person.key, 0) or _since_last(person, every, luck))
    if person.left:
        last = min(last, person.left - timedelta(days=6))
    if person.absent:
        last = min(last, person.absent[1] - timedelta(days=5))
    first = max(person.hired + timedelta(days=7), back(company.today, months=12))
    found: list[date] = []
    day = workday(last)
    while day >= first:
        if not found or (luck.random() > 0.08 and not _holiday(day)):
            found.append(day)
        day = workday(day - timedelta(days=every + luck.choice((-1, 0, 0, 0, 0, 1, 2))))
    return found[::-1]


def _holiday(day: date) -> bool:
    """The week of the national holiday, and the weeks in which most are at home for the new year."""
    return (day.month, day.day) in {(10, n) for n in range(1, 8)} or date(day.year, 1, 29) <= day <= date(day.year, 2, 12)


def _touched(goals: list[Goal], day: date, luck: Random) -> tuple[Touched, ...]:
    """One or two goals with a figure from the weeks before the talk."""
    start, end = midnight(day - timedelta(days=24)), midnight(day)
    found = [
        Touched(goal.code, tracked.measure.name, value)
        for goal in goals
        if goal.agreed_at and goal.agreed_at < end and not (goal.closed_at and goal.closed_at < end)
        for tracked in goal.measures
        if (value := next((v for v in reversed(tracked.values) if start <= v.at < end), None))
    ]
    chosen = luck.sample(found, min(len(found), luck.choice((1, 1, 2))))
    return tuple({touched.code: touched for touched in chosen}.values())


def _figure(goals: list[Goal], touched: Touched, luck: Random) -> str:
    """One sentence about the figure, as somebody would say it; milestones have none."""
    goal = next(g for g in goals if g.code == touched.code)
    tracked = next(t for t in goal.measures if t.measure.name == touched.measure)
    place = tracked.values.index(touched.value)
    measure = tracked.measure
    if measure.steps or place == 0:
        return ""
    was, now = tracked.values[place - 1].value, touched.value.value
    unit = measure.unit if measure.unit == "%" else f" {measure.unit}"
    if now == was:
        return luck.choice(SAME).format(name=measure.name, now=f"{now}{unit}", aim=f"{measure.target}{unit}")
    better = (now > was) == measure.rises
    words = BETTER if better else WORSE
    return luck.choice(words).format(name=measure.name, was=was, now=f"{now}{unit}", aim=f"{measure.target}{unit}")


def _since_last(person: Person, every: int, luck: Random) -> int:
    return every + luck.randrange(2, 8) if person.key in LATE_PAIRS else luck.randrange(2, max(4, every))


def _words(person: Person, luck: Random, wanted: int) -> list[Talk]:
    """Talks out of the trade's topics, each set of words once before any comes again, neighbours about different things."""
    pool = POOLS["管理" if person.family == "生产管理" else person.family]
    place = LINES.get(person.unit, "产线")
    found: list[Talk] = []
    while len(found) < wanted:
        rounds = [luck.sample(range(len(pool)), len(pool)) for _ in range(len(pool[0].p))]
        kept = {n: _shuffled(topic, luck) for n, topic in enumerate(pool)}
        for which, order in enumerate(rounds):
            found += [_compose(pool[n], kept[n], which, luck, place) for n in order]
    return found[:wanted]


def _shuffled(topic: Topic, luck: Random) -> tuple[list[str], list[str]]:
    return luck.sample(topic.p, len(topic.p)), luck.sample(topic.v, len(topic.v))


def _compose(topic: Topic, kept: tuple[list[str], list[str]], which: int, luck: Random, place: str) -> Talk:
    progress, views = kept
    obstacle = luck.choice(topic.o) if luck.random() < 0.38 else None
    steps = luck.sample(topic.n, luck.choice((1, 1, 2, 2, 3)))
    view = views[which % len(views)] if which < len(views) and luck.random() < 0.75 else ""
    filled = [(who, what.format(line=place), days) for who, what, days in steps]
    return Talk(progress[which % len(progress)].format(line=place), view, obstacle, tuple(filled))


def _check_in(
    company: Company,
    person: Person,
    manager: str,
    day: date,
    talk: Talk,
    *,
    luck: Random,
    touched: tuple[Touched, ...],
    is_last: bool,
    is_told: bool,
) -> CheckIn:
    kind_of, text, support = talk.o or (None, "", "")
    at = moment(day, luck, 9, 18)
    ago = (company.today - day).days
    confirmed = moment(min(day + timedelta(days=luck.randrange(1, 5)), company.today - timedelta(days=1)), luck, 19, 22)
    open_still = ago < 7 or (is_last and luck.random() < 0.25)
    promises = tuple(
        _promise(company, person, manager, step, day=day, luck=luck, is_last=is_last, is_told=is_told) for step in talk.n
    )
    return CheckIn(
        person.key,
        manager,
        _kind(day),
        day,
        talk.p,
        talk.v,
        text,
        kind_of,
        support,
        luck.choice((3, 4, 4, 5)) if luck.random() < 0.3 else None,
        promises,
        talk.private,
        touched,
        at,
        None if open_still or confirmed <= at else confirmed,
    )


def _kind(day: date) -> str:
    if day.month == 1 and day.day <= 14:
        return "goal_setting"
    return "mid_term" if day.month == 7 and day.day <= 14 else "check_in"


def _promise(
    company: Company, person: Person, manager: str, step: Step, *, day: date, luck: Random, is_last: bool, is_told: bool
) -> Promise:
    who, what, days = step
    due, owner = workday(day + timedelta(days=days)), manager if who[0] == "m" else person.key
    latest = company.today - timedelta(days=1)
    due = max(due, day)
    if company.people[owner].left:
        return Promise(what, owner, due, None if due > latest else due, dropped=due > latest)
    if who.endswith("!"):
        return Promise(what, owner, due, None)
    age = (company.today - due).days
    # A story says itself what is still owed; elsewhere it is drawn.
    kept = 0.9 if is_told else luck.random()
    if age > 35:
        late = due + timedelta(days=luck.choice((-2, -1, 0, 0, 0, 1, 3, 6)))
        return Promise(what, owner, due, max(day, min(latest, late)), kept > 0.96)
    # The youngest promises are open; some of the others were done late, a few are still owed.
    owed = (is_last and kept < 0.7) or kept < (0.07 if age <= 21 else 0) or due > latest
    done = max(day, due - timedelta(days=luck.randrange(0, 3)))
    return Promise(what, owner, due, None if owed or done > latest else done)
