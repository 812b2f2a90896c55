"""The digest of a work day, and news at once: to whom, what, how often; and what happens when something breaks."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update

from portal import clock, journal
from portal.actions.models import Action
from portal.db import db
from portal.directory.models import Absence, Person, Status
from portal.feedback.models import Ask
from portal.goals.models import Objective
from portal.goals.states import State as Goal
from portal.jobs import Context
from portal.jobs.models import Job
from portal.journal.kinds import KINDS
from portal.notifications import digest, mailing, news, post
from portal.notifications.models import Kind, Message, Notice, Preference, State, WaitingCount, WorkDay
from portal.notifications.people import readers
from portal.settings import Setting
from portal.waiting import queries
from portal.waiting.kinds import KINDS as KINDS_OF_THINGS
from tests.build import a_check_in, a_report, an_objective, feedback
from tests.company import NAMES
from tests.notifications.conftest import PUBLIC, at, forget_waiting_time, work

# 陈, 李, 孙, 吴, 钱 … : a check-in is due with everybody who has a manager, since the quarter began forty days ago.


def states():
    db.session.expire_all()
    found = dict(db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all())
    db.session.rollback()
    return found


def plain(mail):
    return mail.get_body(("plain",)).get_content()


def test_a_manager_gets_one_digest_with_everything_and_links(staff, sink):
    an_objective(staff.period, person_id=staff.li, state="proposed", title="开拓三家客户")
    db.session.commit()
    work("digest", "mail")
    (mail,) = sink.to("wang")
    assert mail["Subject"] == "3 things wait for you", "how many, never what"
    assert (mail["Auto-Submitted"], mail["List-Unsubscribe"].strip()) == ("auto-generated", f"<{PUBLIC}/account/notifications>")
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        assert "开拓三家客户" in text and f"{PUBLIC}/check-ins/people/{staff.li}/record" in text and "Check-in with li" in text
    assert not sink.to("sun")
    work("digest", "mail")
    assert len(sink.to("wang")) == 1
    assert {row.person_id for row in db.session.scalars(select(Notice))} == {db.session.scalar(select(Person.id).where(Person.login == name)) for name in ("zhao", "wang", "zhou", "hu")} | {staff.feng}


def test_a_chinese_reader_gets_a_chinese_mail(staff, sink):
    db.session.execute(update(Person).where(Person.id == staff.wang).values(language="zh"))
    db.session.commit()
    work("digest", "mail")
    (mail,) = sink.to("wang")
    assert mail["Subject"] == "2 件事等你处理" and mail["Content-Language"] == "zh" and "与li的对话" in plain(mail)
    assert sink.to("zhou")[0]["Subject"].endswith("wait for you")


def test_each_step_is_told_once_and_days_without_one_are_silent(staff, sink):
    talk = a_check_in(staff.li, staff.wang, held_on=clock.today(), state="confirmed", confirmed_at=clock.now())
    for name in NAMES:
        if name not in ("li", "wang"):
            a_check_in(getattr(staff, name), staff.wang if name != "wang" else staff.zhao, held_on=clock.today() + timedelta(30), state="draft")
    db.session.execute(update(Person).where(Person.id.not_in([staff.wang])).values(mail=None))
    a_check_in(staff.sun, staff.wang, held_on=clock.today() + timedelta(60), state="confirmed", confirmed_at=clock.now())
    db.session.commit()
    assert talk
    days = []
    for day in range(5, 33):
        before = len(sink.got)
        work("digest", "mail", moment=at(day))
        work("digest", "mail", moment=at(day, 11))
        days += [day] * (len(sink.got) - before)
    assert days == [11, 14, 17, 21, 28], "3 days before the fourteenth, on it, and 3, 7 and 14 days after"


def test_no_digest_on_a_holiday_and_none_in_the_evening(staff, sink):
    db.session.execute(update(WorkDay).where(WorkDay.day == clock.today()).values(works=False))
    db.session.commit()
    work("digest", "mail")
    work("digest", "mail", moment=at(1, 21))
    assert sink.got == []
    work("digest", "mail", moment=at(2))
    assert sink.to("wang")


def test_whoever_left_is_away_or_has_no_address_gets_nothing(staff, sink):
    db.session.execute(update(Person).where(Person.id == staff.zhou).values(status=Status.LEFT))
    db.session.execute(update(Person).where(Person.id == staff.hu).values(mail=" "))
    db.session.add(Absence(person_id=staff.zhao, kind="leave", since=clock.today(), until=clock.today() + timedelta(9)))
    db.session.commit()
    work("digest")
    db.session.execute(update(Person).where(Person.id == staff.wang).values(status=Status.LEFT))  # between claim and sending
    db.session.commit()
    work("mail")
    assert not [name for name in ("zhao", "wang", "zhou") if sink.to(name)]
    assert states()[State.DROPPED] == 1


def test_a_name_or_an_address_cannot_bring_a_header(staff, sink):
    db.session.execute(update(Person).where(Person.id == staff.wang).values(name="wang\r\nBcc: evil@example.com"))
    db.session.execute(update(Person).where(Person.id == staff.zhou).values(mail="zhou@company.example\r\nBcc: evil@example.com"))
    db.session.commit()
    work("digest", "mail")
    (mail,) = sink.to("wang")
    assert mail["Bcc"] is None and not sink.to("zhou")
    assert db.session.scalar(select(Message.why).where(Message.person_id == staff.zhou)) == mailing.NO_ADDRESS


def propose(staff, visit):
    """孙 proposes a goal."""
    goal = an_objective(staff.period, person_id=staff.sun, title="新的目标").id
    db.session.commit()
    assert visit(staff.sun).post(f"/goals/{goal}/proposal", follow=False).status_code == 303


def test_what_is_asked_of_somebody_is_told_at_once_and_together(staff, sink, visit):
    work("news")  # begins at the end of the journal
    propose(staff, visit)
    propose(staff, visit)
    work("news", "mail")
    assert sink.got == [], "a few minutes are waited"
    work("news", "mail", moment=at(minute=10))
    (mail,) = sink.to("wang")
    assert mail["Subject"] == "2 things are asked of you" and "新的目标" in plain(mail) and not sink.to("sun")
    assert len(sink.to("feng")) == 1, "who acts for 王 is asked as well"
    work("news", "mail", moment=at(minute=30))
    assert len(sink.to("wang")) == 1
    work("digest", "mail", moment=at(1))
    assert "新的目标" in plain(sink.to("wang")[1]), "the digest tells all that waits, for the check-ins that are due"


def test_a_question_for_feedback_is_told_at_once_and_leads_to_its_answer(staff, sink, visit):
    work("news")
    assert visit(staff.li).post("/feedback/ask", topic="the handover", people=[staff.wang], follow=False).status_code == 303
    work("news", "mail")
    work("news", "mail", moment=at(minute=10))
    (mail,) = sink.to("wang")
    assert "the handover" in plain(mail) and f"{PUBLIC}/feedback/asks/{db.session.scalars(select(Ask.id)).one()}" in plain(mail)


def test_a_promise_in_a_digest_leads_to_its_page_which_settles_nothing_by_itself(staff, sink, visit):
    talk = a_check_in(staff.li, staff.wang).id
    db.session.add(Action(what="send the samples", person_id=staff.li, owner_id=staff.wang, due=clock.today(), source_type="check_in", source_id=talk))
    db.session.commit()
    work("digest", "mail")
    one = db.session.scalars(select(Action.id).where(Action.owner_id == staff.wang)).one()
    assert f"{PUBLIC}/actions/{one}" in plain(sink.to("wang")[0])
    assert visit(None).get(f"/actions/{one}").status_code == 401, "the login comes first"
    assert visit(staff.wang).get(f"/actions/{one}").status_code == 200 and db.session.get(Action, one).state == "open"


def test_news_of_the_evening_comes_with_the_digest_of_the_morning(staff, sink, visit):
    work("news")
    propose(staff, visit)
    work("news", "mail", moment=at(hour=21))
    work("digest", "mail", moment=at(1, 8, 1))
    assert len(sink.to("wang")) == 1 and sink.to("wang")[0]["Subject"].endswith("wait for you")
    assert db.session.scalar(select(Message.why).where(Message.person_id == staff.wang, Message.kind == Kind.NEWS)) == digest.MERGED


def test_whoever_wants_no_news_at_once_has_it_in_the_digest(staff, sink, visit):
    db.session.add(Preference(person_id=staff.wang, at_once=False))
    db.session.commit()
    work("news")
    propose(staff, visit)
    work("news", moment=at())
    work("mail", moment=at(minute=10))
    assert not sink.to("wang") and sink.to("feng")
    work("digest", "mail", moment=at(hour=10))
    assert "新的目标" in plain(sink.to("wang")[0])


def test_news_that_was_settled_meanwhile_is_not_sent(staff, sink, visit):
    work("news")
    propose(staff, visit)
    work("news")
    db.session.execute(update(Objective).values(state="draft"))
    db.session.commit()
    work("mail", moment=at(minute=10))
    assert sink.got == [] and states() == {State.DROPPED: 2}


def test_a_server_that_is_down_is_asked_again_later_with_the_same_mail(staff, sink, app):
    app.config["MAIL_PORT"] = 9
    work("digest", "mail")
    row = db.session.scalars(select(Message).where(Message.person_id == staff.wang)).one()
    assert (row.state, row.attempts, row.why) == (State.WAITING, 1, "The mail server did not answer.") and row.run_at > at()
    key, app.config["MAIL_PORT"] = row.key, sink.port
    work("mail", moment=at(minute=0))
    assert sink.got == []
    work("mail", moment=at(minute=2))
    assert key in sink.to("wang")[0]["Message-ID"] and set(states()) == {State.SENT}


def test_what_could_not_be_sent_by_the_evening_is_not_sent_at_night(staff, sink, app):
    app.config["MAIL_PORT"] = 9
    work("digest", "mail")
    work("mail", moment=at(hour=19, minute=58))
    app.config["MAIL_PORT"] = sink.port
    work("mail", moment=at(hour=20, minute=1))
    assert sink.got == []
    work("mail", moment=at(1))
    assert sink.got == [] and set(states()) == {State.FAILED}, "a digest is of its day"


def test_a_slow_server_is_left_alone_after_a_while(staff, sink, monkeypatch):
    monkeypatch.setattr(post, "SECONDS", 0.5)
    sink.slow = True
    work("digest", "mail")
    assert set(states()) == {State.WAITING} and sink.got == []


@pytest.mark.parametrize(("answer", "state"), [("550 no such mailbox", State.FAILED), ("451 later", State.WAITING)])
@pytest.mark.parametrize("where", ["RCPT", "DATA"])
def test_a_refusal_for_good_and_one_for_now(staff, sink, where, answer, state):
    sink.says = {where: answer}
    work("digest", "mail")
    assert set(states()) == {state} and sink.got == []


def test_what_may_have_been_taken_is_not_sent_twice(staff, sink, visit):
    sink.breaks = True
    work("digest", "mail")
    assert len(sink.got) == 1 and states()[State.UNKNOWN] == 1
    sink.breaks = False
    forget_waiting_time()
    work("mail", moment=at(minute=30))
    names = [one["To"].addresses[0].addr_spec for one in sink.got]
    assert len(names) == len(set(names)) == 4
    message = db.session.scalars(select(Message).where(Message.state == State.UNKNOWN)).one().id
    hu = visit(staff.hu)
    assert "Send the mail again" in hu.get("/admin/mail?state=unknown").text
    hu.post(f"/admin/mail/{message}/again")
    work("mail", moment=clock.now() + timedelta(minutes=1))
    assert len(sink.got) == 5 and sink.got[0]["Message-ID"] == sink.got[4]["Message-ID"], "a receiver can tell that it is the same"


def test_a_worker_that_died_between_claim_and_sending_leaves_one_in_doubt(staff, sink):
    work("digest")
    one = db.session.scalars(select(Message).where(Message.person_id == staff.wang)).one()
    one.state, one.sending_at = State.SENDING, at()
    db.session.commit()
    work("mail", moment=at(minute=30))
    assert not sink.to("wang") and states() == {State.SENT: 3, State.UNKNOWN: 1}


def test_a_digest_that_was_interrupted_goes_on_and_tells_nobody_twice(staff, sink, monkeypatch):
    monkeypatch.setattr(digest, "BATCH", 4)
    real, calls = digest.batch, []

    def dies(*args):
        calls.append(args)
        if len(calls) == 2:
            raise OSError
        real(*args)

    monkeypatch.setattr(digest, "batch", dies)
    with clock.at(at()):
        context = Context(0, {}, None)
        with pytest.raises(OSError):
            _run(context, monkeypatch)
        db.session.rollback()
        calls.append(None)
        _run(context, monkeypatch)
    work("mail")
    assert sorted(one["To"].addresses[0].addr_spec.split("@")[0] for one in sink.got) == ["hu", "wang", "zhao", "zhou"]


def _run(context, monkeypatch):
    monkeypatch.setattr(Context, "step", lambda *_: db.session.commit())
    digest.make(context)
    db.session.commit()


def test_two_workers_at_once_write_to_nobody_twice(staff, sink, app):
    together, wrong = Barrier(2), []

    def one(job):
        with app.app_context(), clock.at(at()):
            together.wait()
            try:
                job()
                db.session.commit()
            except (digest.Overtaken, post.Down):
                db.session.rollback()
            except Exception as error:
                wrong.append(error)
            finally:
                db.session.remove()

    def make():
        for low, high in queries.batches(500):
            waits = queries.between(low, high, clock.today())
            digest.batch(waits, readers(digest._fresh(low, high, clock.today()), clock.today()), {}, clock.now())

    class Quiet(Context):
        def step(self, done, total=None):
            db.session.commit()

    db.session.rollback()
    for job in (make, lambda: mailing.send(Quiet(0, {}, None))):
        threads = [Thread(target=one, args=(job,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    names = [mail["To"].addresses[0].addr_spec for mail in sink.got]
    assert len(names) == len(set(names)) == 4, names


def test_of_many_mails_whoever_is_free_takes_half(staff, sink, monkeypatch):
    monkeypatch.setattr(mailing, "MANY", 3)
    monkeypatch.setattr(mailing, "BATCH", 1)
    work("digest", "mail")
    everybody = [mail["To"].addresses[0].addr_spec for mail in sink.got]
    assert len(everybody) == len(set(everybody)) == 4 and states() == {State.SENT: 4}
    shares = dict(db.session.execute(select(Job.key, Job.done).where(Job.kind == mailing.JOB)).all())
    assert set(shares) == {None, "mail:half"} and sum(shares.values()) == 4 and min(shares.values()) == 2
    work("mail")
    assert len(sink.got) == 4 and db.session.scalar(select(func.count()).where(Job.kind == mailing.JOB)) == 3, "few are one job's"


def test_a_clock_that_is_set_back_over_midnight_makes_no_second_digest(staff, sink):
    work("digest", "mail", moment=at(0))
    an_objective(staff.period, person_id=staff.li, state="proposed")
    db.session.commit()
    work("digest", "mail", moment=at(1, 8))
    an_objective(staff.period, person_id=staff.li, state="proposed")
    db.session.commit()
    work("digest", "mail", moment=at(0, 12))
    work("digest", "mail", moment=at(1, 8))
    assert len(sink.to("wang")) == 2


OPENED = {
    "the mail page": ("/admin/mail/open", {}),
    "the settings": ("/admin/settings/mail_open", {"value": "on", "why": "looked at it", "seen": "False"}),
    "the default again": ("/admin/settings/mail_open", {"act": "reset", "why": "looked at it", "seen": "False"}),
}


@pytest.mark.parametrize("where", OPENED)
def test_after_a_restore_nothing_is_sent_until_somebody_opens_mail_and_nothing_is_told_twice(staff, sink, visit, where):
    work("digest")
    db.session.add(Setting(name="mail_open", value=False, at=clock.now()))
    db.session.commit()
    work("mail", "digest", "news")
    assert sink.got == []
    hu = visit(staff.hu)
    assert "No mail is sent" in hu.get("/admin/mail").text
    address, fields = OPENED[where]
    assert "as soon as a worker has looked" in hu.post(address, **fields).text
    assert db.session.get(Setting, "mail_open").value is False, "not before it was looked at"
    assert db.session.scalars(select(Message.state).where(Message.state == State.WAITING)).all() == [], "what lay there is not sent"
    an_objective(staff.period, person_id=staff.li, state="proposed")
    db.session.commit()
    work("mail", moment=clock.now())
    assert sink.got == [] and db.session.get(Setting, "mail_open") is None
    db.session.rollback()
    work("digest", "mail", moment=at(1))
    assert not sink.to("wang"), "what waited when mail was opened counts as told"


def test_news_of_the_time_line_is_a_number(staff, sink):
    db.session.execute(update(Person).where(Person.id != staff.li).values(mail=None))
    db.session.commit()
    work("digest", moment=at(-1))
    goal = an_objective(staff.period, person_id=staff.li, state=Goal.AGREED, title="一个秘密")
    journal.write("objective.agree", goal, staff.viewer("wang"), words={"title": goal.title})
    db.session.commit()
    work("digest", "mail")
    (mail,) = sink.got
    assert "1 new entry on your time line" in plain(mail) and "一个秘密" not in mail.as_string() and f"{PUBLIC}/people/{staff.li}" in plain(mail)
    assert news.AT_ONCE and set(news.AT_ONCE) | set(digest.INFORMS) <= set(KINDS)


def test_what_is_its_readers_alone_has_no_words_in_a_mail_and_stands_in_no_count(staff, sink):
    given = feedback(staff.li, staff.sun, words="骂人的话")
    a_report(given, staff.li, words="骂人的话", reason="侮辱")
    decided = feedback(staff.li, staff.wu, words="另一句")
    a_report(decided, staff.li, state="hidden", decided_at=clock.now(), decided_by_id=staff.hu, why="不合适")
    db.session.commit()
    work("digest", "mail")
    mine = sink.to("hu")[0].as_string() + plain(sink.to("hu")[0]) + plain(sink.to("li")[0]) + plain(sink.to("wu")[0])
    assert "Feedback was reported" in mine and "HR has decided about what you reported" in mine and "HR has hidden feedback of yours" in mine
    assert not [word for word in ("骂人", "侮辱", "另一句", "不合适") if word in mine]
    counted = set(db.session.scalars(select(WaitingCount.what)))
    assert counted and not counted & {what.value for what, kind in KINDS_OF_THINGS.items() if kind.private}
