"""The Chinese catalogue is complete, each sentence in one way, and nothing in it is left over."""

import re
from pathlib import Path

import pytest

from portal import catalogue


def test_every_sentence_is_translated_and_none_is_left_over():
    assert catalogue.problems() == []


@pytest.fixture
def parts(tmp_path, monkeypatch):
    """Parts of a catalogue beside one template, as the real ones stand beside all templates."""
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(catalogue, "HERE", tmp_path)
    monkeypatch.setattr(catalogue, "TEMPLATES", tmp_path / "templates")
    monkeypatch.setattr(
        catalogue,
        "_extracted",
        lambda: iter([("a.html:1", "Goal %(n)s", None), ("a.html:2", ("%(num)d day", "%(num)d days"), None)]),
    )
    monkeypatch.setattr(catalogue, "PARTS", tmp_path)
    return tmp_path


GOOD = 'msgid "Goal %(n)s"\nmsgstr "目标 %(n)s"\n\nmsgid "%(num)d day"\nmsgid_plural "%(num)d days"\nmsgstr[0] "%(num)d 天"\n'


def test_chinese_quotes_are_corners():
    """Curly ones turn narrow beside Latin letters (design, ui.md)."""
    curly = [(part.name, line) for part in Path("portal/translations/zh").glob("*.po") for line in part.read_text().splitlines()
             if line.startswith("msgstr") and re.search("[“”]", line)]  # fmt: skip
    assert curly == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "missing: 'Goal %(n)s'"),
        (GOOD + '\nmsgid "Old"\nmsgstr "旧"\n', "obsolete: 'Old'"),
        (GOOD.replace("目标 %(n)s", ""), "not translated: 'Goal %(n)s'"),
        ("#, fuzzy\n" + GOOD, "not translated: 'Goal %(n)s'"),
        (GOOD.replace("目标 %(n)s", "目标"), "other figures: 'Goal %(n)s'"),
        (GOOD.replace("目标 %(n)s", "目标 %(n)s %"), "broken format: 'Goal %(n)s'"),
    ],
)
def test_an_entry_that_is_not_right_is_named(parts, text, complaint):
    (parts / "goals.po").write_text(text)
    assert any(line.startswith(complaint) for line in catalogue.problems())


def test_the_same_sentence_in_two_ways_is_named(parts):
    (parts / "goals.po").write_text(GOOD)
    (parts / "reviews.po").write_text(GOOD)
    assert catalogue.problems() == []
    (parts / "reviews.po").write_text(GOOD.replace("目标 %(n)s", "指标 %(n)s"))
    assert catalogue.problems() == ["in two ways: 'Goal %(n)s' (goals.po, reviews.po)"]


def test_what_is_missing_can_be_printed_to_be_translated(parts):
    (parts / "goals.po").write_text(GOOD.split("\n\n", maxsplit=1)[0])
    assert 'msgid_plural "%(num)d days"' in catalogue.skeleton() and "Goal" not in catalogue.skeleton()
