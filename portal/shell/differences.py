"""Two texts side by side: what the one has and the other has not is marked."""

from difflib import SequenceMatcher

from markupsafe import Markup, escape

SHORTEST = 2  # equal pieces below this, inside a change, are noise
ALIKE = 0.4  # texts that have less in common than this are two texts, not two versions of one


def marked(text: str, other: str) -> Markup:
    """`text` whole, with `<mark>` around what differs from `other`; characters are compared, as Chinese has no spaces."""
    matcher = SequenceMatcher(None, text, other, autojunk=False)
    if text and matcher.ratio() < ALIKE:
        return Markup("<mark>{}</mark>").format(text)
    pieces: list[tuple[bool, str]] = []
    for kind, begins, ends, *_ in matcher.get_opcodes():
        same = kind == "equal" and not (ends - begins < SHORTEST and begins > 0 and ends < len(text))
        if begins == ends:
            continue
        if pieces and pieces[-1][0] == same:
            pieces[-1] = (same, pieces[-1][1] + text[begins:ends])
        else:
            pieces.append((same, text[begins:ends]))
    return Markup().join(escape(piece) if same else Markup("<mark>{}</mark>").format(piece) for same, piece in pieces)
