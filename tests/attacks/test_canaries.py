"""Every protected field holds a word of its own; whoever may not read it finds the word in no byte they can fetch."""

import pytest

from portal import clock, drafts
from portal.checkins.models import Note
from portal.db import db
from tests.build import a_check_in
from tests.reviews.forms import LONG, a_case, handed_in, hidden

VIEWERS = ("li", "wang", "zhao", "sun", "wu", "hu", "qian", "zheng", "feng", "chen")
LINE = {"wang", "zhao"}
READERS = LINE | {"hu", "qian", "zheng"}


@pytest.fixture
def case(company):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("that both databases agree is asked elsewhere")
    found = a_case(company)
    talk = a_check_in(company.li, company.wang, note="CANARY-NOTE", held_on=clock.today())
    prepared = a_check_in(company.li, company.wang, state="draft", recorded_by_id=company.li, note="CANARY-NOTE")
    for row, word in ((talk, "CANARY-TALK"), (prepared, "CANARY-PREPARED")):
        voice, field = ("manager", "progress") if row is talk else ("employee", "view")
        db.session.add(Note(check_in_id=row.id, voice=voice, field=field, text=word))
    drafts.keep(company.wang, f"/check-ins/people/{company.li}/record", {"progress": "CANARY-TYPED", "rows": "1", "version": "0"}, clock.now())
    found.talks = (talk.id, prepared.id)
    db.session.commit()
    return found


def found_by(company, visit, case, viewers=VIEWERS):
    """{word: who finds it} over every page about 李, whole and as a region."""
    person, review = company.li, case.id
    pages = [
        "/", "/team", "/check-ins", "/actions", "/goals", "/goals/tree", f"/goals/board?of=person-{person}", "/reviews", "/cycles", "/cycles/1",
        f"/people/{person}", f"/people/{person}?kind=reviews", f"/check-ins/people/{person}/record", "/check-ins/preparation", "/drafts/1",
        f"/reviews/{review}", f"/reviews/{review}/form", f"/reviews/{review}/weights", f"/reviews/{review}/evidence", f"/reviews/{review}/submission",
        *(f"/check-ins/{talk}" for talk in case.talks), *(f"/check-ins/{talk}/words" for talk in case.talks),
    ]  # fmt: skip
    words: dict[str, set[str]] = {}
    for name in viewers:
        visitor = visit(getattr(company, name), check=False)
        whole = "".join(visitor.get(page).text for page in pages)
        whole += "".join(visitor.get(f"/reviews/{review}{more}", target).text for more in ("", "/form", "/evidence") for target in ("evidence", "totals", "result"))
        for word in {part.split("<")[0].split()[0].rstrip(".") for part in whole.split("CANARY-")[1:]}:
            words.setdefault(word, set()).add(name)
    return words


ALWAYS = {"NOTE": {"wang"}, "TALK": READERS - {"hu"} | {"li"}, "PREPARED": {"li", "wang"}, "TYPED": {"wang"}}


def test_from_the_first_word_to_the_release(company, visit, case):
    li, wang, hu = visit(company.li), visit(company.wang), visit(company.hu)
    mine, theirs = {f"words-{case.skills[0]}": f"CANARY-SELF {LONG}"}, {f"words-{case.skills[0]}": f"CANARY-BOSS {LONG}"}
    li.post(case.form, version=hidden(li.get(case.form).text, "version"), **mine)
    wang.post(case.form, version=hidden(wang.get(case.form).text, "version"), **theirs)
    assert found_by(company, visit, case) == {**ALWAYS, "SELF": {"li"}, "BOSS": {"wang"}}, "drafts"
    handed_in(case, li, **mine)
    assert found_by(company, visit, case) == {**ALWAYS, "SELF": {"li"}, "BOSS": {"wang"}}, "one side is in"
    handed_in(case, wang, "manager", **theirs)
    assert hu.post(f"/reviews/{case.id}/return", reason="CANARY-REASON").status_code == 200
    found = found_by(company, visit, case)
    assert "li" not in found.pop("REASON", set()) | found["BOSS"], "why it came back is not for the person"
    handed_in(case, wang, "manager", **theirs)
    found = found_by(company, visit, case)
    assert (found["SELF"], found["BOSS"]) == (READERS | {"li"}, READERS), "ready: everybody but the person"
    hu.post(f"/reviews/{case.id}/release", password="right")
    assert found_by(company, visit, case)["BOSS"] == READERS | {"li"}
