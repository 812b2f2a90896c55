"""What Flask and Jinja do once for us must be what they would do each time."""

import pytest
from flask import url_for
from jinja2 import pass_context
from werkzeug.routing import BuildError


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
