"""The file that comes out: what an archive asks of it, what is in it, and what a bad document can do."""

import os
import shutil
import signal
import subprocess
import threading
import time
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import weasyprint

from portal.printing import checks, pdf
from portal.printing.pdf import Limits, Press, PrintBusy, PrintFailed, press
from portal.reviews import paper as p
from tests.conftest import make_app
from tests.printing import reading
from tests.printing.sheets import ADDRESS, AT, NUMBER, a_sheet, goals, printed, set_in_type

PAGE = '<html lang="zh-CN"><title>一页</title><meta name="author" content="x"><body>{}</body></html>'


@pytest.fixture(scope="module")
def portal():
    return make_app("sqlite://")


@pytest.fixture(scope="module")
def sample(portal):
    return printed(portal, a_sheet())


@pytest.fixture
def own_press():
    other = Press()
    yield other
    other.close()


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def test_an_archive_finds_nothing_wrong(sample):
    assert (checks.problems(sample.content), sample.missing, sample.said, sample.pages) == ([], (), (), 2)


def test_in_english_too(portal):
    drawn = printed(portal, a_sheet(subject="Zhou Xiaolan"), "en")
    assert (checks.problems(drawn.content), drawn.missing, drawn.said) == ([], (), ())


def test_the_list_finds_a_bare_file():
    found = checks.problems(weasyprint.HTML(string=PAGE.format("<table><tr><th>一</th></tr></table>")).write_pdf())
    assert {"output intent", "no XMP", "not marked", "no structure"} <= set(found)


def test_its_text_can_be_read_and_searched(sample, folder):
    text = reading.text(sample.content, folder)
    for fact in ("绩效评估表", NUMBER, "第 3 版", "周晓岚", "HY20190417", "107.40", "一、工作目标", "七、签署", "■ 同意", "□ 不同意", "钉住的依据"):
        assert fact in text, fact
    assert ("第 1 页，共 2 页" in text, "第 2 页，共 2 页" in text, text.count("沈嘉禾 打印于 2027-01-12 09:26 · 核验码 7K4M-Q2XD-91FA-B3NP")) == (True, True, 2)


def test_rare_characters_of_names(portal, folder):
    drawn = printed(portal, a_sheet(subject="𠮷㐂䶮", facts=(p.Fact("姓名", "𠮷㐂䶮"),), sections=()))
    assert (drawn.missing, "𠮷㐂䶮" in reading.text(drawn.content, folder)) == ((), True)


def test_the_same_form_gives_the_same_bytes(portal, sample, own_press):
    html, attachment = set_in_type(portal, a_sheet())
    assert own_press.make(html, AT, attachment).sha256 == sample.sha256 == press.make(html, AT, attachment).sha256


def test_the_data_goes_along(sample):
    [(name, data)] = reading.attachments(sample.content).items()
    assert (name, "HY20190417" in data.decode()) == (f"{NUMBER}.json", True)


def test_the_square_leads_to_the_check_page(sample, folder):
    if not shutil.which("zbarimg"):
        pytest.skip("zbar-tools is not installed")
    (folder / "a.pdf").write_bytes(sample.content)
    subprocess.run(["pdftoppm", "-r", "100", "-f", "1", "-l", "1", "-png", "a.pdf", "a"], cwd=folder, check=True)
    read = subprocess.run(["zbarimg", "-q", "--raw", *folder.glob("a*.png")], capture_output=True, text=True, check=True).stdout
    assert read.strip() == ADDRESS


def test_a_long_table_repeats_its_head(portal, folder):
    items = tuple(p.Item(f"指标 {n}", note="数据：MES", method="比率", weight=100, target="1", actual="1") for n in range(72))
    drawn = printed(portal, a_sheet(sections=(p.Section("工作目标", p.Kind.MEASURES, 10_000, items=items),)))
    pages = reading.text(drawn.content, folder).split("\f")
    with_rows = [page for page in pages if "指标 " in page]
    assert len(with_rows) >= 3 and all("计分方法" in page for page in with_rows)


SECRETS = {"SECRETSCORE": "result", "SECRETWORDS": "sections", "SECRETPLAN": "plan", "SECRETTALK": "interview", "SECRETSIGN": "signatures", "SECRETPAST": "revisions"}


def test_what_is_not_in_the_sheet_is_in_no_byte(portal):
    full = a_sheet(
        result=p.Result(None, "SECRETSCORE", "", ""),
        sections=(p.Section("x", p.Kind.WORDS, statements=(p.Statement("x", "SECRETWORDS"),)),),
        plan=(p.Task("x", "SECRETPLAN", "x", "x", None),),
        interview=p.Interview("x", None, "SECRETTALK"),
        signatures=(p.Signature("x", "SECRETSIGN", AT),),
        revisions=("SECRETPAST",),
    )
    less = a_sheet(result=None, sections=(goals(),), plan=(), interview=None, signatures=(), revisions=())
    told, silent = (reading.everything(printed(portal, sheet).content) for sheet in (full, less))
    for secret in SECRETS:
        assert (secret.encode() in told, secret.encode() in silent) == (True, False), secret


