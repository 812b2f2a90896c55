"""The process that draws: imports WeasyPrint, parses the stylesheet, loads the fonts, then forks one child a document.

Run as a file (`python -P press.py STYLESHEET`) by `portal.printing.pdf`; it knows nothing of the portal: neither
its settings nor its secrets are in its memory. Frames on stdin and stdout, each with its length in front:
a job (JSON) comes in; an answer (JSON: `error` or `pages`, `missing`, `said`) and the PDF's bytes go out.
"""

import ctypes
import gc
import json
import logging
import os
import resource
import select
import signal
import struct
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import pydyf
import weasyprint
from weasyprint.css.counters import CounterStyle
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

LENGTH = struct.Struct(">Q")
NICE = 5  # a page somebody clicks on comes before a page somebody prints
VARIANT = "pdf/a-3a"
PR_SET_PDEATHSIG = 1
RESERVE = 64_000_000

# Drawn to nothing at the start: fonts and whatever is made on first use are then there before the first fork, and no
# child pays for them (measured: a form costs 1.16 instead of 1.27 of bare WeasyPrint).
LINES = "<p class=prose>绩效，评估。Ab 12</p><table><tr><td>绩<td>效<td>12%</table>" * 40
WARM_UP = {
    "html": "<html lang=zh-CN><title>.</title><div class=top><div><h1>绩</h1></div><div class=qr><svg viewBox='0 0 9 9'>"
    "<title>.</title><path d='M0 0h9v9z' stroke='#000'/></svg></div></div><h2>绩<small>1</small></h2><table class=facts>"
    "<thead><tr><th scope=col>绩</th></tr></thead><tr><td><b>Ab</b> 12%</td></tr></table><div class=result><div><b>A</b>"
    f"</div></div>{LINES}<div class=signs><div><p class=name>绩</p></div></div><section class=end><div class=seal>绩</div>"
    "</section></html>",
    "at": "2000-01-01T00:00:00+00:00",
    "data": "{}",
    "name": "a.json",
    "description": "a",
}

# PDF/A wants every namespace beyond its own declared in the metadata: this declares and then claims PDF/UA-1.
UA_CLAIM = (
    b'<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    b"<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>PDF/UA part</pdfaProperty:description>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    b'<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>'
)


def finish(_document: Any, pdf: pydyf.PDF) -> None:
    """What WeasyPrint leaves out of a file that is PDF/A-3a and PDF/UA-1 at once."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream[0] = metadata.stream[0].replace(b"</rdf:RDF>", UA_CLAIM + b"</rdf:RDF>")
    metadata.compress = False  # so that programs that do not read PDF find the claim
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
    elements: dict[bytes, Any] = {
        o.reference: o for o in pdf.objects if isinstance(o, pydyf.Dictionary) and o.get("Type") == "/StructElem"
    }
    for cell in elements.values():
        if cell["S"] == "/TH":
            group = elements[elements[cell["P"]]["P"]]
            cell["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


class Said(logging.Handler):
    """What WeasyPrint logs: the characters no font has, and everything else that went wrong."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: dict[str, None] = {}
        self.rest: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith(".notdef") and record.args:
            self.missing[str(record.args[0])] = None  # type: ignore[index]  # a tuple: the character, its code
        else:
            self.rest.append(record.getMessage())


