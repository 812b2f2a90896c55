"""Walking the portal as an attacker would: every link of every page, and every form with its fields."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from tests.visitor import Visitor

NO_FORM = ("/logout", "/account/sessions/end", "/language")
"""What would end the walk itself."""


@dataclass
class Form:
    """A form as the browser would send it: its address, and a value for every field."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """Two forms with one address and the same fields are one."""
        return self.action, tuple(sorted(self.fields))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.named: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("method", "get"), said.get("action", "")))
        elif tag == "a" and "href" in said:
            self.links.append(said["href"])
        for name in ("hx-get", "formaction"):
            if name in said:
                self.links.append(said[name])
        if not self.forms or "name" not in said or tag not in ("input", "textarea", "select", "button"):
            return
        here, name = self.forms[-1].fields, said["name"]
        if said.get("type") not in ("radio", "checkbox") or "checked" in said or name not in here:
            here[name] = said.get("value", "")
        self.named = name if tag in ("select", "textarea") else None

    def handle_data(self, data: str) -> None:
        if self.named and self.lasttag == "textarea" and self.forms:
            self.forms[-1].fields[self.named] = data
            self.named = None


def read(html: str) -> _Reader:
    """Links and forms of a page."""
    reader = _Reader()
    reader.feed(html)
    return reader


def walk(visitor: Visitor, *starts: str, most: int = 200) -> Iterator[tuple[str, str, list[Form]]]:
    """Every page that can be reached by links: its address, its text, its forms."""
    waiting, seen, looked = list(starts), set(starts), 0
    while waiting and looked < most:
        here, looked = waiting.pop(0), looked + 1
        answer = visitor.get(here)
        if answer.mimetype != "text/html":
            continue
        found = read(answer.text)
        yield here, answer.text, found.forms
        for link in found.links:
            parts = urlsplit(urljoin(here, link))
            whole = parts.path + (f"?{parts.query}" if parts.query else "")
            if not parts.netloc and parts.path.startswith("/") and not parts.path.startswith("/static") and whole not in seen:
                seen.add(whole)
                waiting.append(whole)


def forms(visitor: Visitor, *starts: str, most: int = 200) -> list[Form]:
    """Every form that changes something, once."""
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for here, _, there in walk(visitor, *starts, most=most):
        for form in there:
            form.action = form.action or here
            if form.method == "post" and form.action not in NO_FORM:
                found.setdefault(form.key, form)
    return list(found.values())
