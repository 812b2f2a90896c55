"""What the components need from Python: words that hold together, widths, tones, differences, errors in order."""

import re
from html import unescape

import pytest
from flask import render_template_string
from hypothesis import given
from hypothesis import strategies as st
from wtforms import FieldList, FormField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import core

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
        ("new words", "old words", "<mark>new</mark> words"),
        ("the weekly reports", "the weekly report", "the weekly <mark>reports</mark>"),
        ("把 CPK 1.67 提到 1.8", "把 CPK 1.33 提到 1.8", "把 CPK <mark>1.67</mark> 提到 1.8"),
        ("今年落地两项，目标 15 万元", "今年落地三项，目标 18.6 万元", "今年落地<mark>两</mark>项，目标 <mark>15</mark> 万元"),
        ("先问客户，再定方案", "先问客户，再选夹具", "先问客户，<mark>再定方案</mark>"),
        ("改进夜班调试流程", "优化夜班调试流程", "<mark>改进</mark>夜班调试流程"),
    ],
)
def test_what_differs_is_marked(mine, theirs, shown):
    assert marked(mine, theirs) == shown


texts = st.lists(st.sampled_from(["weekly", "report", "reports", "1.67", "98%", " ", "，", "。", "客户", "夹具", "再定方案", "<b>", "&"]), max_size=12).map("".join)


@given(texts, texts)
def test_a_text_is_whole_equal_ones_are_bare_and_no_word_is_cut(mine, theirs):
    shown = marked(mine, theirs)
    assert unescape(re.sub("</?mark>", "", shown)) == mine and "<mark>" not in marked(mine, mine)
    for edge in re.finditer(r"([A-Za-z0-9]?)</?mark>([A-Za-z0-9]?)", shown):
        assert not (edge[1] and edge[2]), shown


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


class Lists(Form):
    plain = SelectField("Plain", choices=options([("", "None"), ("a", "A & <B>"), ("\"b'", "b"), (3, "three")]), default="a")
    closed = SelectField("Closed", choices=[SelectChoice("a", "A"), SelectChoice("b", "B", render_kw={"disabled": True})])


def test_a_list_is_written_as_the_library_writes_it(app):
    with app.test_request_context("/"):
        form = Lists()
        for field in (form.plain, form.closed):
            assert str(field(class_="input")) == str(core.Select()(field, class_="input"))
