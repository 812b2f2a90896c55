"""The time line: every kind reads as a sentence, each entry goes through its guard, pages do not overlap."""

import re
from datetime import timedelta

import pytest
from flask import g

from portal import clock, journal
from portal.db import db
from portal.home import looking
from portal.home.looking import Wish
from portal.home.stories import FILTERS, STORIES, kinds_of
from portal.journal.kinds import KINDS
from tests.build import a_check_in, an_objective

NOT_ABOUT_A_PERSON = {  # kinds that no time line of a person tells
    "action.made", "objective.assigned", "answers.closed", "cycle.started", "cycle.closed",
    *(kind for kind in KINDS if kind.split(".")[0] in ("account", "setting", "switch", "period", "role", "delegation", "sync", "job", "audit", "break_glass", "person", "session", "unit", "post", "assignment", "absence", "import", "earlier_result", "file", "retention_rule", "retention_run", "hold", "erasure", "own_copy", "theme", "library", "claim", "scorecard", "message", "prompt", "robot", "work_day", "feedback_report", "company_value", "year_sheet")),
}  # fmt: skip


def test_every_kind_has_a_story_or_a_reason():
    assert set(KINDS) - set(STORIES) <= NOT_ABOUT_A_PERSON, set(KINDS) - set(STORIES) - NOT_ABOUT_A_PERSON
    assert set(STORIES) <= set(KINDS)


def test_filters_share_out_all_stories():
    shared = [kind for which in FILTERS for kind in kinds_of(which)]
    assert (sorted(shared), len(shared)) == (sorted(STORIES), len(set(shared)))


@pytest.fixture
def busy(app, company):
    """李 with a goal reported forty times and one talk."""
    wang = company.viewer("wang")
    goal = an_objective(company.period, person_id=company.li, title="上线工位")
    for n in range(40):
        words = {"title": "上线工位", "measure": "工位", "before": str(n) if n else None, "after": str(n + 1), "confidence": {"before": 8, "after": 5 if n == 39 else 8}}
        journal.write("objective.valued", goal, wang, words=words)
    talk = a_check_in(company.li, company.wang)
    journal.write("check_in.shared", talk, wang, words={"progress": "五号工位"})
    db.session.commit()
    return company


def lines_of(app, viewer, person, **asked):
    with app.test_request_context("/"):
        g.viewer = viewer
        page = looking.of(viewer, person, Wish(**asked))
        return page, [line for _, lines in page.days for line in lines]


def test_it_is_newest_first_in_pages_that_do_not_overlap(app, busy):
    viewer = busy.viewer("wang")
    first, lines = lines_of(app, viewer, busy.li)
    second, rest = lines_of(app, viewer, busy.li, before=first.before)
    assert (len(lines), len(rest), second.before) == (looking.PAGE, 41 - looking.PAGE, None)
    assert "recorded a check-in" in lines[0].sentence and lines[0].said == "五号工位"
    assert "39 to 40" in lines[1].sentence and "confidence 8 to 5" in lines[1].sentence and lines[1].tone == "warn"
    assert "for the first time: 1" in rest[-1].sentence


def test_what_one_act_did_to_several_goals_is_one_line(app, company, visit):
    wang, goals = company.viewer("wang"), [an_objective(company.period, person_id=company.li, title=title) for title in ("工位", "换型", "梯队")]
    with clock.at(clock.now() - timedelta(seconds=9)):
        journal.write("objective.created", goals[0], wang, words={"title": "工位"})
    for goal in goals:
        journal.write("objective.agree", goal, wang, words={"title": goal.title})
    journal.write("objective.agree", goals[0], company.viewer("zhao"), words={"title": "工位"})
    db.session.commit()
    page, lines = lines_of(app, wang, company.li)
    assert [(line.sentence.striptags(), [one.sentence.striptags() for one in line.others]) for line in lines] == [
        ("zhao agreed to “工位”", []), ("You agreed to “梯队”", ["You agreed to “换型”", "You agreed to “工位”"]), ("You drafted “工位”", [])
    ] and page.before is None  # fmt: skip
    assert "and 2 more in one go" in visit(company.wang).get(f"/people/{company.li}", target="timeline").text


def test_a_page_ends_behind_all_that_is_folded_away(app, company, monkeypatch):
    monkeypatch.setattr(looking, "PAGE", 4)
    wang = company.viewer("wang")
    for n in range(6):
        goal = an_objective(company.period, person_id=company.li, title=f"目标{n}")
        journal.write("objective.agree", goal, wang, words={"title": goal.title})
    db.session.commit()
    first, (one,) = lines_of(app, wang, company.li)
    _, (two,) = lines_of(app, wang, company.li, before=first.before)
    assert (len(one.others), len(two.others)) == (3, 1) and "目标0" in two.others[0].sentence


def test_a_filter_shows_its_kinds_alone(app, busy):
    _, talks = lines_of(app, busy.viewer("li"), busy.li, which="talks")
    assert ["recorded a check-in" in line.sentence for line in talks] == [True]


def test_a_page_costs_two_statements_for_few_and_many(app, busy, statements):
    counts = []
    for before in (None, 3):
        viewer = busy.viewer("wang")
        statements.clear()
        lines_of(app, viewer, busy.li, before=before)
        counts.append(len(statements))
    assert max(counts) <= 2


def test_what_one_may_not_see_is_not_told(app, busy):
    _, lines = lines_of(app, busy.viewer("hu"), busy.li)
    assert not any("talk" in line.sentence for line in lines) and len(lines) == looking.PAGE, "HR sees goals, not talks"


def test_a_value_that_stayed_is_said_once(app, busy):
    goal = an_objective(busy.period, person_id=busy.li)
    journal.write("objective.valued", goal, busy.viewer("wang"), words={"measure": "工位", "before": "2", "after": "2", "unit": "个"})
    db.session.commit()
    _, lines = lines_of(app, busy.viewer("li"), busy.li)
    assert "still" in lines[0].sentence and lines[0].sentence.count("2 个") == 1


def test_earlier_entries_are_appended_and_take_the_focus(busy, visit):
    page = visit(busy.wang).get(f"/people/{busy.li}").text
    before = re.search(r'hx-get="/people/\d+\?before=(\d+)" hx-target="#earlier"', page).group(1)
    rest = visit(busy.wang).get(f"/people/{busy.li}?before={before}", "earlier").text
    assert (rest.count("<time>"), "data-focus" in rest, 'id="earlier"' in rest) == (41 - looking.PAGE, True, False)


def test_words_are_escaped(app, busy):
    goal = an_objective(busy.period, person_id=busy.li)
    words = {"title": "<script>x</script>", "measure": "<b>m</b>", "before": "1", "after": "2"}
    journal.write("objective.valued", goal, busy.viewer("wang"), words=words)
    db.session.commit()
    _, lines = lines_of(app, busy.viewer("li"), busy.li)
    assert "<b>m</b>" not in lines[0].sentence and "&lt;b&gt;m&lt;/b&gt;" in lines[0].sentence


@pytest.mark.parametrize("target", [None, "timeline", "earlier", "recent"])
def test_the_page_and_its_regions(busy, visit, target):
    page = visit(busy.wang).get(f"/people/{busy.li}?kind=progress", target)
    assert page.status_code == 200 and "39 to 40" in page.text and ("<!doctype" in page.text) is (target is None)
    assert page.text.count("<time>") == (looking.RECENT if target == "recent" else looking.PAGE)
    assert visit(busy.wu).get(f"/people/{busy.li}").status_code == 403
    assert visit(busy.wang).get("/people/999999").status_code == 404
    assert clock.today()
