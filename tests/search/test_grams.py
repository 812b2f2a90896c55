"""What a text is found by, and what people type."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.grams import asked, snippet, terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("客户满意", ["客户", "户满", "满意", "意", "@"]),
        ("ＣＰＫ 达到１.67", ["cpk", "达到", "到", "1", "67", "@"]),
        ("客戶滿意", ["客户", "户满", "满意", "意", "@"]),
        ("Zoë O'Neill", ["zoe", "oneill", "@"]),
        ("", ["@"]),
    ],
)
def test_terms(text, found):
    assert terms(text) == found


@pytest.mark.parametrize(
    ("words", "phrases", "begins"),
    [
        ("客户满意", [("客户", "户满", "满意")], [False]),
        ("客", [("客",)], [True]),
        ("CPK 1.67", [("cpk",), ("1", "67")], [True, True]),
        ("满意cpk", [("满意", "意", "cpk")], [True]),
        ('"客户" OR NOT* (', [("客户",), ("or",), ("not",)], [False, True, True]),
        ("1.6 版", [("1", "6"), ("版",)], [False, True]),
        ("% _ \\ ' -- ;", [], []),
    ],
)
def test_what_is_typed_becomes_phrases(words, phrases, begins):
    wanted = asked(words)
    assert [(phrase.terms, phrase.begins) for phrase in wanted.phrases] == list(zip(phrases, begins, strict=True))


def test_single_letters_alone_are_not_looked_for():
    assert [(words, asked(words).short, asked(words).looks) for words in ("a", "a 1", "a bc", "客")] == [
        ("a", True, False), ("a 1", True, False), ("a bc", False, True), ("客", False, True)
    ]  # fmt: skip


def test_the_hit_is_marked_in_the_spelling_of_the_text():
    assert asked("1.67 满意").marked("ＣＰＫ １.67，客户满意") == [("ＣＰＫ ", False), ("１.67", True), ("，客户", False), ("满意", True)]
    assert asked("cust").marked("discuss with Customers") == [("discuss with ", False), ("Cust", True), ("omers", False)]
    assert asked("周晓岚").marked("週曉嵐 leads") == [("週曉嵐", True), (" leads", False)]
    assert asked("週曉").marked("周晓岚") == [("周晓", True), ("岚", False)]
    assert asked("不").marked("<b>") == [("<b>", False)]


def test_a_snippet_begins_a_little_before_the_hit():
    parts = snippet(asked("满意"), "前" * 300 + "满意" + "后" * 300)
    assert [hit for _, hit in parts] == [False, False, True, False, False]
    assert (parts[0][0], parts[-1][0], 100 < len("".join(part for part, _ in parts)) < 120) == ("…", "…", True)
    assert snippet(asked("没有"), "满意") == []


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=12))
def test_nothing_that_is_typed_can_break_it(text, words):
    wanted = asked(words)
    assert "".join(part for part, _ in wanted.marked(text)) == text
    assert all(set(term) & set('" *()^:+~') == set() for phrase in wanted.phrases for term in phrase.terms)


def test_no_query_makes_the_marking_of_a_long_text_slow():
    """A page shows fifty texts, each of up to 20,000 characters."""
    wanted, text = asked("a-" * 100), "a-" * 10_000
    began = process_time()
    assert wanted.place_in([text])
    assert process_time() - began < 0.15
    assert asked("a-b-c-d-e-f-g-h-ij").marked("a b c d e f g h ij") == [("a b c d e f g h", True), (" ij", False)]
