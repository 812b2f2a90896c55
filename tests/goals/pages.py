"""What the tests of the pages share."""

import re
from html import unescape


def sent(html, /, form="goal-form", **changed):
    """The fields of a form of the page as a browser would send them, with some changed."""
    form = re.search(rf'<form[^>]*id="{form}".*?</form>', html, re.S)[0]
    fields = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, value = (re.search(rf'\s{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and (not re.search('type="(checkbox|radio)"', tag) or "checked" in tag):
            fields[name[1]] = unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea\b[^>]*\sname="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        fields[name] = unescape(text).strip()
    for name, options in re.findall(r'<select\b[^>]*\sname="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option[^>]*\bselected\b[^>]*>', options) or re.search(r"<option[^>]*>", options)
        fields[name] = re.search(r'value="([^"]*)"', chosen[0])[1]
    return {**fields, **changed}


def posted(html):
    """The fields of the page of a conflict: what is sent to save one's own over the other's."""
    form = re.search(r'<form[^>]*method="post".*?</form>', html[html.index("<main"):], re.S)[0]
    fields = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        fields[re.search(r'name="([^"]*)"', tag)[1]] = unescape(re.search(r'value="([^"]*)"', tag)[1])
    for name, text in re.findall(r'<textarea\b[^>]*\sname="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        fields[name] = unescape(text)
    return fields
