"""What the documentation shows is run here, so that it stays true."""

import ast
import re
from pathlib import Path

from flask import g, url_for

from portal.goals import queries
from portal.goals.models import Objective
from portal.goals.views import lists
from tests.build import an_objective

BLOCKS = re.findall(r"```(python|jinja)\n(.*?)```", Path("docs/developer.md").read_text(), re.DOTALL)
RULES = set(re.findall(r"\.([a-zA-Z][\w-]*)", "".join(path.read_text() for path in Path("static/css").glob("*.css"))))


def test_the_page_in_ten_minutes_is_one(company, app):
    (_, read), (_, view), (_, template), (_, test) = BLOCKS
    bare = an_objective(company.period, person_id=company.li, measures=0, title="bare")
    an_objective(company.period, person_id=company.li, measures=1, title="measured")
    names = dict(vars(queries))
    exec(read, names)  # noqa: S102 - our own
    with app.test_request_context("/"):
        g.viewer = company.viewer("wang")
        found = names["unmeasured"](g.viewer, company.period)
        assert [type(each) for each in found] == [Objective]
        page = app.jinja_env.from_string(template.replace('{% extends "base.html" %}', ""))
        assert f'href="{url_for("goals.show", objective_id=bare.id)}">bare</a>' in page.render(objectives=found)
        assert "Every objective is measured" in page.render(objectives=[])
    assert {name for found in re.findall(r'class="([^"]*)"', template) for name in found.split()} <= RULES
    said = {node.id for node in ast.walk(ast.parse(view)) if isinstance(node, ast.Name)}
    assert said - {"queries", "int", "period_id"} <= set(vars(lists)), "what the view's file has to import is told"
    ast.parse(test)
