"""Which language is spoken, and how sentences, dates and figures are written in it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from flask import render_template_string
from flask_babel import force_locale

from portal import clock, formats
from portal.i18n import COOKIE, gettext, lang
from portal.words import N_


@pytest.fixture
def asked(app):
    """The language of an answer to a request with this cookie and these browser languages."""

    def ask(cookie=None, browser=None, person=None):
        headers = {k: v for k, v in (("Cookie", cookie and f"{COOKIE}={cookie}"), ("Accept-Language", browser)) if v}
        with app.test_request_context(headers=headers):
            from flask import g  # noqa: PLC0415 - the context's own

            g.language = person
            return lang()

    return ask


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({}, "en"),  # the company's setting, in these tests
        ({"browser": "zh-CN,zh;q=0.9,en;q=0.8"}, "zh-CN"),
        ({"browser": "de,fr"}, "en"),
        ({"browser": "zh-CN", "cookie": "en"}, "en"),
        ({"browser": "en", "cookie": "zh"}, "zh-CN"),
        ({"cookie": "xx"}, "en"),
        ({"browser": "en", "cookie": "en", "person": "zh"}, "zh-CN"),
    ],
)
def test_own_choice_then_cookie_then_browser_then_company(asked, wish, expected):
    assert asked(**wish) == expected


@pytest.fixture
def speak(app):
    def render(language, text, **context):
        with app.test_request_context(), force_locale(language):
            return render_template_string(text, **context)

    return render


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
class TestSentences:
    def test_a_per_cent_sign_without_figures_is_only_a_sign(self, speak):
        sentence = N_("The shares must add up to exactly 100 %.")
        assert speak("en", "{{ _(why) }}", why=sentence) == sentence
        assert speak("zh", "{{ _(why) }}", why=sentence) == "各项占比合计须正好为 100%。"

    def test_figures_are_put_into_either_language_and_escaped(self, speak):
        assert speak("zh", "{{ ngettext('%(num)d day ago', '%(num)d days ago', 3) }}") == "3 天前"
        assert speak("en", "{{ _('At most %(max)s', max='<b>') }}") == "At most &lt;b&gt;"

    def test_a_sentence_that_holds_markup_is_not_trusted(self, speak):
        assert speak("en", "{{ _(why) }}", why="<script>") == "&lt;script&gt;"

    def test_a_sentence_of_a_pure_module_carries_its_figures(self, speak, app):
        sentence = N_("At most %(max)d characters", max=30)
        assert sentence == "At most 30 characters"
        assert speak("zh", "{{ _(why) }}", why=sentence) == "至多 30 个字"
        with app.test_request_context(), force_locale("zh"):
            assert gettext(sentence) == "至多 30 个字"


NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai, a Monday


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
class TestFormats:
    @pytest.fixture(autouse=True)
    def noon(self, monkeypatch):
        monkeypatch.setattr(clock, "now", lambda: NOON)

    @pytest.fixture
    def both(self, app):
        def written(function, *args):
            answers = []
            for language in ("zh", "en"):
                with app.test_request_context(), force_locale(language):
                    answers.append(function(*args))
            return tuple(answers)

        return written

    @pytest.mark.parametrize(
        ("days", "zh", "en"),
        [
            (0, "今天", "today"),
            (1, "昨天", "yesterday"),
            (3, "3 天前", "3 days ago"),
            (6, "6 天前", "6 days ago"),
            (7, "11 月 16 日", "16 Nov"),
            (-1, "明天", "tomorrow"),
            (-4, "11 月 27 日", "27 Nov"),
            (400, "2025 年 10 月 19 日", "19 Oct 2025"),
        ],
    )
    def test_ago(self, both, days, zh, en):
        assert both(formats.ago, NOON - timedelta(days=days)) == (zh, en)

    def test_a_moment_belongs_to_the_day_of_the_company(self, both):
        late = datetime(2026, 11, 22, 16, 5, tzinfo=UTC)  # after midnight in Shanghai
        assert both(formats.moment, late) == ("今天 00:05", "today 00:05")

    def test_headings_of_days(self, both):
        assert both(formats.day_heading, NOON - timedelta(days=1)) == ("昨天", "Yesterday")
        assert both(formats.day_heading, NOON - timedelta(days=15)) == ("11 月 8 日 周日", "Sunday 8 Nov")

    def test_days_with_their_weekday(self, both):
        assert both(formats.weekday, NOON) == ("11 月 23 日 周一", "Monday 23 Nov")

    @pytest.mark.parametrize(
        ("name", "en"),
        [
            ("2026 年", "2026"),
            ("2026 年四季度", "Q4 2026"),
            ("2026 年第 4 季度", "Q4 2026"),
            ("2026 年上半年", "H1 2026"),
            ("2026 年 11 月", "November 2026"),
            ("2026 年 13 月", "2026 年 13 月"),
            ("试点期", "试点期"),
            ("FY26", "FY26"),
        ],
    )
    def test_usual_names_of_periods_are_read_in_english(self, both, name, en):
        assert both(formats.period_name, name) == (name, en)

    def test_the_year_under_way_goes_without_saying(self, both):
        short = partial(formats.period_name, short=True)
        assert both(short, "2026 年四季度") == ("四季度", "Q4")
        assert both(short, "2025 年四季度") == ("2025 年四季度", "Q4 2025")
        assert both(short, "2026 年") == ("2026 年", "2026")

    def test_names_in_a_row(self, both):
        assert both(formats.listed, ["何一鸣", "何秀芬"]) == ("何一鸣、何秀芬", "何一鸣, 何秀芬")

    def test_deadlines(self, both):
        day = clock.today()
        assert both(formats.due, day - timedelta(days=3)) == ("逾期 3 天", "3 days late")
        assert both(formats.due, day + timedelta(days=11)) == ("12 月 4 日", "4 Dec")
        assert both(formats.left, day + timedelta(days=11)) == ("还有 11 天", "11 days left")
        assert both(formats.left, day + timedelta(days=15)) == both(formats.left, day) == ("", "")

    def test_a_span_says_one_year_once(self, both):
        assert both(formats.span, date(2026, 1, 1), date(2026, 12, 31)) == ("2026 年 1 月 1 日至 12 月 31 日", "1 Jan to 31 Dec 2026")
        over = ("2026 年 12 月 1 日至 2027 年 1 月 3 日", "1 Dec 2026 to 3 Jan 2027")
        assert both(formats.span, date(2026, 12, 1), date(2027, 1, 3)) == over

    @pytest.mark.parametrize(
        ("function", "args", "text"),
        [
            (formats.decimal, (Decimal("1110.000000"),), "1,110"),
            (formats.decimal, (Decimal("98.500000"),), "98.5"),
            (formats.decimal, (Decimal("-0.2"),), "−0.2"),
            (formats.decimal, (Decimal("2.5"), 0), "3"),
            (formats.percent, (Decimal("0.464999"),), "46%"),
            (formats.percent, (Decimal("0.985"), 1), "98.5%"),
            (formats.figure, (Decimal(40), "万元"), "40 万元"),
            (formats.figure, (Decimal("98.5"), "%"), "98.5%"),
            (formats.score, (Decimal("4.125"),), "4.13"),
            (formats.grade, (Decimal("0.65"),), "0.7"),
        ],
    )
    def test_figures_round_half_up_and_read_the_same_in_both(self, both, function, args, text):
        assert both(function, *args) == (text, text)

    def test_missing_is_never_zero(self, both):
        for function in (formats.percent, formats.decimal, formats.day, formats.moment, formats.score):
            assert both(function, None) == ("暂无数据", "No data yet")


@pytest.mark.parametrize(
    ("name", "short"), [("周晓岚", "晓岚"), ("秦朗", "秦朗"), ("Mary Ann Lee", "ML"), ("wang", "W"), ("", "")]
)
def test_discs_show_the_last_two_characters(name, short):
    assert formats.short_name(name) == short
