"""What can be said of a PDF/A-3a and PDF/UA-1 file without veraPDF: our own list, read with pikepdf.

Tests ask it of every form, the archive of every file it takes. It is no proof of conformance.
"""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Stream

MIRRORED = {"/Title": "dc:title", "/Author": "dc:creator", "/CreationDate": "xmp:CreateDate", "/ModDate": "xmp:ModifyDate"}
CLAIMS = (
    'pdfaid:part="3"',
    'pdfaid:conformance="A"',
    'pdfuaid:part="1"',
    "pdfaSchema:namespaceURI>http://www.aiim.org/pdfua",
)
FORBIDDEN = {"/JavaScript", "/Launch", "/Movie", "/Sound", "/SubmitForm", "/URI"}


def problems(content: bytes) -> list[str]:
    """Every finding; empty when the list is content."""
    with pikepdf.open(BytesIO(content)) as pdf:
        return sorted({*_catalog(pdf), *_metadata(pdf), *_structure(pdf), *_fonts(pdf), *_objects(pdf)})


def _catalog(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    intents = root.get("/OutputIntents")
    if not intents or intents[0].S != "/GTS_PDFA1" or intents[0].DestOutputProfile.N != 3:
        yield "output intent"
    if pdf.is_encrypted:
        yield "encrypted"
    if "/ID" not in pdf.trailer:
        yield "no ID"
    if not _inner(root, "/MarkInfo", "/Marked"):
        yield "not marked"
    if not str(root.get("/Lang", "")):
        yield "no language"
    if _inner(root, "/ViewerPreferences", "/DisplayDocTitle") is not True:
        yield "title not displayed"


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    stream = pdf.Root.get("/Metadata")
    if stream is None:
        yield "no XMP"
        return
    xmp = stream.read_bytes().decode()
    if "/Filter" in stream:
        yield "XMP compressed"
    for claim in (
        'pdfaid:part="3"',
        'pdfaid:conformance="A"',
        'pdfuaid:part="1"',
        "pdfaSchema:namespaceURI>http://www.aiim.org/pdfua",
    ):
        if claim not in xmp:
            yield f"no {claim}"
    if xmp.count("<rdf:RDF") != 1:
        yield "several RDF blocks"
    for key, mirrored in (
        ("/Title", "dc:title"),
        ("/Author", "dc:creator"),
        ("/CreationDate", "xmp:CreateDate"),
        ("/ModDate", "xmp:ModifyDate"),
    ):
        if key not in pdf.docinfo or mirrored not in xmp:
            yield f"{key} not in Info and XMP"


def _structure(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/StructTreeRoot" not in pdf.Root:
        yield "no structure"
        return
    for element in _elements(pdf.Root.StructTreeRoot.K):
        if element.S == "/Figure" and not str(element.get("/Alt", "")):
            yield "a figure without a sentence"
        if element.S == "/TH" and str(_inner(element, "/A", "/Scope")) not in {"/Row", "/Column"}:
            yield "a table head without scope"


def _elements(node: pikepdf.Object) -> Iterator[Dictionary]:
    if isinstance(node, Array):
        for kid in node:
            yield from _elements(kid)
    elif isinstance(node, Dictionary) and "/S" in node:
        yield node
        if "/K" in node:
            yield from _elements(node.K)


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for font in (o for o in pdf.objects if isinstance(o, Dictionary) and o.get("/Type") == "/Font" and "/DescendantFonts" in o):
        described = font.DescendantFonts[0].get("/FontDescriptor", Dictionary())
        if not any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            yield f"not embedded: {font.BaseFont}"
        if "/ToUnicode" not in font:
            yield f"no ToUnicode: {font.BaseFont}"
    if any(isinstance(o, Dictionary) and o.get("/Subtype") == "/Type3" for o in pdf.objects):
        yield "a bitmap font"


def _objects(pdf: pikepdf.Pdf) -> Iterator[str]:
    for thing in pdf.objects:
        if isinstance(thing, Stream) and "LZW" in str(thing.get("/Filter", "")):
            yield "LZW"
        if not isinstance(thing, Dictionary):
            continue
        if str(thing.get("/S", "")) in FORBIDDEN:
            yield f"action {thing.S}"
        if thing.get("/Type") == "/Filespec":
            kind = str(thing.EF.F.get("/Subtype", ""))
            if kind != "/application/json" or "/UF" not in thing or "/AFRelationship" not in thing:
                yield "an attachment that does not say what it is"


def _inner(outer: pikepdf.Object, name: str, key: str) -> object:
    inner = outer.get(name)
    return None if inner is None else inner.get(key)
