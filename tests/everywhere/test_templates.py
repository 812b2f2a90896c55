"""What every template keeps: words go through the catalogue, classes and icons exist, macros are globals."""

import re
from pathlib import Path

import pytest

from tests.everywhere.exemptions import CODES, SAMPLES

PAGES = sorted(path for path in Path("templates").rglob("*.html") if path.name != "print.html")
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.S)


def static(template):
    """What stands in a template as it is, without what Jinja puts in."""
    return JINJA.sub("\0", template.read_text())


@pytest.mark.parametrize("template", PAGES, ids=str)
def test_every_word_goes_through_the_catalogue(template):
    source = static(template)
    attributes = re.findall(r'(?:aria-label|placeholder|alt|title)="[^"]*[^\W\d_][^"]*"', source)
    text = re.sub(r"<svg.*?</svg>|<[^>]*>", " ", source, flags=re.S)
    words = set(re.findall(r"[^\W\d_]{2,}", text)) - SAMPLES.get(str(template), (set(), ""))[0]
    assert (words, attributes) == (set(), CODES.get(str(template), ([], ""))[0])


@pytest.mark.parametrize("template", PAGES, ids=str)
def test_macros_are_globals_and_what_was_said_has_one_place(template):
    source = template.read_text()
    assert re.findall(r"\{%-?\s*(?:import|from)\b", source) == [], "an import is lost in a block that is rendered alone"
    assert "get_flashed_messages" not in source or template.name == "flash.html"


def test_there_is_one_way_to_choose_a_file():
    """`file_field` says which kinds and how large, and stands beside what is wrong: a bare chooser does neither."""
    bare = [path.name for path in PAGES if re.search(r'type="?file', path.read_text()) and path.name != "macros.html"]
    used = [path.parent.name for path in PAGES if "{{ file_field(" in path.read_text()]
    assert (bare, sorted(used)) == ([], ["files", "gallery", "imports", "setup"])


@pytest.mark.parametrize("sheet", sorted(Path("static/css").glob("*.css")), ids=str)
def test_every_block_of_a_style_sheet_is_closed(sheet):
    """What follows an open `@media print` would hold on paper only."""
    words = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
    assert words.count("{") == words.count("}")


def test_every_class_has_its_rule():
    rules = set(re.findall(r"\.([a-zA-Z][\w-]*)", "".join(path.read_text() for path in Path("static/css").glob("*.css"))))
    used = {
        (str(page), name) for page in PAGES for found in re.findall(r'class="([^"]*)"', static(page)) for name in found.split()
    }
    assert {(page, name) for page, name in used if "\0" not in name and name not in rules} == set()


NAMED = re.compile(r"""(?:icon|event|empty)\(\s*"([a-z0-9-]+)"|Entry\(\s*"[\w.]+",\s*"([a-z0-9-]+)\"""")


def test_every_icon_that_is_called_is_in_the_sprite():
    sprite = set(re.findall(r'id="i-([a-z0-9-]+)"', Path("static/icons.svg").read_text()))
    sources = [*PAGES, *Path("portal").rglob("*.py")]
    called = {a or b for source in sources for a, b in NAMED.findall(source.read_text())}
    assert called - sprite == set() and len(called) > 20


@pytest.mark.parametrize("template", PAGES, ids=str)
def test_a_search_that_answers_while_one_types_does_not_answer_again_to_the_click_on_what_was_found(template):
    """Leaving the field is a `change`: its answer would replace the list between pressing and letting go."""
    triggers = re.findall(r'hx-trigger="([^"]*)"', template.read_text())
    assert [each for each in triggers if "input" in each and "change" in each] == []
