"""Guessing is slow, and the colleague whose name is guessed still comes in."""

import base64
import json
import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.accounts import throttle
from portal.accounts.models import Counter, LoginAttempt
from portal.accounts.throttle import Limits, Rule, Try
from portal.db import db
from portal.directory.ldap import Answer

AT = clock.now()


def ago(*seconds):
    return [AT - timedelta(seconds=n) for n in seconds]


@pytest.mark.parametrize(
    ("times", "wait"),
    [
        ([], 0),
        (ago(1, 2), 0),
        (ago(1, 2, 3), 897),  # until the third newest is 15 minutes old
        (ago(1, 2, 899), 1),
        (ago(1, 2, 901), 0),
        (ago(-60, 1, 2), 0),  # a clock set back: what lies in the future is not counted
    ],
)
def test_a_rule_waits_for_its_window(times, wait):
    assert Rule(Counter.DEVICE, "k", 3, throttle.WINDOW).wait(times, AT) == wait


@pytest.mark.parametrize(("count", "wait"), [(19, 0), (20, 2), (21, 4), (22, 8), (24, 32), (25, 60), (40, 60)])
def test_a_gentle_rule_asks_for_seconds(count, wait):
    rule = Rule(Counter.ACCOUNT, "k", 20, throttle.WINDOW, gentle=True)
    assert rule.wait(ago(*[0] * count), AT) == wait
    assert rule.wait(ago(*[wait] * count), AT) == 0


def counters(trial, limits=None):
    limits = limits or Limits()
    return {rule.counter: rule.most for rule in throttle.rules(trial, limits, "secret")}


def test_a_known_device_answers_for_itself_alone():
    assert counters(Try("li", "10.0.0.1")) == {Counter.DEVICE: 5, Counter.ADDRESS: 30, Counter.ACCOUNT: 20, Counter.BIND: 3}
    assert counters(Try("li", "10.0.0.1", "mine")) == {Counter.DEVICE: 5, Counter.BIND: 4}
    assert Counter.BIND not in counters(Try("li", "10.0.0.1"), Limits(lockout=0))
    assert counters(Try("li", "10.0.0.1"), Limits(lockout=1))[Counter.BIND] == 1


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        (None, ""),
        ("unix", "unix"),
    ],
)
def test_what_counts_as_one_address(remote, address):
    assert throttle.address_of(remote) == address


def test_the_table_tells_neither_names_nor_addresses(company, browser):
    browser("10.9.8.7").sign_in("li", "wrong")
    keys = db.session.scalars(select(LoginAttempt.key)).all()
    assert len(keys) == 4 and all(re.fullmatch("[0-9a-f]{40}", key) for key in keys)


def test_the_sixth_attempt_from_one_place_waits(company, browser, directory, configured, time):
    configured({"DIRECTORY_LOCKOUT": 0})
    one = browser()
    assert [one.sign_in("li", "wrong").status_code for _ in range(5)] == [401] * 5
    refused = one.sign_in("li", "right")
    assert (refused.status_code, refused.headers["Retry-After"], len(directory.asked)) == (429, "901", 5)
    assert "Try again in 16 minutes" in refused.text
    time.passes(minutes=15, seconds=1)
    assert one.sign_in("li").status_code == 303


def test_the_same_words_for_names_that_do_not_exist(company, browser, configured, time):
    configured({"DIRECTORY_LOCKOUT": 0})
    answers = {name: [browser().sign_in(name, "wrong") for _ in range(6)][-1] for name in ("li", "nobody")}
    assert {a.status_code for a in answers.values()} == {429}
    assert answers["li"].headers["Retry-After"] == answers["nobody"].headers["Retry-After"]


def test_one_address_may_not_try_everybody(company, browser, directory, time):
    one = browser()
    answers = [one.sign_in(f"name{n}", "wrong").status_code for n in range(31)]
    assert answers == [401] * 30 + [429] and len(directory.asked) == 30
    assert browser("10.0.0.2").sign_in("li").status_code == 303, "another address is not concerned"


def test_the_colleague_still_comes_in_during_the_attack(company, browser, directory, time):
    mine = browser("10.0.0.50")
    mine.sign_in("li")
    mine.post("/logout")
    directory.asked.clear()
    for n in range(60):  # from everywhere, the colleague's own address among them
        browser(f"10.0.1.{n}" if n % 2 else "10.0.0.50").sign_in("li", "wrong")
    assert len(directory.asked) == 3, "two below the directory's own lock"
    assert browser("10.0.2.1").sign_in("li").status_code == 429, "a device nobody knows waits"
    assert mine.sign_in("li").status_code == 303, "the known one does not"


def test_the_portal_never_locks_the_account_in_the_directory(company, browser, directory, time):
    mine = browser()
    mine.sign_in("li")
    mine.post("/logout")
    directory.asked.clear()
    for n in range(10):
        browser(f"10.0.1.{n}").sign_in("li", "wrong")
        mine.sign_in("li", "wrong")
    assert len(directory.asked) == 4, "five wrong ones would lock it"
    time.passes(minutes=31)
    assert mine.sign_in("li").status_code == 303


def test_the_right_password_forgets_what_was_mistyped(company, browser, directory):
    one = browser()
    for _ in range(4):
        assert [one.sign_in("li", "wrong").status_code for _ in range(2)] == [401, 401]
        assert one.sign_in("li").status_code == 303


def test_a_directory_that_does_not_answer_costs_nobody_an_attempt(company, browser, directory):
    directory.answers["li"] = Answer.UNREACHABLE
    assert [browser().sign_in("li").status_code for _ in range(7)] == [503] * 7
    assert db.session.scalar(select(func.count()).select_from(LoginAttempt)) == 0


def test_a_device_is_known_for_its_accounts_only_and_tells_none(company, browser, directory):
    mine = browser()
    mine.sign_in("li")
    device, accounts = json.loads(base64.urlsafe_b64decode(mine.cookie("device").split(".")[0] + "=="))
    assert len(device) == 22 and accounts[0] != "li" and len(accounts[0]) == 16
    for n in range(4):
        browser(f"10.0.1.{n}").sign_in("sun", "wrong")
    assert mine.sign_in("sun").status_code == 429, "known for 李, not for 孙"


def test_a_forged_device_cookie_is_no_device(app, company, browser):
    mine = browser()
    mine.sign_in("li")
    mine.client.set_cookie("device", mine.cookie("device")[:-3] + "xxx", domain="localhost")
    for n in range(4):
        browser(f"10.0.1.{n}").sign_in("li", "wrong")
    assert mine.sign_in("li").status_code == 429


def test_many_at_the_same_moment_are_counted_one_by_one(app, company):
    """Eight threads, five places: exactly five are let through."""
    rules = throttle.rules(Try("li", "10.0.0.1"), Limits(lockout=0), "secret")
    let, gate = [], threading.Barrier(8)
    db.session.rollback()

    def attempt():
        with app.app_context():
            gate.wait(10)
            let.append(throttle.count(rules, AT).wait == 0)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    [t.start() for t in threads]
    [t.join(30) for t in threads]
    assert sorted(let) == [False] * 3 + [True] * 5


def test_old_attempts_are_forgotten(company, browser, time):
    browser().sign_in("li", "wrong")
    time.passes(days=3)
    browser().sign_in("sun", "wrong")
    assert db.session.scalar(select(func.min(LoginAttempt.at))) == time.now
