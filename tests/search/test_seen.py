"""What is found, and how much, is what one may see: against each object asked by itself, with words drawn at random."""

import re
from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import access, clock
from portal.access import Act, Subject
from portal.checkins.models import CheckIn, Note
from portal.db import db
from portal.demo.chance import dice
from portal.directory.models import Person, Status
from portal.feedback.models import Feedback
from portal.goals.models import Audience, Objective
from portal.goals.states import State
from portal.search import groups
from portal.search.grams import asked
from portal.search.models import Kind
from tests.build import a_check_in, an_objective, feedback
from tests.company import NAMES

HAN = "客户满意度良率交付成本"
LATIN = ("CPK", "cost", "Customer", "custom", "1.67", "AX-1", "ＭＥＳ")


def words(luck, most):
    drawn = (luck.choice(LATIN) + " " if luck.random() < 0.3 else "".join(luck.choices(HAN, k=luck.randint(1, 4))) for _ in range(luck.randint(1, most)))
    return "".join(drawn).strip()


def holds(texts, query):
    """Slowly: every piece stands in one of the texts, letters from the beginning of a word on."""
    def plain(text):
        return " ".join(re.findall(r"[一-鿿]+|[a-z0-9]+", normalize("NFKC", text).casefold()))

    def fits(piece, text):
        begin = "" if piece[0] >= "一" else r"(?<![a-z0-9])"
        end = r"(?![a-z0-9])" if re.search(r"(^|[^a-z0-9])[a-z0-9]$", piece) else ""
        return re.search(begin + re.escape(piece) + end, text)

    return all(any(fits(plain(piece), plain(text)) for text in texts) for piece in query.split())


def fill(company, luck):
    people = [getattr(company, name) for name in NAMES]
    for _ in range(30):
        state = luck.choice(list(State))
        owner = luck.choice([{"person_id": luck.choice(people)}, {"unit_id": company.units.sales}, {}])
        stamps = {"agreed_at": clock.now(), "closed_at": clock.now(), "outcome": words(luck, 2), "lessons": words(luck, 3)} if state is State.CLOSED else {}
        goal = an_objective(company.period, title=words(luck, 3), why=words(luck, 2), audience=luck.choice(list(Audience)), state=state, **owner, **stamps)
        goal.measures[0].name = words(luck, 1)
    for _ in range(20):
        person, manager = luck.sample(people, 2)
        state = luck.choice(["draft", "shared", "cancelled"])
        talk = a_check_in(person, manager, state=state, recorded_by_id=luck.choice([person, manager]), note="满意 客户 CPK")
        db.session.add_all(Note(check_in_id=talk.id, voice=voice, field=field, text=words(luck, 3)) for voice, field in (("manager", "progress"), ("employee", "view")))
    for _ in range(20):
        person, author = luck.sample(people, 2)
        stamps = luck.choice([{}, {}, {"state": "hidden"}, {"state": "withdrawn", "withdrawn_at": clock.now()}])
        feedback(person, author, "" if "withdrawn_at" in stamps else words(luck, 3), public=luck.random() < 0.4, **stamps)
    db.session.commit()


def seen_by(viewer):
    """What a viewer may see, each object asked by itself: {kind: {id: texts}}."""
    goals = db.session.scalars(select(Objective).options(joinedload(Objective.measures))).unique().all()
    goals = [goal for goal in goals if Act.SEE_OBJECTIVE in access.acts_on(viewer, goal)]
    talks = db.session.scalars(select(CheckIn).options(joinedload(CheckIn.notes))).unique().all()
    mine = [t for t in talks if viewer.id in (t.person_id, t.manager_id, t.recorded_by_id) and t.state in ("shared", "confirmed")]
    told = [row for row in db.session.scalars(select(Feedback)) if row.state == "given" and Act.SEE_FEEDBACK in access.acts_on(viewer, row)]
    return {
        Kind.GOAL: {g.id: [g.title, g.code, g.why, *(m.name for m in g.measures)] for g in goals},
        Kind.LESSON: {g.id: [g.outcome, g.lessons] for g in goals},
        Kind.CHECK_IN: {t.id: [n.text for n in t.notes] for t in mine if Act.SEE_CHECK_IN in access.acts_on(viewer, t)},
        Kind.FEEDBACK: {row.id: [row.words] for row in told},
    }


def found_by(viewer, wanted):
    """The same by the page of each kind; the overview counts as many."""
    every = {each.group.kind: each.count for each in groups.every(viewer, wanted)}
    found = {}
    for group in groups.groups():
        if group.kind is not Kind.PERSON:
            page = groups.page_of(group, viewer, wanted)
            found[group.kind] = {row.id for row in page.rows}
            assert every[group.kind] == page.count == len(page.rows)
    return found


def test_hits_and_counts_are_what_one_may_see(app, company, visit):
    luck, total = dice(7, "search"), 0
    fill(company, luck)
    for name in NAMES:
        viewer = company.viewer(name)
        queries = [words(luck, 1 + n % 2) for n in range(12)]
        with app.test_request_context():
            seen = seen_by(viewer)
            for query in queries:
                expected = {kind: {one for one, texts in rows.items() if holds(texts, query)} for kind, rows in seen.items()}
                total += sum(map(len, expected.values()))
                assert found_by(viewer, asked(query)) == expected, (name, query)
        html = visit(viewer.id).get(f"/search?q={query}").text
        assert [int(n) for n in re.findall(r'role="status">(\d+) hits?<', html)] == [len(ids) for ids in expected.values() if ids]
    assert total > 150, "the words were too rare to say anything"


def test_whoever_may_see_somebodys_year_is_led_to_it(company):
    everybody = db.session.scalars(select(Person.id).order_by(Person.id)).all()
    for name in NAMES:
        viewer = company.viewer(name)
        alone = {one for one in everybody if Act.SEE_TIME_LINE in access.acts_on(viewer, Subject(person_id=one))}
        together = select(Person.id).where(access.about(Act.SEE_TIME_LINE, viewer, Person.id))
        assert set(db.session.scalars(together)) == alone, name


def test_what_was_written_for_oneself_is_in_nobodys_index(company, visit):
    a_check_in(company.li, company.wang, note="寰宇 private")
    prepared = a_check_in(company.li, company.wang, state="draft", recorded_by_id=company.li)
    db.session.add(Note(check_in_id=prepared.id, voice="employee", field="view", text="寰宇 prepared"))
    db.session.commit()
    for name in NAMES:
        assert "Nothing found" in visit(getattr(company, name)).get("/search?q=寰宇").text


def test_no_page_begins_behind_somebody_who_is_not_found(company, visit):
    """The order of names would tell, guess by guess, what somebody was called who has left."""
    for name in ("hu", "sun", "wang"):
        db.session.get_one(Person, getattr(company, name)).pinyin = name
    db.session.get_one(Person, company.sun).status = Status.LEFT
    db.session.commit()
    li = visit(company.li)
    assert "<mark>wang</mark>" in li.get(f"/search?q=wang&kind=person&after={company.hu}").text
    assert "<mark>wang</mark>" not in li.get(f"/search?q=wang&kind=person&after={company.sun}").text
