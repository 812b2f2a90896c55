"""When the next talk is due: facts, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.checkins.rhythm import standing, view_is_open

MONDAY = date(2026, 11, 23)


def test_due_counts_from_the_last_talk():
    stands = standing(MONDAY, 14, date(2026, 1, 1))
    assert (stands.due, stands.late(MONDAY + timedelta(13)), stands.late(MONDAY + timedelta(17))) == (MONDAY + timedelta(14), 0, 3)


def test_without_a_talk_it_counts_from_the_beginning():
    assert standing(None, 14, MONDAY).due == MONDAY + timedelta(14)


def test_leave_pauses_it():
    stands = standing(MONDAY, 14, MONDAY, paused=True)
    assert (stands.late(MONDAY + timedelta(100)), stands.is_due(MONDAY + timedelta(100))) == (0, False)


@pytest.mark.parametrize(("day", "is_open"), [(0, True), (7, True), (8, False)])
def test_the_own_view_is_open_for_a_while(day, is_open):
    assert view_is_open(MONDAY, MONDAY + timedelta(day), 7) is is_open


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(7, 92), st.integers(-100, 400))
def test_late_is_due_and_never_negative(last, every, later):
    stands, today = standing(last, every, last), last + timedelta(later)
    assert stands.late(today) == max(0, later - every)
    assert stands.is_due(today) is (later >= every)


@given(st.integers(0, 70), st.integers(7, 92), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_first_talks_are_spread_over_working_days(others, every, since):
    """Whoever takes over a team is asked for two first talks on a day at most, the first ones when the rhythm says."""
    due = [standing(None, every, since, place=n).due for n in range(others + 1)]
    assert max(due.count(day) for day in due) <= 2
    assert due == sorted(due) and due[0] == since + timedelta(every)
    assert all(day.weekday() < 5 for day in due if day != due[0])


def test_a_talk_that_was_held_is_not_moved():
    assert standing(MONDAY, 14, MONDAY, place=60).due == MONDAY + timedelta(14)
