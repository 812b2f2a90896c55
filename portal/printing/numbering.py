"""Form numbers and check codes: what is printed on the paper to find it again."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, so that nothing read aloud or typed from paper is taken for another."""

LENGTH = 16  # 80 bits
_SLIPS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def form_number(prefix: str, year: int, code: str, n: int) -> str:
    """JX-2026-PR-000418: the company's prefix, the year of the form, its kind, a running number."""
    return f"{prefix}-{year}-{code}-{n:06}"


def fresh_code() -> str:
    """A check code nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def spoken(code: str) -> str:
    """A code in groups of four, as it stands on the paper."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def read_code(text: str) -> str | None:
    """What somebody typed from a paper; None when no code can look like it."""
    code = text.upper().translate(_SLIPS)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None
