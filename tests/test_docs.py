"""What the documentation shows is run here, so that it stays true."""

import ast
import re
import shlex
from pathlib import Path

import click
import pytest
import yaml
from flask import g, url_for

from portal import config
from portal.directory.ldap_settings import KNOWN
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


HANDBOOK = [Path("docs/admin.md"), Path("docs/admin.zh-CN.md")]
ELSEWHERE = {"MOVE_TO", "PIP_NO_INDEX", "PIP_FIND_LINKS", "CHANGELOG", "SETTINGS_FILE"}
"""Names in capitals that are no settings of the portal."""


def typed(file: Path) -> list[str]:
    """What its reader is to type: each line of a block, and what stands between backticks in a sentence."""
    text = file.read_text()
    blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    return [*"".join(blocks).splitlines(), *re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))]


@pytest.mark.parametrize("file", HANDBOOK, ids=lambda file: file.name)
def test_every_command_of_the_handbook_is_one(app, file):
    found = [re.sub(r"^(MOVE_TO=\S+ )?(portal|flask) ", "", line) for line in typed(file) if re.match(r"(MOVE_TO=\S+ )?(portal|flask) \w", line)]
    assert len(found) > 15
    for words in map(shlex.split, found):
        if words[0] in ("start", "stop", "restart"):
            assert words[1:] == [] and words[0] in Path("deploy/portal").read_text()
            continue
        if words[0] == "config":
            assert words[1:] in ([], ["rotate"])
            continue
        command = app.cli.commands[words[0]]
        if isinstance(command, click.Group):
            command = command.commands[words[1]]
        options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
        assert {word for word in words if word.startswith("--")} <= options, words


@pytest.mark.parametrize("file", HANDBOOK, ids=lambda file: file.name)
def test_every_file_unit_and_setting_of_the_handbook_is_one(file):
    text = file.read_text()
    units = {path.name for path in Path("deploy/systemd").iterdir()}
    for line in typed(file):
        for path in re.findall(r"(?:^|\s|/opt/portal/current/)(deploy/[\w./-]+)", line):
            assert Path(path).exists(), path
        if line.startswith(("systemctl", "journalctl")):
            named = set(re.findall(r"portal-\w+(?:\.\w+)?|portal\.target", line))
            assert {name if "." in name else f"{name}.service" for name in named} <= units, line
    assert set(re.findall(r"`(portal[\w-]*\.(?:service|socket|timer|target))`", text)) == units - {"portal-backup.service"}
    known = {*config.SETTINGS, *KNOWN}
    capitals = {name for line in typed(file) for name in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", line)}
    assert capitals <= known | ELSEWHERE
    assert all(f"`{name}`" in text for name in config.SETTINGS), "every setting of the machine is told"


@pytest.mark.parametrize("file", HANDBOOK, ids=lambda file: file.name)
def test_every_sentence_the_handbook_explains_is_said_somewhere(file):
    places = [*Path("portal").rglob("*.py"), *Path("portal/translations/zh").glob("*.po"), *Path("templates").rglob("*.html")]
    places += [*Path("deploy/nginx/pages").iterdir(), *Path("deploy").glob("*.sh"), Path("deploy/portal")]
    said = "\n".join(path.read_text() for path in places)
    told = re.findall(r"^\| “([^”]+)” \|", file.read_text(), re.MULTILINE)
    assert len(told) == 22
    assert [sentence for sentence in told if sentence not in said] == []


def test_both_languages_of_the_handbook_say_to_do_the_same():
    blocks = [re.findall(r"```\n(.*?)```", file.read_text(), re.DOTALL) for file in HANDBOOK]
    assert blocks[0] == blocks[1]
    compose = yaml.safe_load(Path("deploy/compose.yaml").read_text())
    inside = [compose["services"][name]["networks"]["inside"]["ipv4_address"] for name in ("web1", "web2")]
    for file in HANDBOOK:
        text = file.read_text()
        assert all(f"{address}:8443" in text for address in inside)
        slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^## (.*)$", text, re.MULTILINE)}
        assert {*re.findall(r"\]\(#([^)]+)\)", text)} == slugs
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert (file.parent / link).exists()
