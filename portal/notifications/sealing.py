"""Secrets of others that have to be used again: sealed with a key of their own, which no rotation of the sessions' touches.

The key lies beside the data and in no backup: whoever gets the database alone cannot post into the company's groups.
"""

import os
from contextlib import suppress
from pathlib import Path

import pyrage
from flask import current_app


class Lost(Exception):
    """The key is not the one it was sealed with: it has to be entered again."""


def seal(text: str) -> bytes:
    """Sealed; the key is made if there is none."""
    return bytes(pyrage.encrypt(text.encode(), [_key(make=True).to_public()]))


def unseal(sealed: bytes) -> str:
    """What was sealed. Raises Lost."""
    try:
        return str(pyrage.decrypt(sealed, [_key(make=False)]).decode())
    except (OSError, pyrage.DecryptError, pyrage.IdentityError):
        raise Lost from None


def _key(*, make: bool) -> pyrage.x25519.Identity:
    file = Path(current_app.config["ROBOT_KEY_FILE"] or Path(current_app.config["DATA_DIR"]) / "robot.key")
    if make:
        with suppress(FileExistsError), os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            made.write(f"{pyrage.x25519.Identity.generate()}\n")
    return pyrage.x25519.Identity.from_str(file.read_text().strip())
