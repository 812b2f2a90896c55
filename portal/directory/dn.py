"""Distinguished names in a form that can be compared: RFC 4514 text as any server may write it."""

import re
from functools import lru_cache

Rdn = tuple[tuple[str, str], ...]

_SPECIAL = re.compile(r'[\\"+#]')
_PAIR = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)\s*=\s*(.*)", re.S)
_ESCAPE = re.compile(rb"\\([0-9a-fA-F]{2})|\\(.)", re.S)
_LITERAL = re.compile(r"[\\,+=]")
_ESCAPED_SPACE = re.compile(r"\\(?:20| )$")


def same_dn(dn: str) -> tuple[Rdn, ...]:
    """What two spellings of one name have in common: case, spaces, escaping and the order inside an RDN do not count.

    OpenLDAP keeps the case as typed and writes `\\2C` where Active Directory writes `\\,`: compare these, never strings.
    Raises ValueError for text that is no DN.
    """
    return tuple(tuple(sorted((kind, _folded(value)) for kind, value in rdn)) for rdn in parts(dn))


def one_spelling(dn: str) -> str:
    """`same_dn` as text, to be kept and looked up; what is no DN stays as it is written (it equals nothing else)."""
    try:
        return ",".join("+".join(f"{kind}={_LITERAL.sub(_quoted, value)}" for kind, value in rdn) for rdn in same_dn(dn))
    except ValueError:
        return dn


def is_dn(text: str) -> bool:
    """Whether it can be read at all; what cannot is dangling, not a crash."""
    try:
        return bool(parts(text))
    except ValueError:
        return False


def parts(dn: str) -> list[list[tuple[str, str]]]:
    """The RDNs from the entry up to the suffix, each a list of (lower-case type, plain value). Raises ValueError."""
    if not dn.strip():
        return []
    if not _SPECIAL.search(dn):
        return [[_pair(rdn)] for rdn in re.split("[,;]", dn)]
    return [[_pair(pair) for pair in _split(rdn, "+")] for rdn in _split(dn, ",;")]


def unit_of(dn: str) -> str | None:
    """The name of the nearest `ou` above an entry, unescaped: where the tree itself tells the department."""
    above = (value for rdn in parts(dn)[1:] for kind, value in rdn if kind == "ou")
    return next(above, None)


def _split(text: str, separators: str) -> list[str]:
    """Cut at separators that are neither escaped nor quoted."""
    pieces, start, i, quoted = [], 0, 0, False
    while i < len(text):
        if text[i] == "\\":
            i += 1
        elif text[i] == '"':
            quoted = not quoted
        elif text[i] in separators and not quoted:
            pieces.append(text[start:i])
            start = i + 1
        i += 1
    if quoted or i > len(text):
        raise ValueError(f"a quote or an escape is not finished: {text!r}")
    return [*pieces, text[start:]]


@lru_cache(maxsize=4096)
def _pair(text: str) -> tuple[str, str]:
    found = _PAIR.fullmatch(text)
    if not found:
        raise ValueError(f"not part of a distinguished name: {text!r}")
    kind, value = found[1].lower(), found[2]
    kept = value.rstrip()
    if _ESCAPED_SPACE.search(value[: len(kept) + 1]):
        kept = value[: len(kept) + 1]  # a space that was escaped belongs to the name
    return kind, _plain(kept)


def _quoted(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _plain(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    if "\\" not in value:
        return value
    return _ESCAPE.sub(lambda m: bytes.fromhex(m[1].decode()) if m[1] else m[2], value.encode()).decode("utf-8", "replace")


@lru_cache(maxsize=4096)
def _folded(value: str) -> str:
    return " ".join(value.split()).casefold()