class Shop:
    """What every document shares: the stylesheet, parsed once, and the fonts."""

    def __init__(self, stylesheet: str) -> None:
        self.fonts = FontConfiguration()
        self.fetcher = URLFetcher(allowed_protocols={"data"}, fail_on_errors=True)
        self.counters = CounterStyle()
        shared = {"font_config": self.fonts, "counter_style": self.counters, "url_fetcher": self.fetcher}
        self.css = weasyprint.CSS(string=stylesheet, **shared)
        self.draw(WARM_UP)
        gc.freeze()  # a child that collects garbage would copy the pages of all that is here

    def draw(self, job: Mapping[str, Any]) -> tuple[bytes, int]:
        """The file's bytes and its number of pages. The same job gives the same bytes: all dates come with it."""
        at = datetime.fromisoformat(job["at"]).astimezone(UTC)
        options: dict[str, Any] = {"pdf_variant": VARIANT, "attachments": self._attachments(job, at)}
        html = weasyprint.HTML(string=job["html"], url_fetcher=self.fetcher)
        options |= {"stylesheets": [self.css]}
        document = html.render(font_config=self.fonts, counter_style=self.counters, **options)
        document.metadata.created = document.metadata.modified = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return document.write_pdf(finisher=finish, **options), len(document.pages)

    def _attachments(self, job: Mapping[str, Any], at: datetime) -> list[weasyprint.Attachment]:
        if not job.get("data"):
            return []
        about = {"name": job["name"], "description": job["description"], "relationship": "Source"}
        return [weasyprint.Attachment(string=job["data"], created=at, modified=at, url_fetcher=self.fetcher, **about)]


def serve(shop: Shop, jobs: BinaryIO, answers: BinaryIO) -> None:
    """One document after the other, until whoever started us is gone."""
    while job := read(jobs):
        answer, pdf = child(shop, json.loads(job))
        for part in (json.dumps(answer).encode(), pdf):
            answers.write(LENGTH.pack(len(part)) + part)
        answers.flush()


def read(source: BinaryIO) -> bytes:
    """One frame; empty at the end."""
    head = source.read(LENGTH.size)
    return source.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""


def child(shop: Shop, job: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Fork, limit, draw, wait. What goes wrong in the child is an answer, never an end of the press."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(ours)
        _draw_and_exit(shop, job, theirs)
    os.close(theirs)
    drawn = _drain(ours, job["wall"])
    if drawn is None:
        os.kill(pid, signal.SIGKILL)
    os.close(ours)
    status = os.waitpid(pid, 0)[1]
    if drawn is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)):
        return {"error": "slow"}, b""
    if status:
        return {"error": "crashed"}, b""
    body = LENGTH.size + LENGTH.unpack_from(drawn)[0]
    return json.loads(drawn[LENGTH.size : body]), drawn[body:]


def _drain(source: int, seconds: float) -> bytes | None:
    """All that the child writes; None when time is up."""
    until = time.monotonic() + seconds
    parts: list[bytes] = []
    while select.select([source], [], [], max(0.0, until - time.monotonic()))[0]:
        part = os.read(source, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return None


def _draw_and_exit(shop: Shop, job: Mapping[str, Any], target: int) -> NoReturn:
    code = 1
    gc.disable()  # it lives for one document, within its limit of memory
    try:
        _limit(job)
        answer, pdf = _drawn(shop, job)
        head = json.dumps(answer).encode()
        with os.fdopen(target, "wb") as out:
            out.write(LENGTH.pack(len(head)) + head + pdf)
        code = 0
    finally:
        os._exit(code)  # no cleaning up: what this process has open belongs to its parent


def _limit(job: Mapping[str, Any]) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CPU, (job["cpu"], job["cpu"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"] + RESERVE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has nothing to write but its answer
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a form's words do not belong into a core file


def _drawn(shop: Shop, job: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    said = Said()
    logging.getLogger("weasyprint").addHandler(said)
    try:
        pdf, pages = shop.draw(job)
    except MemoryError:
        resource.setrlimit(resource.RLIMIT_AS, (job["memory"] + RESERVE,) * 2)  # or it could not even say so
        return {"error": "large"}, b""
    except RecursionError:
        return {"error": "nested"}, b""
    except FatalURLFetchingError:
        return {"error": "address"}, b""
    return {"pages": pages, "missing": list(said.missing), "said": said.rest}, pdf


def main() -> None:
    """Take over stdin and stdout; whatever else prints goes to stderr, the service's log."""
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    os.nice(NICE)
    serve(Shop(Path(sys.argv[1]).read_text(encoding="utf-8")), jobs, answers)


if __name__ == "__main__":
    main()
