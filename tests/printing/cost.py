"""What our PDF costs beside bare WeasyPrint on the same HTML, in CPU: for the benchmark (`ratio`, at most 1.2)."""

import os
import statistics
import time
from pathlib import Path

import weasyprint
from flask import Flask

from portal.printing.pdf import STYLESHEET, Press
from tests.printing.sheets import AT, a_sheet, set_in_type

TICK = os.sysconf("SC_CLK_TCK")


def ratio(app: Flask, rounds: int = 7) -> float:
    """Ours, with data, tags and claims, in its own child, to `write_pdf` in a warm process; taken in turns."""
    html, attachment = set_in_type(app, a_sheet())
    css, press = weasyprint.CSS(filename=STYLESHEET), Press()
    ours, bare = [], []
    try:
        press.make(html, AT, attachment)
        weasyprint.HTML(string=html).write_pdf(stylesheets=[css])
        for _ in range(rounds):
            before = _cpu(press)
            press.make(html, AT, attachment)
            ours.append(_cpu(press) - before)
            began = time.process_time()
            weasyprint.HTML(string=html).write_pdf(stylesheets=[css])
            bare.append(time.process_time() - began)
    finally:
        press.close()
    return statistics.median(ours) / statistics.median(bare)


def _cpu(press: Press) -> float:
    """Seconds of the press and of the children it has waited for."""
    fields = Path(f"/proc/{press.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(fields[i]) for i in (11, 12, 13, 14)) / TICK
