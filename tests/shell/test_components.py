"""What the components need from Python: words that hold together, widths, tones, differences, errors in order."""

import pytest
from flask import render_template_string
from wtforms import FieldList, FormField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, NumberRange

from portal.forms import Form, Row, options
from portal.shell.components import errors_of, glue, tone, width
from portal.shell.differences import marked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("做到 12 分钟", '做到 <span class="nowrap">12 分钟</span>'),
        ("换型「12 分钟」的一步", '换型<span class="nowrap">「12 分钟」</span>的<span class="nowrap">一步</span>'),
        ("<b>稳定交付", '&lt;b&gt;稳定<span class="nowrap">交付</span>'),
        ("Stay <calm>", "Stay &lt;calm&gt;"),
    ],
)
def test_what_reads_as_one_word_does_not_part_and_stays_escaped(text, expected):
    assert glue(text) == expected


@pytest.mark.parametrize(("share", "scale", "drawn"), [(0.46, 1, "46%"), (None, 1, "0%"), (1.4, 1, "100%"), (-0.2, 1, "0%"), (0.3, 1.5, "45%")])
def test_a_bar_stays_in_its_frame(share, scale, drawn):
    assert width(share, scale) == drawn


def test_somebody_keeps_one_colour():
    assert [tone(n) for n in (0, 1, 5, 6, None)] == [1, 2, 1, 2, 1]


@pytest.mark.parametrize(
    ("mine", "theirs", "shown"),
    [
        ("一二三四五", "一二三四五", "一二三四五"),
        ("方法被照搬，外溢最大。", "方法被照搬，错漏减半。", "方法被照搬，<mark>外溢最大</mark>。"),
        ("", "新写的", ""),
        ("by the manager", "by 李", "<mark>by the manager</mark>"),
        ("<b>", "", "<mark>&lt;b&gt;</mark>"),
    ],
)
def test_what_differs_is_marked(mine, theirs, shown):
    assert marked(mine, theirs) == shown


class Line(Row):
    weight = IntegerField("Weight", [InputRequired(), NumberRange(0, 100)])


class Sheet(Form):
    version = None
    title = StringField("Title", [InputRequired()])
    rows = FieldList(FormField(Line), min_entries=2)
    scope = RadioField("Scope", choices=options([("a", "A")]))


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_errors_are_listed_in_the_order_of_the_form_with_the_control_they_belong_to(app):
    with app.test_request_context(method="POST", data={"rows-0-weight": "5"}):
        form = Sheet()
        assert not form.validate()
        assert errors_of(form) == [("title", "Title", "Fill this in"), ("rows-1-weight", "Weight", "Fill this in"), ("scope-0", "Scope", "Choose one of the list")]
        html = render_template_string("{{ error_summary(form) }}{{ form_field(form.title, 'Short') }}", form=form)
    assert '<a href="#title">Title: Fill this in</a>' in html and "3 things to put right" in html
    order = [html.index(part) for part in ("<label", 'id="title-hint"', 'id="title-error"', "<input")]
    assert order == sorted(order) and 'aria-describedby="title-hint title-error"' in html and 'aria-invalid="true"' in html
