"""How often somebody may ask for what costs much; each process counts for itself, in its memory."""

from flask import Flask, current_app
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


def init_app(app: Flask) -> None:
    """Begin counting. The limits stand in the app's configuration, as `10/second`."""
    app.extensions["often"] = MovingWindowRateLimiter(MemoryStorage())


def at_most(limit: str, *what: object) -> bool:
    """Count once more what is asked for and by whom; False when it was too often, and then it was not counted.

    `limit` is a number in a time: `10/second`, `60/hour`.
    """
    counted: MovingWindowRateLimiter = current_app.extensions["often"]
    return counted.hit(parse(limit), *map(str, what))