def test_somebody_s_words_are_words(portal, folder):
    nasty = '</p><img src="http://127.0.0.1/x"><style>*{color:red}</style>{{ 7*7 }}'
    drawn = printed(portal, a_sheet(sections=(p.Section("评语", p.Kind.WORDS, statements=(p.Statement("本人", nasty, on=date(2026, 1, 1)),)),)))
    text = reading.text(drawn.content, folder)
    assert '<img src="http://127.0.0.1/x">' in text and "{{ 7*7 }}" in text


@pytest.fixture
def listener():
    asked = []

    class Note(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Note)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


FETCHES = [
    '<img src="{0}/a" alt="x">', '<link rel=stylesheet href="{0}/b">', '<style>@import "{0}/c";</style>',
    '<p style="background: url({0}/d)">x</p>', '<a rel=attachment href="{0}/e">x</a>', '<a rel=attachment href="file:///etc/hostname">x</a>',
    '<object data="{0}/f"></object>', '<svg viewBox="0 0 1 1"><image href="{0}/g" width="1" height="1"/></svg>', '<link rel=attachment href="file:///etc/hostname">',
]


@pytest.mark.parametrize("inside", FETCHES)
def test_nothing_is_fetched(listener, inside):
    address, asked = listener
    try:
        drawn = press.make(PAGE.format(inside.format(address)), AT)
    except PrintFailed as failed:
        assert failed.reason == pdf.REASONS["address"]
    else:
        assert reading.attachments(drawn.content) == {}
    assert asked == []


RUNAWAYS = [
    ("slow", "字" * 400_000, Limits(cpu=1)), ("slow", "字" * 400_000, Limits(wall=0.5)),
    ("nested", "<div>" * 700 + "x", Limits()), ("large", "<p>字</p>" * 30_000, Limits(memory=320_000_000)),
]


@pytest.mark.parametrize(("reason", "inside", "limits"), RUNAWAYS)
def test_a_runaway_document_is_stopped_and_the_next_is_drawn(reason, inside, limits):
    begun = time.monotonic()
    with pytest.raises(PrintFailed) as failed:
        press.make(PAGE.format(inside), AT, limits=limits)
    assert failed.value.reason == pdf.REASONS[reason]
    assert time.monotonic() - begun < 20
    assert press.make(PAGE.format("好"), AT).pages == 1


def test_a_press_that_dies_is_started_anew(own_press):
    own_press.make(PAGE.format("好"), AT)
    os.killpg(own_press.pid, signal.SIGKILL)
    try:
        own_press.make(PAGE.format("好"), AT)
    except PrintFailed as failed:
        assert failed.reason == pdf.REASONS["gone"]
    assert own_press.make(PAGE.format("好"), AT).pages == 1


def test_a_press_goes_when_its_server_is_gone(own_press):
    own_press.make(PAGE.format("好"), AT)
    own_press._process.stdin.close()
    assert own_press._process.wait(5) == 0


def test_one_at_a_time():
    long = threading.Thread(target=lambda: press.make(PAGE.format("字" * 60_000), AT))
    long.start()
    while not press._turn.locked():
        time.sleep(0.01)
    with pytest.raises(PrintBusy):
        press.make(PAGE.format("好"), AT, patience=0.05)
    long.join()


def test_control_characters_are_removed_and_missing_glyphs_told(folder):
    drawn = press.make(PAGE.format("a\x00b\x08c\u202ed\ud800e\ufffff 余\U000f1234"), AT)
    assert (drawn.missing, "abcdef" in reading.text(drawn.content, folder)) == (("\U000f1234",), True)


def test_a_date_without_zone_is_refused():
    with pytest.raises(ValueError, match="naive"):
        press.make(PAGE.format("好"), AT.replace(tzinfo=None))


@pytest.fixture
def no_chinese(tmp_path, monkeypatch):
    (tmp_path / "fonts.conf").write_text(f"<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>{tmp_path}</cachedir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    press.close()
    yield
    press.close()


def test_a_machine_that_prints_has_no_problem():
    assert pdf.problem() is None


def test_a_machine_without_chinese_fonts_is_told_what_to_install(no_chinese):
    assert pdf.problem() == "Chinese text cannot be printed on this machine: install fonts-noto-cjk."


def test_check_and_worker_say_it_too(app, no_chinese):
    for command in (["check"], ["work", "--once"]):
        said = app.test_cli_runner().invoke(args=command)
        assert "install fonts-noto-cjk" in said.output, said.exception


def test_a_press_that_cannot_start_is_one_sentence(tmp_path):
    broken = Press(tmp_path / "no.css")
    assert pdf.problem(broken) == pdf.NO_START
