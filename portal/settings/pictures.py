"""Pictures of the company's own: checked and drawn anew when they come in, so that nothing but a picture is kept."""

import hashlib
from io import BytesIO

from portal.settings.models import Picture
from portal.words import N_

FORMATS = ("PNG", "JPEG")
MOST_BYTES = 500_000
LONGEST_SIDE = 4_000
"""Pixels of what comes in."""
KEPT_SIDE = 256
"""Pixels of what is kept: enough for a screen of any density at the size of the brand mark."""


def drawn(name: str, data: bytes) -> Picture:
    """The picture as it is kept: a PNG of at most 256 pixels. Raises ValueError with a sentence for the field."""
    if len(data) > MOST_BYTES:
        raise ValueError(N_("The picture is larger than 500 kB."))
    from PIL import Image, ImageFile  # noqa: PLC0415 - with the first picture

    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False  # the printer has it read what is cut off
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as found:
            found.verify()
        with Image.open(BytesIO(data), formats=FORMATS) as found:
            if max(found.size) > LONGEST_SIDE:  # known from its head, before anything is unpacked
                raise Image.DecompressionBombError
            kept = found.convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError(N_("The picture is larger than 4000 pixels on one side.")) from None
    except (EOFError, LookupError, OSError, SyntaxError, TypeError, ValueError):
        raise ValueError(N_("This is no PNG or JPEG picture.")) from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    kept.thumbnail((KEPT_SIDE, KEPT_SIDE))
    made = BytesIO()
    kept.save(made, "PNG", optimize=True)
    content = made.getvalue()
    return Picture(name=name, kind="image/png", content=content, digest=hashlib.sha256(content).hexdigest())
