"""One person's content, gone on request: every text, in every table; sums and the chain stay."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update

from portal import clock, drafts, files, jobs, journal, once
from portal.access.models import Delegation, Role, RoleGrant
from portal.checkins.models import CheckIn, Note, PrivateNote, Rhythm
from portal.db import Model, db
from portal.directory.models import Absence, FormerDn, Person, Status
from portal.goals.models import Kind, MeasureValue, Milestone, Objective, Revision
from portal.goals.states import State as Goal
from portal.home.models import YearSheet
from portal.jobs.models import Job
from portal.journal.models import Entry, Payload
from portal.printing.archive import folder as archive
from portal.printing.models import ArchivedCopy, Document
from portal.retention import erasing, operations
from portal.retention.models import Erasure, Hold
from portal.reviews.models import AnswerSheet, EarlierResult, Group, Invitation, Rating, Review, SheetLink
from portal.sync.lines import Kind as LineKind
from portal.sync.models import State as Ended
from portal.sync.models import SyncLine, SyncRun
from tests.build import a_check_in, a_dialogue, a_file, a_report, a_review, a_session, an_ask, an_objective, feedback
from tests.visitor import ORIGIN

CANARY = "CANARY"


def texts(person_name="li"):
    """Every text in the database in which the canary stands, as table.column."""
    found = set()
    for table in Model.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            found |= {f"{table.name}.{name}" for name, value in row.items() if CANARY in str(value).upper()}  # the index of search is in small letters
    return found


def archived(forms, by):
    """Each of these forms with a file in the archive."""
    (archive() / "2026").mkdir(parents=True)
    papers = [Document(number=f"JX-{n}", kind=form.__tablename__, object_id=form.id, fingerprint="f") for n, form in enumerate(forms)]
    db.session.add_all(papers)
    db.session.flush()
    filed = {"version": 1, "copy": "hr", "archived_by_id": by, "at": clock.now(), "sha256": "s", "size": 6, "pages": 1, "data": {"words": CANARY}}
    files = [archive() / "2026" / f"{paper.number}-1.pdf" for paper in papers]
    for paper, file in zip(papers, files, strict=True):
        file.write_bytes(b"CANARY")
        db.session.add(ArchivedCopy(code=f"AAA{paper.id}", document_id=paper.id, file=f"2026/{file.name}", **filed))
    return files


@pytest.fixture
def full(company, app, tmp_path):
    """李 has left; the canary stands in every text that is about 李, and once in what 李 wrote about 孙."""
    app.config["DATA_DIR"], before = str(tmp_path), app.config["DATA_DIR"]
    li, at = company.li, clock.now()
    words = {"title": CANARY, "why": CANARY, "outcome": CANARY, "lessons": CANARY}
    goal = an_objective(company.period, person_id=li, kind=Kind.KPI, state=Goal.AGREED, weight=6_000, **words)
    goal.measures[0].name, goal.measures[0].current = CANARY, Decimal(7)
    goal.measures[0].milestones = [Milestone(name=CANARY)]
    db.session.flush()
    db.session.add(MeasureValue(measure_id=goal.measures[0].id, value=Decimal(7), comment=CANARY, by_id=li, at=at))
    db.session.add(Revision(objective_id=goal.id, n=1, before={"title": CANARY}, after={"why": CANARY}, why=CANARY, by_id=li, at=at))
    talk = a_check_in(li, company.wang, note=CANARY, action=CANARY, mood=2, obstacle="clarity")
    db.session.add_all(Note(check_in_id=talk.id, voice=voice, field="progress", text=CANARY) for voice in ("manager", "employee"))
    other = a_check_in(company.sun, li, note=CANARY)
    db.session.add(Note(check_in_id=other.id, voice="manager", field="progress", text="what 李 said about 孙"))
    kept = [a_file("check_in", talk.id, li, company.wang, name=f"{CANARY}.txt")]
    review = a_review(li, {li: "self", company.wang: "manager"}, state="ready", ready_at=at, own_words=CANARY, grade_reason=CANARY, grade="A", score=Decimal(90))
    value = db.session.scalars(select(MeasureValue)).one()
    kept += [a_file(kind, one.id, li, company.wang, name=f"{CANARY}.txt") for kind, one in (("measure_value", value), ("assessment", review.assessments[0]))]
    item = review.sections[0].items[0]
    item.frozen, item.frozen_at = {"title": CANARY}, at
    for side in review.assessments:
        side.ratings = [Rating(item=item, value=Decimal(3), words=CANARY, reason=CANARY)]
        side.grade_reason = CANARY
    asked, sheet = Invitation(review_id=review.id, rater_id=company.sun, group=Group.PEER), AnswerSheet(review_id=review.id, group=Group.PEER, words=CANARY)
    printed, agreed = YearSheet(person_id=li, period_id=company.period), a_dialogue(li, company.period, company.wang)
    db.session.add_all([asked, sheet, printed])
    db.session.flush()
    db.session.add(SheetLink(sheet_id=sheet.id, invitation_id=asked.id))
    kept += archived([review, printed, agreed], company.hu)
    said = feedback(li, company.sun, CANARY)
    a_report(said, li, reason=CANARY, why=CANARY, state="kept", decided_at=at, decided_by_id=company.hu)
    an_ask(li, company.wang, CANARY)
    db.session.add(EarlierResult(person_id=li, year=2020, grade="B", words=CANARY))
    db.session.add_all([Absence(person_id=li, kind=CANARY, since=clock.today(), until=clock.today() + timedelta(1)), FormerDn(dn=CANARY, person_id=li), Rhythm(person_id=li, every_days=7)])
    db.session.add(Delegation(giver_id=company.wang, taker_id=li, act="agree_objective", since=clock.today(), reason=CANARY))
    run = SyncRun(began=at, ended=at, state=Ended.APPLIED)
    db.session.add(run)
    db.session.flush()
    db.session.add(SyncLine(run_id=run.id, n=1, kind=LineKind.JOINED, person_id=li, name=CANARY, number=CANARY, was=CANARY, now=CANARY))
    drafts.keep(li, "/goals/new", {"title": CANARY}, at)
    a_session(li, agent=CANARY, ip=CANARY)
    for about in (goal, talk, review):
        journal.write({"objective": "objective.edited", "check_in": "check_in.shared", "review": "review.release"}[about.__tablename__], about, company.viewer("wang"), words={"title": CANARY})
    gone = {"status": Status.LEFT, "left_on": clock.today(), "name": CANARY, "pinyin": CANARY, "mail": CANARY, "mobile": CANARY, "login": CANARY, "number": CANARY, "dn": CANARY}
    db.session.execute(update(Person).where(Person.id == li).values(gone))
    db.session.commit()
    company.__dict__["disk"] = kept
    yield company
    app.config["DATA_DIR"] = before


def work():
    while jobs.work_one():
        pass
    db.session.expire_all()


def test_every_text_goes_and_every_sum_stays(full, visit):
    hu, page = visit(full.hu), f"/admin/retention/people/{full.li}"
    shown = hu.get(page).text
    assert all(word in shown for word in ("Check-ins", "Personal goals", "Reviews and results", "Archived forms", "What stays, and why", "age out"))
    assert len(texts()) > 30, sorted(texts())
    for refused in ({"reason": "", "seen": "y"}, {"reason": "asked"}, {"reason": "asked", "seen": "y", "password": "wrong"}):
        assert hu.post(f"{page}/erasure", **{"password": "right", **refused}).status_code == 422
    assert hu.post(f"{page}/erasure", reason="asked for it", seen="y", password="right").status_code == 200
    assert hu.post(f"{page}/erasure", reason="again", seen="y", password="right").status_code == 409
    work()
    assert texts() == set(), "nothing of it is left"
    assert [path for path in full.disk if path.exists()] == []
    goal, review = db.session.scalars(select(Objective)).one(), db.session.scalars(select(Review)).one()
    assert (goal.title, goal.weight, goal.measures[0].current) == (erasing.GONE, 6_000, Decimal(7))
    assert (review.grade, review.score, review.assessments[0].ratings[0].value) == ("A", Decimal(90), Decimal(3))
    person = db.session.get_one(Person, full.li)
    assert (person.name, person.login, person.status) == (f"#{full.li}", None, Status.LEFT)
    assert "what 李 said about 孙" in db.session.scalars(select(Note.text)).all(), "it is about 孙"
    assert journal.check() == [] and len(db.session.scalars(select(Entry)).all()) == 5
    assert {words.get("reason") for words in db.session.scalars(select(Payload.words))} == {"asked for it", None}
    done = db.session.scalars(select(Erasure)).one()
    assert done.ended_at and done.counts["check_ins"] == done.counts["goals"] == done.counts["people"] == 1
    for address in (page, f"/goals/{goal.id}", f"/goals/{goal.id}/history", f"/reviews/{review.id}"):
        assert hu.get(address).status_code == 200, "pages about it still open"


def test_who_works_here_or_is_held_is_not_erased(full, visit):
    hu = visit(full.hu)
    ask = {"reason": "asked", "seen": "y", "password": "right"}
    assert hu.post(f"/admin/retention/people/{full.sun}/erasure", **ask).status_code == 409
    hu.post(f"/admin/retention/people/{full.li}/hold", hold_reason="a dispute", password="right")
    assert hu.post(f"/admin/retention/people/{full.li}/erasure", **ask).status_code == 409
    work()
    assert len(texts()) > 30


def test_a_hold_that_comes_in_between_stops_it(full, visit):
    hu = visit(full.hu)
    hu.post(f"/admin/retention/people/{full.li}/erasure", reason="asked", seen="y", password="right")
    hu.post(f"/admin/retention/people/{full.li}/hold", hold_reason="a dispute", password="right")
    work()
    assert len(texts()) > 30 and db.session.scalars(select(Erasure.ended_at)).one() is None


def test_bytes_stay_when_their_row_does(company, app, tmp_path):
    """A file goes with the commit that forgets it, never with one that is taken back."""
    path = tmp_path / "bytes"
    path.write_bytes(b"x")
    db.session.execute(select(Person.id).limit(1))
    files.unlink_at_commit(path)
    db.session.rollback()
    db.session.commit()
    assert path.exists()
    files.unlink_at_commit(path)
    db.session.execute(select(Person.id).limit(1))
    db.session.commit()
    assert not path.exists()


def test_a_hold_keeps_what_a_leaver_wrote_about_the_held(full, visit):
    hu = visit(full.hu)
    for held in (full.sun, full.wang):
        hu.post(f"/admin/retention/people/{held}/hold", hold_reason="a dispute", password="right")
    hu.post(f"/admin/retention/people/{full.li}/erasure", reason="asked", seen="y", password="right")
    work()
    assert db.session.scalars(select(Erasure.ended_at)).one()
    note = select(PrivateNote.text).join(CheckIn, CheckIn.id == PrivateNote.check_in_id).where(CheckIn.person_id == full.sun)
    assert db.session.scalars(note).all() == [CANARY], "孙 is held"
    given = select(Delegation.reason).where(Delegation.taker_id == full.li)
    assert db.session.scalars(given).all() == [CANARY], "王 is held"


@pytest.mark.parametrize("between", ["held", "back"])
def test_an_erasure_stops_between_two_batches(full, visit, monkeypatch, between):
    """Somebody who is held meanwhile, or works here again, keeps the rest and the name."""
    visit(full.hu).post(f"/admin/retention/people/{full.li}/erasure", reason="asked", seen="y", password="right")
    cleared = operations._cleared

    def and_then(row, name, keys, done):
        if name == "check_ins" and between == "held":
            db.session.add(Hold(person_id=full.li, reason="a dispute", by_id=full.hu, at=clock.now()))
        elif name == "check_ins":
            db.session.execute(update(Person).where(Person.id == full.li).values(status=Status.ACTIVE))
        return cleared(row, name, keys, done)

    monkeypatch.setattr(operations, "_cleared", and_then)
    work()
    assert db.session.get_one(Person, full.li).name == CANARY and db.session.scalars(select(Objective.title)).all() == [CANARY]
    assert db.session.scalars(select(Erasure.ended_at)).one() is None


def test_nobody_lifts_a_hold_on_oneself(company, visit):
    hu, page = visit(company.hu), f"/admin/retention/people/{company.hu}"
    db.session.add(Hold(person_id=company.hu, reason="against HR itself", by_id=company.wang, at=clock.now()))
    db.session.commit()
    assert f"{page}/lift" not in hu.get(page).text
    assert hu.post(f"{page}/lift", password="right").status_code == 409
    assert db.session.scalars(select(Hold.lifted_at)).one() is None


def test_an_erasure_that_was_given_up_can_be_asked_for_again(full, visit):
    hu, page = visit(full.hu), f"/admin/retention/people/{full.li}"
    ask = {"reason": "asked", "seen": "y", "password": "right"}
    hu.post(f"{page}/erasure", **ask)
    assert "under way" in hu.get(page).text and hu.post(f"{page}/erasure", **ask).status_code == 409
    db.session.execute(delete(Job))
    db.session.commit()
    assert "stopped" in hu.get(page).text and f"{page}/erasure" in hu.get(page).text
    assert hu.post(f"{page}/erasure", **ask).status_code == 200
    work()
    assert texts() == set() and "stopped" in hu.get(page).text and "under way" not in hu.get(page).text


def at_once(full, visit, monkeypatch, url, other_url, fields, other_fields):
    """Two of HR, each with a connection of their own: the second asks while the first has written and not committed."""
    boss, hu = visit(full.hu), visit(full.wang)
    written, goes_on, answers = threading.Event(), threading.Event(), {}
    write = journal.write

    def holds(kind, *args, **options):
        made = write(kind, *args, **options)
        if not written.is_set():
            written.set()
            goes_on.wait(20)
        return made

    monkeypatch.setattr(journal, "write", holds)

    def press(name, client, where, said):
        answers[name] = client.post(where, data={"once": once.fresh(), "password": "right", **said}, headers={"Origin": ORIGIN})

    db.session.rollback()
    first = threading.Thread(target=press, args=("first", boss.client, url, fields))
    second = threading.Thread(target=press, args=("second", hu.client, other_url, other_fields))
    first.start()
    assert written.wait(20)
    second.start()
    second.join(0.5)
    goes_on.set()
    first.join(20)
    second.join(20)
    db.session.rollback()
    return answers["first"], answers["second"]


@pytest.fixture
def two_of_hr(full):
    db.session.add(RoleGrant(person_id=full.wang, role=Role.HR_ADMIN, source="here", since=clock.today() - timedelta(days=9)))
    db.session.commit()


ERASED, HELD = {"reason": "asked", "seen": "y"}, {"hold_reason": "a dispute"}


def test_two_who_erase_the_same_person_at_once(full, two_of_hr, visit, monkeypatch):
    url = f"/admin/retention/people/{full.li}/erasure"
    first, second = at_once(full, visit, monkeypatch, url, url, ERASED, ERASED)
    assert (first.status_code, second.status_code) == (303, 409) and "being erased already" in second.text
    work()
    assert [row.ended_at is not None for row in db.session.scalars(select(Erasure))] == [True]


def test_two_who_hold_the_same_person_at_once(full, two_of_hr, visit, monkeypatch):
    url = f"/admin/retention/people/{full.li}/hold"
    first, second = at_once(full, visit, monkeypatch, url, url, HELD, HELD)
    assert (first.status_code, second.status_code) == (303, 409) and "on hold" in second.text
    assert len(db.session.scalars(select(Hold)).all()) == 1


def test_whoever_erases_while_another_holds_is_told(full, two_of_hr, visit, monkeypatch):
    person = f"/admin/retention/people/{full.li}"
    first, second = at_once(full, visit, monkeypatch, f"{person}/hold", f"{person}/erasure", HELD, ERASED)
    assert (first.status_code, second.status_code) == (303, 409) and "on hold" in second.text
    assert db.session.scalars(select(Erasure)).all() == []
