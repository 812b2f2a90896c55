"""The measuring stick itself: the ceiling page stays what it is, and forms are read as a browser sends them."""

import hashlib

from tests.bench import ceiling
from tests.bench.caller import Caller, form_of


def test_the_ceiling_page_is_never_changed(tmp_path):
    app = ceiling.create(f"sqlite:///{tmp_path}/ceiling.db")
    said = Caller(app, f"session={ceiling.fill(app)}").get("/board")
    assert (said.status, len(said.body)) == (200, 28_857)
    assert hashlib.sha256(said.body).hexdigest().startswith("ab7f587cf1dbc147")


FORM = """<form method="get" action="/a"><input name="q" value="1"></form>
<form method="post" action="/b?x=1"><input name="one" value="1"><input type="checkbox" name="no"><input type="radio" name="r" value="2" checked>
<textarea name="t">some &amp; text</textarea><select name="s"><option value="a"><option value="b" selected></select>
<select name="first"><option value="x"><option value="y"></select><button name="act" value="save">Save</button></form>"""


def test_a_form_is_read_as_a_browser_sends_it():
    assert dict(form_of(FORM, "/b").fields) == {"one": "1", "r": "2", "t": "some & text", "s": "b", "first": "x"}
