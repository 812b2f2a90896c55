"""Steps and work days."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal import clock
from portal.db import db
from portal.notifications import steps, workdays
from portal.notifications.models import WorkDay

DUE = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("days", "step"),
    [(-30, "new"), (-4, "new"), (-3, "-3"), (-1, "-3"), (0, "0"), (2, "0"), (3, "3"), (6, "3"), (7, "7"), (13, "7"), (14, "14"), (300, "14")],
)
def test_the_step_a_thing_has_come_to(days, step):
    assert steps.step(DUE, DUE + timedelta(days)) == step


def test_what_has_no_day_is_new():
    assert steps.step(None, DUE) == "new"


@given(some.lists(some.integers(-40, 60), min_size=1))
def test_as_days_go_by_no_step_comes_back(days):
    came = [steps.step(DUE, DUE + timedelta(n)) for n in sorted(days)]
    once = [step for n, step in enumerate(came) if n == 0 or came[n - 1] != step]
    assert len(once) == len(set(once)) <= 6


def test_a_new_due_day_or_a_new_draft_is_another_round():
    assert steps.round_of(SimpleNamespace(due=DUE, n=1)) == "2026-11-20"
    assert steps.round_of(SimpleNamespace(due=None, n=2)) == "2"


def test_public_holidays_make_up_days_and_what_hr_says(app):
    assert not workdays.is_worked(date(2026, 10, 1)) and workdays.is_worked(date(2026, 10, 10)), "a holiday, a Saturday that is worked"
    assert workdays.named(date(2026, 10, 1)) == "国庆节"
    assert not workdays.known(date(2099, 1, 1)) and workdays.is_worked(date(2099, 1, 1)) and not workdays.is_worked(date(2099, 1, 3))
    db.session.add_all([WorkDay(day=date(2026, 10, 1), works=True), WorkDay(day=date(2026, 10, 12), works=False)])
    db.session.commit()
    assert workdays.is_worked(date(2026, 10, 1)) and not workdays.is_worked(date(2026, 10, 12))


@pytest.mark.parametrize(
    ("now", "then"),
    [("2026-09-30 10:00", "2026-09-30 10:00"), ("2026-09-30 07:59", "2026-09-30 08:00"), ("2026-09-30 20:00", "2026-10-08 08:00"), ("2026-10-03 12:00", "2026-10-08 08:00")],
)
def test_nobody_is_written_to_at_night_or_on_a_holiday(app, now, then):
    moments = [datetime.fromisoformat(one).replace(tzinfo=clock.zone()) for one in (now, then)]
    assert workdays.next_hour(moments[0]) == moments[1]
