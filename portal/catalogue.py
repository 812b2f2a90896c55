"""The Chinese catalogue: one `.po` file a package, compiled together (`flask translations`)."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
TEMPLATES = HERE.parent / "templates"
PARTS = HERE / "translations" / "zh"
COMPILED = PARTS / "LC_MESSAGES" / "messages.mo"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2), "lazy_pgettext": ((1, "c"), 2)}
FIGURE = re.compile(r"%\((\w+)\)")

Key = tuple[str | None, str]
"""What a sentence is found by: its context and its (singular) English text."""


class Used(NamedTuple):
    """A sentence of the code: where it stands first, and all its forms."""

    place: str
    forms: tuple[str, ...]


def used() -> dict[Key, Used]:
    """Every sentence of the code and the templates."""
    found: dict[Key, Used] = {}
    for place, message, context in _extracted():
        forms = (message,) if isinstance(message, str) else tuple(message)
        found.setdefault((context, forms[0]), Used(place, forms))
    return found


def translated() -> dict[Key, list[tuple[Path, Message]]]:
    """Every entry of the parts, with the file it stands in; a list, so that a second one can be reported."""
    entries: dict[Key, list[tuple[Path, Message]]] = {}
    for part in sorted(PARTS.glob("*.po")):
        for message in _read(part):
            if message.id:
                entries.setdefault((message.context, _forms(message.id)[0]), []).append((part, message))
    return entries


def problems() -> list[str]:
    """What is missing, said in two ways, no longer used, vague or broken; empty when the catalogue is complete."""
    code, entries = used(), translated()
    missing = [f"missing: {key[1]!r} ({code[key].place})" for key in code.keys() - entries.keys()]
    obsolete = [f"obsolete: {key[1]!r} ({found[0][0].name})" for key, found in entries.items() if key not in code]
    twice = [
        f"in two ways: {key[1]!r} ({', '.join(p.name for p, _ in found)})" for key, found in entries.items() if _differ(found)
    ]
    broken = [wrong for found in entries.values() for part, message in found if (wrong := _broken(part, message))]
    return sorted(missing + obsolete + twice + broken)


def _differ(found: list[tuple[Path, Message]]) -> bool:
    """The same sentence may stand in two parts, but then it says the same."""
    return len({str(message.string) for _, message in found}) > 1


def compile_all() -> None:
    """Write the compiled catalogue, whole or not at all."""
    whole = Catalog(locale="zh")
    for found in translated().values():
        message = found[0][1]
        whole.add(message.id, message.string, context=message.context)
    COMPILED.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=COMPILED.parent, delete=False) as file:
        write_mo(file, whole)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(COMPILED)


def compile_stale() -> None:
    """Compile when a part is newer than what was compiled: an edited sentence shows after a restart."""
    newest = max((part.stat().st_mtime for part in PARTS.glob("*.po")), default=0)
    if not COMPILED.exists() or COMPILED.stat().st_mtime < newest:
        compile_all()


def skeleton() -> str:
    """The missing entries as a piece of a .po file, to be translated."""
    gaps, entries = Catalog(locale="zh"), translated()
    for key, (place, forms) in sorted(used().items(), key=lambda item: item[1].place):
        if key not in entries:
            file, _, line = place.rpartition(":")
            gaps.add(forms if len(forms) > 1 else forms[0], context=key[0], locations=[(file, int(line))])
    written = BytesIO()
    write_po(written, gaps, omit_header=True, width=0)
    return written.getvalue().decode()


@click.command("translations")
@click.option("--missing", is_flag=True, help="Print the missing entries, ready to be translated.")
def command(missing: bool) -> None:
    """Compile the Chinese catalogue and say what is wrong with it."""
    compile_all()
    if missing:
        click.echo(skeleton())
    elif found := problems():
        raise click.ClickException("\n".join(["the catalogue is not complete:", *found]))


def _extracted() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    pages = (path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})
    for path in sorted((*HERE.rglob("*.py"), *pages)):
        method = "python" if path.suffix == ".py" else "jinja2"
        for line, message, _, context in extract_from_file(method, path, KEYWORDS, options={"silent": "false"}):
            yield f"{path.relative_to(HERE.parent)}:{line}", message, context


def _read(part: Path) -> Catalog:
    with part.open("rb") as file:
        return read_po(file, locale="zh", abort_invalid=True)


def _forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _broken(part: Path, message: Message) -> str | None:
    """One entry: translated, sure, with the same figures, and a format that works."""
    ours, theirs = _forms(message.id), _forms(message.string)
    where = f"{ours[0]!r} ({part.name})"
    if message.fuzzy or not all(theirs):
        return f"not translated: {where}"
    figures = {name for form in ours for name in FIGURE.findall(form)}
    if any(set(FIGURE.findall(form)) != figures for form in theirs):
        return f"other figures: {where}"
    try:
        _ = [form % dict.fromkeys(figures, 1) for form in (*ours, *theirs) if figures]
    except (TypeError, ValueError):
        return f"broken format: {where}"
    return None
