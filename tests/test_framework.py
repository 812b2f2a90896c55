"""What Flask and Jinja do once for us must be what they would do each time."""

from decimal import Decimal
from enum import StrEnum

import pytest
from flask import url_for
from jinja2 import DictLoader, pass_context
from markupsafe import Markup, escape
from werkzeug.routing import BuildError

from portal.i18n import lazy_gettext


def test_an_address_is_made_for_the_root_that_asks(app):
    for root, wanted in (("", "/goals/7"), ("/portal", "/portal/goals/7"), ("", "/goals/7")):
        with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
            assert url_for("goals.show", objective_id=7) == wanted


def test_addresses_differ_by_every_value(app):
    with app.test_request_context("/"):
        made = [url_for("search.index", q=q, kind=kind) for q, kind in (("a", None), ("a", "goal"), ("b", None), (1, None), (True, None))]
        assert made == ["/search?q=a", "/search?q=a&kind=goal", "/search?q=b", "/search?q=1", "/search?q=True"]
        assert url_for("search.index", q=["a", "b"]) == "/search?q=a&q=b", "a list cannot be kept"
        assert url_for("search.index", _external=True) == "http://localhost/search"
        for _ in range(2):
            with pytest.raises(BuildError):
                url_for("search.nothing")


def test_what_wants_the_context_of_a_template_is_given_it(app):
    """Macros, functions with and without a mark, methods, classes."""

    @pass_context
    def inside(context, name):
        return context[name]

    template = app.jinja_env.from_string(
        "{% macro twice(word) %}{{ word }}{{ word }}{% endmacro %}"
        "{% set n = 3 %}{{ twice(word='a') }} {{ inside('n') }} {% for m in (1, 2) %}{% set k = m %}{{ inside('k') }}{% endfor %} {{ plain(2, by=3) }} {{ 'x'.upper() }} {{ kind() }}"
    )
    with app.test_request_context("/"):
        assert template.render(inside=inside, plain=lambda n, by: n * by, kind=dict) == "aa 3 12 6 X {}"


def test_what_is_written_into_a_page_is_escaped_as_markupsafe_does(app):
    """Whatever the kind of value, in the page itself, in a block, a macro, a loop and what is included."""

    class Drawn:
        def __html__(self):
            return "<i>"

    class Word(StrEnum):
        SHARP = "<"

    class Loud(str):
        __slots__ = ()

    values = ["<&>\"'", "plain", Markup("<b>"), Loud("<loud>"), Word.SHARP, 7, True, None, Decimal("1.50"), lazy_gettext("<lazy>"), Drawn()]
    written = "".join(map(str, map(escape, values)))
    for source in (
        "{% for value in values %}{{ value }}{% endfor %}",
        "{% block all %}{% for value in values %}{{ value }}{% endfor %}{% endblock %}",
        "{% macro one(value) %}{{ value }}{% endmacro %}{% for value in values %}{{ one(value) }}{% endfor %}",
        "{% set all %}{% for value in values %}{{ value }}{% endfor %}{% endset %}{{ all }}",
    ):
        with app.test_request_context("/"):
            assert app.jinja_env.from_string(source).render(values=values) == written


def test_what_is_included_sees_what_is_around_it_and_stands_where_it_is_written(app):
    given = {
        "page.html": "{% extends 'frame.html' %}{% block main %}{% for n in (1, 2) %}<{% include 'part.html' %}>{% endfor %}{% block last %}!{% endblock %}{% endblock %}",
        "frame.html": "[{% block main %}{% endblock %}]{% include 'missing' ignore missing %}",
        "part.html": "{% set twice = n * 2 %}{{ n }}{{ given }}{{ twice }}",
    }
    env = app.jinja_env.overlay(loader=DictLoader(given))
    assert env.get_template("page.html").render(given="&") == "[<1&amp;2><2&amp;4>!]"
    given["broken.html"] = "a{% include 'part.html' %}{{ 1 // 0 }}"
    with pytest.raises(ZeroDivisionError):
        env.get_template("broken.html").render(n=1)
