"""Scans: which pages are pictures, what tesseract is shown and asked, and what becomes of its answer.

Where tesseract is installed it is asked; everywhere else a script stands for it that answers from a table.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import io
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import zlib
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, NoReturn

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]  # reportlab ships no types
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from conftest import PROJECT
from fakes import FakeClock, InlineExecutor, Listener, P, T
from pipeline.app import House, World
from pipeline.check import check
from pipeline.clock import Clock, SystemClock
from pipeline.commands import Order, run
from pipeline.errors import (
    DamagedError,
    DocumentError,
    GarbledError,
    LimitError,
    NoTextError,
    SettingsError,
    TooLargeError,
    WorkerError,
)
from pipeline.extract import formats, tasks
from pipeline.extract.formats import extract, look
from pipeline.extract.layout.tsv import Page
from pipeline.extract.limits import USUAL, Limits
from pipeline.extract.ocr import raster
from pipeline.extract.ocr.raster import Raster, draw
from pipeline.extract.ocr.tesseract import Ocr, find
from pipeline.extract.settle import settled
from pipeline.extract.workers.pool import ReaderPool
from pipeline.reading import Reading
from pipeline.records import Document, Extraction, Unread
from pipeline.settings import load
from program import eventually, session

INSTALLED = {"PATH": os.defpath + ":/usr/local/bin:/opt/homebrew/bin"}
needs_tesseract = pytest.mark.skipif(
    not shutil.which("tesseract", path=INSTALLED["PATH"]), reason="the program tesseract is not installed"
)
LINES = (
    "Ada Kowalczyk",
    "Welder and fitter at Northgate Works",
    "Repaired pressure vessels and pipelines for the chemical industry",
    "Trained apprentices in manual metal arc welding and safety at work",
    "Languages: English, Polish and a little German",
)


def picture(*lines: str, size: tuple[int, int] = (1240, 1754), at: tuple[int, int] = (120, 160)) -> Image.Image:
    """Print lines on white paper, as a scanner at 150 dpi sees them."""
    paper = Image.new("L", size, 255)
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(30)
    for number, line in enumerate(lines):
        pen.text((at[0], at[1] + 60 * number), line, fill=0, font=font)
    return paper


def stored(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def pages_of(*pages: Image.Image | str) -> bytes:
    """Make a PDF of scanned pages (pictures) and digital ones (texts)."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, pagesize=(595, 842))
    for page in pages:
        if isinstance(page, str):
            for number, line in enumerate(page.split("\n")):
                canvas.drawString(50, 760 - 20 * number, line)
        else:
            size = (595, 842) if page.height > page.width else (842, 595)
            canvas.setPageSize(size)
            canvas.drawImage(ImageReader(page), 0, 0, *size)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


SCAN = picture(*LINES)
CALLED = {"WEBP": "WebP"}
DIGITAL = "A digital page with words enough to be read as they are, so that nobody has to look at it twice"


# --- Which pages ------------------------------------------------------------------------------------------------------


def unread(data: bytes, name: str = "x") -> list[tuple[int, str]]:
    return [(page.page, page.why) for page in look(data, name).unread]


def test_only_scanned_pages_of_a_document_are_to_be_recognised() -> None:
    assert unread(pages_of(DIGITAL, SCAN, DIGITAL, SCAN)) == [(2, "scan"), (4, "scan")]


def test_a_digital_page_with_a_picture_on_it_is_read_as_it_is() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.drawImage(ImageReader(Image.new("L", (50, 50), 200)), 0, 0, 595, 842)
    canvas.drawString(50, 700, DIGITAL)
    canvas.save()
    assert unread(buffer.getvalue()) == []


@pytest.mark.parametrize("across", [60.0, 595.0])
def test_a_scan_is_drawn_so_that_it_can_be_read_however_small_its_page_is(across: float) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(across, across * SCAN.height / SCAN.width))
    canvas.drawImage(ImageReader(SCAN), 0, 0, across, across * SCAN.height / SCAN.width)
    canvas.save()
    assert unread(buffer.getvalue()) == [(1, "scan")]
    assert draw(buffer.getvalue(), "application/pdf", 1, USUAL).width >= min(SCAN.width, 1600)


def test_chinese_on_a_picture_is_text_enough() -> None:
    extraction = Extraction("高级护士王芳，多年经验", (0,), "application/pdf", "", unread=(Unread(1, "scan"),))
    assert settled(extraction).text == extraction.text


def test_a_page_with_no_more_than_the_mark_of_a_scanning_app_is_a_scan() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.drawImage(ImageReader(SCAN), 0, 0, 595, 842)
    canvas.drawString(400, 20, "Scanned with SomeApp")
    canvas.save()
    assert unread(buffer.getvalue()) == [(1, "scan")]
    with pytest.raises(NoTextError):
        extract(buffer.getvalue(), "x")


def test_letters_that_are_drawn_as_outlines_are_a_picture() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    for number in range(150):
        canvas.line(
            50 + 3 * (number % 50), 700 - 20 * (number // 50), 51 + 3 * (number % 50), 690 - 20 * (number // 50)
        )
    canvas.save()
    assert unread(buffer.getvalue()) == [(1, "scan")]


def test_a_blank_page_among_others_is_nothing_to_read() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.drawString(50, 700, DIGITAL)
    canvas.showPage()
    canvas.showPage()
    canvas.save()
    assert unread(buffer.getvalue()) == []
    assert extract(buffer.getvalue(), "x").notices == ()


def test_without_ocr_the_unread_pages_are_told_and_the_others_are_read() -> None:
    extraction = extract(pages_of(DIGITAL, SCAN, SCAN), "x")
    assert extraction.text.startswith(DIGITAL[:40])
    assert [(notice.kind, notice.detail) for notice in extraction.notices] == [
        ("scan", "pages 2, 3: a picture of text, which was not read")
    ]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP"])
def test_a_picture_file_is_a_page_to_recognise(form: str) -> None:
    extraction = look(stored(SCAN, form), "cv.pdf")
    assert [notice.detail for notice in extraction.notices] == [
        f"its name says PDF, its content is {CALLED.get(form, form)}"
    ]
    assert (extraction.media_type, unread(stored(SCAN, form))) == (f"image/{form.lower()}", [(1, "scan")])
    with pytest.raises(NoTextError, match="picture"):
        extract(stored(SCAN, form), "x")


def test_every_page_of_a_tiff_is_one() -> None:
    data = stored(SCAN, "TIFF", save_all=True, append_images=[SCAN, SCAN])
    assert [page for page, _ in unread(data)] == [1, 2, 3]
    with pytest.raises(TooLargeError, match="3 pages"):
        look(data, "x", Limits(max_pages=2))


def test_a_tiff_whose_second_page_has_no_width_is_damaged() -> None:
    data = bytearray(stored(SCAN, "TIFF", save_all=True, append_images=[SCAN]))
    width = data.rindex(b"\x00\x01\x04\x00" if b"\x00\x01\x04\x00" in data else b"\x00\x01\x03\x00")
    data[width : width + 2] = b"\x01\x00"
    with pytest.raises(DamagedError, match="TypeError"):
        look(bytes(data), "x")


def test_what_nobody_foresaw_is_the_files_trouble_and_what_the_machine_lacks_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stumble(error: Exception) -> None:
        def read(*_: object) -> NoReturn:
            raise error

        monkeypatch.setattr(formats, "look", read)
        monkeypatch.setattr(raster, "draw", read)

    stumble(AttributeError("Ida Beispiel"))
    for task in (partial(tasks.look, b"x", "x", USUAL), partial(tasks.draw, b"x", "image/png", 1, USUAL)):
        with pytest.raises(DamagedError, match=r"stumbled over it \(AttributeError in test_ocr.py, line \d+\)"):
            task()
    stumble(ImportError("no such library"))
    with pytest.raises(ImportError):
        tasks.look(b"x", "x", USUAL)


def test_a_picture_is_refused_by_the_size_that_it_declares() -> None:
    bomb = bytearray(stored(Image.new("1", (10, 10))))
    bomb[16:24] = (100_000).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    with pytest.raises(TooLargeError, match="10,000 million pixels"):
        look(bytes(bomb), "x")


# --- What tesseract is shown ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "image",
    [SCAN, SCAN.convert("1"), SCAN.convert("RGB"), SCAN.convert("RGBA"), SCAN.convert("P"), SCAN.convert("CMYK"), SCAN.convert("LA")],
    ids=lambda image: str(image.mode),
)  # fmt: skip
def test_every_kind_of_colours_becomes_grey(image: Image.Image) -> None:
    form = "TIFF" if image.mode == "CMYK" else "PNG"
    page = draw(stored(image, form), f"image/{form.lower()}", 1, USUAL)
    assert (page.width, page.height) == (1600, round(1754 * 1600 / 1240))
    assert max(page.pixels) > 240
    assert min(page.pixels) < 60


def test_shades_of_sixteen_bits_become_grey() -> None:
    deep = Image.new("I;16", (1700, 1700), 65535)
    deep.paste(0, (0, 0, 800, 1700))
    page = draw(stored(deep), "image/png", 1, USUAL)
    assert (page.pixels[0], page.pixels[1699]) == (0, 255)


def test_what_is_transparent_lies_on_white_paper() -> None:
    page = draw(stored(Image.new("RGBA", (1700, 1700), (0, 0, 0, 0))), "image/png", 1, USUAL)
    assert set(page.pixels) == {255}


def test_what_is_light_and_transparent_lies_on_black_paper() -> None:
    light = Image.new("RGBA", (1700, 1700), (255, 255, 255, 0))
    light.paste((255, 255, 255, 255), (400, 400, 900, 450))
    page = draw(stored(light), "image/png", 1, USUAL)
    assert set(page.pixels) == {0, 255}


@pytest.mark.parametrize(
    ("dots", "height"), [((204, 98), 2082), ((204, 196), 1000), ((98, 204), 1000), ((0, 98), 1000)]
)
def test_a_fax_is_as_high_as_it_was(dots: tuple[int, int], height: int) -> None:
    page = draw(stored(Image.new("1", (1000, 1000), 1), "TIFF", dpi=dots), "image/tiff", 1, USUAL)
    assert page.height / page.width == pytest.approx(
        height / (2082 if dots[0] < dots[1] and dots[0] else 1000), abs=0.01
    )


@pytest.mark.parametrize(("lies", "turn"), [(-20, 0), (-6, 0), (7, 0), (96, 270)])
def test_a_crooked_page_is_laid_straight(lies: int, turn: int) -> None:
    crooked = picture(*LINES).rotate(lies, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    page = draw(stored(crooked), "image/png", 1, USUAL).turned(90 if turn else 0)
    rows = (page.pixels[at : at + page.width] for at in range(0, len(page.pixels), page.width))
    assert [is_ink for is_ink, _ in groupby(min(row) < 100 for row in rows)].count(True) == len(LINES)


def test_a_page_without_lines_is_left_as_it_lies() -> None:
    for paper in (Image.new("L", (1700, 1800), 255), Image.effect_noise((1700, 1800), 80), Image.new("L", (1, 1))):
        page = draw(stored(paper), "image/png", 1, USUAL)
        assert page.width * paper.height == page.height * paper.width


def test_specks_are_taken_off_a_page_where_there_are_many() -> None:
    assert PAGE.without_specks() is None
    pixels = bytearray(PAGE.pixels)
    pixels[::50] = bytes(len(pixels[::50]))
    cleaned = PAGE._replace(pixels=bytes(pixels)).without_specks()
    assert cleaned is not None
    assert cleaned.pixels.count(0) < 0.1 * pixels.count(0)


def test_a_photograph_is_turned_as_its_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    page = draw(stored(Image.new("L", (2000, 1600)), "JPEG", exif=exif), "image/jpeg", 1, USUAL)
    assert (page.width, page.height) == (1600, 2000)


def test_pixels_for_ocr_are_limited() -> None:
    few = Limits(ocr_pixels=1_000_000)
    for data, kind in ((stored(SCAN), "image/png"), (pages_of(SCAN), "application/pdf")):
        page = draw(data, kind, 1, few)
        assert 0.9e6 < page.width * page.height < 1.01e6
        assert len(page.pixels) == page.width * page.height


def test_a_page_is_turned_clockwise() -> None:
    page = Raster(3, 2, 200, bytes([0, 1, 2, 3, 4, 5]))
    assert page.turned(90) == Raster(2, 3, 200, bytes([3, 0, 4, 1, 5, 2]))
    assert page.turned(90).turned(270) == page.turned(0) == page
    assert page.pgm() == b"P5 3 2 255\n\x00\x01\x02\x03\x04\x05"


@pytest.mark.parametrize("kept", [30, 200, 2000])
def test_a_truncated_picture_is_damaged(kept: int) -> None:
    data = stored(SCAN)[:kept]
    with pytest.raises(DamagedError, match="picture"):
        draw(data, look(data, "x").media_type, 1, USUAL)


def test_pictures_of_every_kind_are_drawn_in_a_guarded_worker() -> None:
    with ReaderPool(1, 60, 2048) as pool:
        for form in ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP"):
            page = pool.submit(draw, stored(SCAN, form), f"image/{form.lower()}", 1, USUAL).result()
            assert (page.width, min(page.pixels) < 60, max(page.pixels) > 240) == (1600, True, True)
        packed = stored(SCAN.convert("1"), "TIFF", compression="group4")
        assert pool.submit(draw, packed, "image/tiff", 1, USUAL).result().width == 1600


# --- What it answers --------------------------------------------------------------------------------------------------

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"


def table(*words: tuple[int, int, str, int], across: int = 1240) -> str:
    """Print what tesseract does of words: line, left, text, confidence; 30 pixels high, 16 wide a letter."""
    rows = [f"1\t1\t0\t0\t0\t0\t0\t0\t{across}\t1754\t-1\t"]
    rows += [
        f"5\t1\t{line}\t1\t1\t{at}\t{left}\t{100 * (line % 100)}\t{16 * len(text)}\t30\t{sure}\t{text}"
        for at, (line, left, text, sure) in enumerate(words)
    ]
    return HEAD + "\n".join(rows) + "\n"


def words(line: int, left: int, text: str, sure: int = 95) -> list[tuple[int, int, str, int]]:
    found, at = [], left
    for word in text.split():
        found.append((line, at, word, sure))
        at += 16 * len(word) + 10
    return found


def test_words_become_lines() -> None:
    page = Page.of(table(*words(1, 100, "Ada Kowalczyk"), *words(2, 100, "Welder")))
    assert page.text() == "Ada Kowalczyk\nWelder"
    assert page.confidence == 95


def test_a_column_of_dates_that_was_read_by_itself_is_put_beside_its_entries() -> None:
    jobs = [word for line in (1, 2, 3, 4) for word in words(line, 100, f"Employer number {line} in Leeds")]
    dates = [word for line in (101, 103) for word in words(line, 950, f"201{line % 10} - 2020")]
    lines = Page.of(table(*jobs, *dates)).text().split("\n")
    assert lines[0] == "Employer number 1 in Leeds\t2011 - 2020"
    assert lines[2] == "Employer number 3 in Leeds\t2013 - 2020"


def on_a_crooked_page(boxes: list[tuple[int, int, str]]) -> str:
    """Return tesseract's table of lines, given with left, top and text, on a page that lies crooked by half a degree."""
    rows = []
    for number, (left, top, text) in enumerate(boxes, 1):
        at = left
        for count, word in enumerate(text.split(), 1):
            depth = 6 if set(word) & set("gjpqy") else 0
            across, along = round(at + 0.0087 * top), round(top - 0.0087 * at)
            rows.append(f"5\t1\t{number}\t1\t1\t{count}\t{across}\t{along}\t{12 * len(word)}\t{24 + depth}\t95\t{word}")
            at += 12 * len(word) + 10
    return HEAD + "\n".join(["1\t1\t0\t0\t0\t0\t0\t0\t1240\t1754\t-1\t", *rows])


def test_columns_of_a_crooked_page_are_read_one_after_the_other_whatever_their_blocks() -> None:
    side = [(100, 200 + 44 * row, f"skill of the number {row}") for row in range(14)]
    text = [
        (
            460,
            208 + 30 * row,
            f"{'Then' if row % 3 == 0 else 'and'} a sentence of some words goes on and on to the {row}",
        )
        for row in range(20)
    ]
    lines = Page.of(on_a_crooked_page([*side[:6], *text[:9], *side[6:], *text[9:]])).text().split("\n")
    assert lines == [text for _, _, text in (*side, *text)]


def test_lines_stand_where_their_letters_do_that_do_not_reach_below() -> None:
    said = on_a_crooked_page([(100, 200, "Languages"), (500, 200, "Tools"), (100, 240, "gypsy"), (500, 240, "Ada")])
    first, other, second, last = Page.of(said)._pieces()
    assert (first.base, second.base) == (other.base, last.base)
    assert (first.left, other.left) == (second.left, last.left)


@pytest.mark.parametrize("mark", ["+", "«", "e".replace("e", "*"), "°", "•", "-", "—"])
def test_the_mark_of_a_list_is_one(mark: str) -> None:
    assert Page.of(table(*words(1, 100, f"{mark} wound care"))).text() == "• wound care"


def beside(rows: list[tuple[str, str]], pitch: int = 60) -> str:
    """Return two columns as tesseract takes them where their lines stand nearly side by side; `pitch`: of the right one, the left has 60."""
    said = [
        f"5\t1\t1\t1\t{row}\t{at}\t{left + 110 * at}\t{100 + step * row}\t100\t20\t95\t{word}"
        for row, pair in enumerate(rows)
        for text, left, step in ((pair[0], 100, 60), (pair[1], 560, pitch))
        for at, word in enumerate(text.split())
    ]
    return HEAD + "\n".join(["1\t1\t0\t0\t0\t0\t0\t0\t1240\t1754\t-1\t", *said])


SIDE = ["Skills", "Python", "PostgreSQL", "Terraform", "Languages", "English", "Polish"]
MAIN = [
    "Ida Holm",
    "Data Engineer",
    "- Built the import",
    "¢ Cut the run",
    "Analyst, Fenwick",
    "Wrote reports",
    "* Led a team",
]


def test_two_columns_are_told_from_rows_by_where_their_lines_stand() -> None:
    pairs = list(zip(SIDE, MAIN, strict=True))
    meant = [f"•{text[1:]}" if text[0] in "-¢*" else text for text in MAIN]
    assert Page.of(beside(pairs)).text().split("\n") == [f"{one}\t{two}" for one, two in zip(SIDE, meant, strict=True)]
    assert Page.of(beside(pairs, 55)).text().split("\n") == [*SIDE, *meant]


def test_a_dash_before_an_amount_in_a_table_marks_no_list() -> None:
    assert Page.of(beside([("Discount", "- 12.50"), ("Total", "99.00")])).text() == "Discount\t- 12.50\nTotal\t99.00"


def test_chinese_is_written_without_blanks() -> None:
    assert (
        Page.of(table(*words(1, 100, "王 芳 高 级 护士 English 及 日 本 語"))).text() == "王芳高级护士 English 及日本語"
    )


def test_stains_and_the_lines_of_a_table_are_no_words() -> None:
    page = Page.of(table(*words(1, 100, "Ada"), *words(2, 100, "|", 40), *words(3, 100, "xkq", 12)))
    assert page.text() == "Ada"


@pytest.mark.parametrize(
    "said", ["", "nonsense", "a\tb\n1\t2\t3", HEAD, HEAD + "5\t1\t1\t1\t1\t1\tx\ty\tz\tw\tv\ttext"]
)
def test_an_answer_that_is_no_table_is_a_page_without_words(said: str) -> None:
    page = Page.of(said)
    assert (page.words, page.confidence, page.text()) == ((), 0.0, "")


# --- The program ------------------------------------------------------------------------------------------------------


@pytest.fixture
def install(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Return a maker of an environment with a script that stands for tesseract and writes down how it was asked."""

    def make(
        says: str = table(*words(1, 100, " ".join(LINES))), languages: str = "eng deu osd", osd: str = ""
    ) -> dict[str, str]:
        bin_folder = tmp_path / "bin"
        bin_folder.mkdir(exist_ok=True)
        (tmp_path / "says").write_text(says, encoding="utf-8")
        (tmp_path / "osd").write_text(osd, encoding="utf-8")
        script = bin_folder / "tesseract"
        script.write_text(
            "#!/bin/sh\n"
            f'echo "$@" >> {tmp_path}/asked\nenv > {tmp_path}/env\n'
            'case "$*" in\n'
            '*--version*) echo "tesseract 5.0-test"; exit;;\n'
            f'*--list-langs*) echo "List of languages"; printf "%s\\n" {languages}; exit;;\n'
            f'*"--psm 0"*) cat > /dev/null; cat {tmp_path}/osd; exit;;\n'
            "esac\n"
            f"cat > {tmp_path}/shown\ncat {tmp_path}/says\n"
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        return {"PATH": f"{bin_folder}:/usr/bin:/bin", "PIPELINE_API_KEY": "sk-secret"}

    return make


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[], list[str]]:
    return lambda: [
        line
        for line in (tmp_path / "asked").read_text().splitlines()
        if "--version" not in line and "--list" not in line
    ]


def found(environ: dict[str, str], languages: str = "auto", **options: Any) -> Ocr:
    ocr = find(languages, environ, **{"timeout": 60, "memory": 2048, **options})
    assert ocr is not None
    return ocr


PAGE = draw(stored(SCAN), "image/png", 1, USUAL)


def test_a_page_that_lies_well_is_read_in_one_call_and_sees_no_key(
    install: Callable[..., dict[str, str]], asked: Callable[[], list[str]], tmp_path: Path
) -> None:
    result = found(install()).recognise(PAGE)
    assert "Northgate" in result.text
    assert asked() == ["stdin stdout --dpi 193 -l eng --psm 3 tsv"]
    assert (tmp_path / "shown").read_bytes() == PAGE.pgm()
    assert "sk-secret" not in (tmp_path / "env").read_text()
    assert "OMP_THREAD_LIMIT=1" in (tmp_path / "env").read_text()


@pytest.mark.parametrize("failing", ["*thresholding*", '*"--psm 3 tsv"*'])
def test_an_uneven_page_is_read_in_both_ways_and_the_better_one_is_taken(
    install: Callable[..., dict[str, str]], asked: Callable[[], list[str]], tmp_path: Path, failing: str
) -> None:
    ocr = found(install())
    script = tmp_path / "bin" / "tesseract"
    script.write_text(script.read_text().replace("esac", f"{failing}) cat > /dev/null; exit 1;;\nesac"))
    half = len(PAGE.pixels) // 2
    assert "Northgate" in ocr.recognise(PAGE._replace(pixels=bytes(half) + PAGE.pixels[half:])).text
    assert len(asked()) == 2


def test_of_the_languages_of_a_script_the_first_four_are_taken(
    install: Callable[..., dict[str, str]], asked: Callable[[], list[str]]
) -> None:
    osd = "Rotate: 0\nScript: Cyrillic\nScript confidence: 2.2\n"
    found(install(table(*words(1, 100, "abc", 55)), "kaz srp bul ukr rus eng osd", osd)).recognise(PAGE)
    assert asked()[-1].split("-l ")[1] == "rus+ukr+bul+srp --psm 3 tsv"


def test_the_model_of_a_whole_script_goes_first(
    install: Callable[..., dict[str, str]], asked: Callable[[], list[str]]
) -> None:
    found(install(languages="eng deu script/Latin osd")).recognise(PAGE)
    assert "-l script/Latin " in asked()[0]


def test_languages_of_the_settings_are_taken_as_they_are(
    install: Callable[..., dict[str, str]], asked: Callable[[], list[str]]
) -> None:
    found(install(), "deu").recognise(PAGE)
    assert "-l deu " in asked()[0]


def test_a_page_of_which_little_is_read_is_turned_and_read_in_its_script(
    install: Callable[..., dict[str, str]], asked: Callable[[], list[str]], tmp_path: Path
) -> None:
    osd = "Page number: 0\nRotate: 180\nOrientation confidence: 8.5\nScript: Greek\nScript confidence: 2.2\n"
    environ = install(table(*words(1, 100, "Nikoc Tewpyiou", 55)), "eng ell osd", osd)
    found(environ).recognise(PAGE)
    assert [line.split("-l ")[1] for line in asked()] == ["eng --psm 3 tsv", "osd --psm 0", "ell+eng --psm 3 tsv"]
    assert (tmp_path / "shown").read_bytes() == PAGE.turned(180).pgm()


def test_a_script_without_a_language_is_named_with_its_package(install: Callable[..., dict[str, str]]) -> None:
    osd = "Rotate: 0\nScript: Greek\nScript confidence: 2.2\n"
    with pytest.raises(NoTextError, match="Greek script") as caught:
        found(install(table(*words(1, 100, "Nikoc", 55)), "eng osd", osd)).recognise(PAGE)
    assert "tesseract-ocr-script-grek" in caught.value.hint


POLISH = table(*words(1, 100, "Doswiadczona pielegniarka z wieloletnia praktyka w opiece nad osobami starszymi"))


def test_a_page_in_another_language_is_read_again_in_it(
    install: Callable[..., dict[str, str]], asked: Callable[[], list[str]]
) -> None:
    found(install(POLISH, "eng deu fra spa ita pol osd")).recognise(PAGE)
    assert [line.split("-l ")[1] for line in asked()] == ["eng --psm 3 tsv", "pol+eng --psm 3 tsv"]


def test_a_second_reading_that_gives_less_does_not_replace_the_first(
    install: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    ocr = found(install(POLISH, "eng pol osd"))
    script = tmp_path / "bin" / "tesseract"
    script.write_text(script.read_text().replace("esac", "*pol*) cat > /dev/null; exit 1;;\nesac"))
    assert ocr.recognise(PAGE).text.startswith("Doswiadczona")


def test_a_language_that_is_not_installed_is_named(install: Callable[..., dict[str, str]]) -> None:
    assert found(install(POLISH)).recognise(PAGE).missing == "pol"
    assert "tesseract has no pol" in read(pages_of(SCAN), found(install(POLISH))).notices[-1].detail


@pytest.mark.parametrize(
    ("languages", "chosen"), [("eng deu", "deu"), ("eng script/Latin", "auto"), ("eng Latin", "auto")]
)
def test_languages_that_a_person_chose_or_that_know_all_are_kept(
    install: Callable[..., dict[str, str]], asked: Callable[[], list[str]], languages: str, chosen: str
) -> None:
    assert found(install(POLISH, languages), chosen).recognise(PAGE).missing == ""
    assert len(asked()) == 1


def test_what_cannot_be_made_out_is_no_text(install: Callable[..., dict[str, str]]) -> None:
    for says in (HEAD, table(*words(1, 100, "xq zzk", 35))):
        with pytest.raises(NoTextError, match="made out"):
            found(install(says)).recognise(PAGE)


def test_a_program_that_hangs_is_ended(install: Callable[..., dict[str, str]], tmp_path: Path) -> None:
    environ = install()
    ocr = found(environ, timeout=0.3)
    (tmp_path / "bin" / "tesseract").write_text("#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(LimitError, match=r"0\.3 seconds"):
        ocr.recognise(PAGE)


def test_tesseract_ends_with_a_program_that_is_killed(tmp_path: Path) -> None:
    slow, started = tmp_path / "tesseract", tmp_path / "started"
    slow.write_text(
        f"#!/bin/sh\ncat > /dev/null\necho $$ > {started}.new\nmv {started}.new {started}\nexec sleep 600\n"
    )
    slow.chmod(0o700)
    code = (
        "from pipeline.extract.ocr.tesseract import Ocr; from pipeline.extract.ocr.raster import Raster\n"
        f"Ocr({str(slow)!r}, '', (), ('eng',), environ=(('PATH', '/usr/bin:/bin'),)).recognise(Raster(1, 1, 72, bytes(1)))"
    )
    program = subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT)
    assert eventually(started.exists)
    tesseract = int(started.read_text())  # leader of a session
    assert session(tesseract).keys() == {tesseract}

    program.kill()
    program.wait()

    assert eventually(lambda: not session(tesseract), 20)


@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 3\n", "#!/bin/sh\nkill -9 $$\n", "no program"])
def test_a_program_that_fails_costs_the_page(
    install: Callable[..., dict[str, str]], tmp_path: Path, script: str
) -> None:
    ocr = found(install())
    (tmp_path / "bin" / "tesseract").write_text(script)
    with pytest.raises(NoTextError):
        ocr.recognise(PAGE)


def test_a_program_that_somebody_kills_is_asked_once_more(
    install: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    ocr = found(install())
    script, works = tmp_path / "bin" / "tesseract", (tmp_path / "bin" / "tesseract").read_text()
    (tmp_path / "works").write_text(works)
    script.write_text(f"#!/bin/sh\ncat {tmp_path}/works > {script}\nkill -9 $$\n")
    assert "Northgate" in ocr.recognise(PAGE).text


def test_a_program_that_cannot_begin_is_not_taken_for_one_without_languages(
    install: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    environ = install()
    (tmp_path / "bin" / "tesseract").write_text("#!/bin/sh\nexit 127\n")
    with pytest.raises(WorkerError, match="ended with code 127"):
        found(environ)


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.EIO])
def test_a_machine_without_room_for_one_more_program_is_no_fault_of_a_scan(
    install: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    environ = install()
    ocr = found(environ)

    def no_room(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("subprocess.Popen", no_room)
    for ask in (lambda: ocr.recognise(PAGE), lambda: found(environ)):
        with pytest.raises(WorkerError, match="cannot be started"):
            ask()


def test_a_program_that_does_not_say_which_languages_it_has_is_not_taken_for_one_without(
    install: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environ = install()
    (tmp_path / "bin" / "tesseract").write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr("pipeline.extract.ocr.tesseract._ASK_SECONDS", 0.2)

    with pytest.raises(WorkerError, match="does not answer"):
        found(environ)


def test_it_is_off_or_missing_or_without_a_language(install: Callable[..., dict[str, str]], tmp_path: Path) -> None:
    environ = install()
    nowhere = {"PATH": str(tmp_path)}
    assert find("off", environ, 60, 2048) is None
    assert find("auto", nowhere, 60, 2048) is None
    with pytest.raises(SettingsError, match="not installed") as missing:
        find("deu", nowhere, 60, 2048)
    assert missing.value.hint.endswith("apt install tesseract-ocr tesseract-ocr-deu")
    with pytest.raises(SettingsError, match="no chi_sim"):
        find("eng+chi_sim", environ, 60, 2048)


# --- A document -------------------------------------------------------------------------------------------------------


def document(data: bytes, name: str = "scan.pdf") -> Document:
    return Document("0" * 64, name, "", Path(name), len(data), data)


def reading(ocr: Ocr | None, readers: Executor | None = None, clock: Clock | None = None) -> Reading:
    return Reading(readers or InlineExecutor(), USUAL, ocr, clock or SystemClock(), asyncio.Semaphore(2), 2)


class Noting(InlineExecutor):
    """Writes down of which document a page is drawn."""

    def __init__(self) -> None:
        self.by: list[bytes] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if fn is tasks.draw:
            data, *_ = args
            assert isinstance(data, bytes)
            self.by.append(data)
        return super().submit(fn, *args, **kwargs)


def read(data: bytes, ocr: Ocr | None) -> Extraction:
    return asyncio.run(reading(ocr).read(document(data)))


def test_what_ocr_read_takes_the_place_of_its_page(install: Callable[..., dict[str, str]]) -> None:
    extraction = read(pages_of(DIGITAL, SCAN, DIGITAL), found(install()))
    first, second, third = (extraction.text[start:].split("\n\n")[0] for start in extraction.page_starts)
    assert first.startswith("A digital page")
    assert second.startswith("Ada Kowalczyk Welder")
    assert third == first
    assert extraction.extractor.endswith("+ tesseract 5.0-test")
    assert extraction.unread == ()
    assert [notice.detail for notice in extraction.notices] == [
        "page 2: read by OCR, at least 95 % sure of the letters"
    ]


def test_a_page_that_ocr_cannot_read_stays_told_beside_the_others(install: Callable[..., dict[str, str]]) -> None:
    extraction = read(pages_of(DIGITAL, SCAN), found(install(HEAD)))
    assert [notice.kind for notice in extraction.notices] == ["scan"]


def test_where_nothing_is_left_the_trouble_of_the_page_is_the_document_s(
    install: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    environ = install(HEAD)
    with pytest.raises(NoTextError, match="made out"):
        read(pages_of(SCAN), found(environ))
    slow = found(environ, timeout=0.3)
    (tmp_path / "bin" / "tesseract").write_text("#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(LimitError):
        read(pages_of(SCAN), slow)


def test_a_document_whose_pages_take_too_long_does_not_hold_up_others_with_all_of_them(
    install: Callable[..., dict[str, str]], asked: Callable[[], list[str]], tmp_path: Path
) -> None:
    slow = found(install(), timeout=0.3)
    (tmp_path / "bin" / "tesseract").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nexec sleep 60\n')
    with pytest.raises(LimitError):
        read(blank_frames(20), slow)
    assert len(asked()) <= 6  # five, and the one that had its turn meanwhile


class Busy(FakeClock):
    """Whatever is timed takes so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._step = seconds

    def monotonic(self) -> float:
        self.seconds += self._step
        return self.seconds


def blank_frames(number: int) -> bytes:
    small = Image.new("L", (60, 60), "white")
    return stored(small, "TIFF", save_all=True, append_images=[small] * (number - 1))


GOOD = table(*words(1, 100, " ".join(LINES)))


@pytest.mark.parametrize(
    ("seconds", "says", "tried"), [(70.0, HEAD, 5), (50.0, GOOD, 20), (160.0, GOOD, 3), (0.0, HEAD, 20)]
)
def test_a_document_has_so_many_seconds_of_ocr_that_bring_nothing(
    install: Callable[..., dict[str, str]], seconds: float, says: str, tried: int
) -> None:
    """Each call of tesseract keeps to its limit, and all of them together take hours."""
    drawn = Noting()
    one = replace(reading(found(install(says)), drawn, Busy(seconds)), turns=asyncio.Semaphore(1), pages_at_once=1)
    with pytest.raises(NoTextError) if says == HEAD else contextlib.nullcontext():
        asyncio.run(one.read(document(blank_frames(20), "scan.tiff")))
    assert len(drawn.by) == tried


def test_a_long_scan_does_not_stand_in_line_with_all_its_pages_before_a_short_one(
    install: Callable[..., dict[str, str]],
) -> None:
    drawn = Noting()
    one, long, short = reading(found(install()), drawn), blank_frames(8), blank_frames(2)

    async def both() -> None:
        await asyncio.gather(*(one.read(document(data, "scan.tiff")) for data in (long, short)))

    asyncio.run(both())
    assert short in drawn.by[:4]
    assert len(drawn.by) == 10


def garbled(*pages: str) -> bytes:
    """Shift the alphabet, as fonts without a table of meanings do."""
    shifted = str.maketrans("abcdefghijklmnopqrstuvwxyz", "bcdfghjklmnpqrstvwxzbcdfgh")
    return pages_of(*(page if "digital" in page else page.lower().translate(shifted) for page in pages))


def test_garbled_pages_are_recognised_too(install: Callable[..., dict[str, str]]) -> None:
    data = garbled(DIGITAL, "\n".join(LINES[1:]))
    assert unread(data) == [(2, "garbled")]
    assert extract(data, "x").text.strip() == DIGITAL
    assert "Northgate" in read(data, found(install())).text
    with pytest.raises(GarbledError):
        extract(garbled(LINES[2], LINES[3]), "x")


_MODEL = 'provider = "custom"\nbase_url = "http://provider.test/v1"\nmodel = "some-model"'


def house(
    tmp_path: Path, environ: dict[str, str], clock: Any, provider: Any, extract: str = "", model: str = _MODEL
) -> House:
    config = tmp_path / "pipeline.toml"
    config.write_text(f"[inference]\n{model}\n[inbox]\nsettle = 0\n[extract]\n{extract}\n")
    world = World(clock, provider.transport, lambda _settings: InlineExecutor())
    return House(load(config, tmp_path / "data", environ), world)


def test_a_scan_is_summarised_and_told_in_the_row(
    install: Callable[..., dict[str, str]], tmp_path: Path, clock: Any, provider: Any
) -> None:
    one = house(tmp_path, install(), clock, provider)
    one.folders.inbox.mkdir(parents=True)
    (one.folders.inbox / "scan.png").write_bytes(stored(SCAN))
    asyncio.run(run(one, Order(), Listener()))
    with contextlib.closing(sqlite3.connect(one.database)) as database:
        [(notices, extractor)] = database.execute(
            "SELECT s.notices, d.extractor FROM summaries s JOIN documents d ON d.id = s.document_id"
        ).fetchall()
    assert "read by OCR" in notices
    assert extractor == "tesseract 5.0-test"
    assert "Northgate" in str(provider.requests[0])


@pytest.mark.parametrize(
    ("setting", "installed", "hint"),
    [("", False, "apt install tesseract-ocr"), ('ocr = "off"', True, 'ocr = "auto"')],
)
def test_without_it_a_scan_is_quarantined_with_the_line_to_type(
    install: Callable[..., dict[str, str]],
    tmp_path: Path,
    clock: Any,
    provider: Any,
    setting: str,
    installed: bool,
    hint: str,
) -> None:
    environ = install() if installed else {}
    listener = Listener()
    one = house(tmp_path, environ, clock, provider, setting)
    one.folders.inbox.mkdir(parents=True)
    (one.folders.inbox / "scan.pdf").write_bytes(pages_of(SCAN))
    asyncio.run(run(one, Order(), listener))
    failure = listener.outcomes[0].failure
    assert failure is not None
    assert (failure.reason, hint in failure.hint) == ("no_text", True)
    assert provider.requests == []


def test_check_tells_what_is_installed(
    install: Callable[..., dict[str, str]], tmp_path: Path, clock: Any, provider: Any
) -> None:
    said = []
    for environ, setting in ((install(), ""), ({}, ""), (install(), 'ocr = "off"'), ({}, 'ocr = "deu"')):
        one = house(tmp_path, environ, clock, provider, setting, model="")
        said.append(next(answer for answer in asyncio.run(check(one)) if answer.name == "ocr"))
    assert [answer.ok for answer in said] == [True, True, True, False]
    assert "eng+deu" in said[0].found
    assert "apt install tesseract-ocr" in said[1].found
    assert "tesseract-ocr-deu" in said[3].remedy


# --- The real one -----------------------------------------------------------------------------------------------------


@needs_tesseract
@pytest.mark.parametrize(("turn", "kind"), [(180, "picture"), (270, "pdf")])
def test_a_scan_is_read_however_it_lies(turn: int, kind: str) -> None:
    page = SCAN.rotate(turn, expand=True)
    text = read(stored(page) if kind == "picture" else pages_of(page), found(INSTALLED, "eng")).text
    assert text.split("\n") == list(LINES)


@needs_tesseract
def test_a_crooked_scan_with_two_columns_is_read_in_order() -> None:
    paper = picture(*LINES[:1])
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(24)
    left, right = (
        ("Northgate Works, Leeds", "Harbour Shipyard, Hull", "Millfield Boilers, York"),
        ("2019 - 2024", "2014 - 2018", "2010 - 2013"),
    )
    for number, (employer, dates) in enumerate(zip(left, right, strict=True)):
        pen.text((120, 300 + 90 * number), employer, fill=0, font=font)
        pen.text((900, 300 + 90 * number), dates, fill=0, font=font)
    text = read(
        stored(paper.rotate(1.5, fillcolor=255, expand=True, resample=Image.Resampling.BICUBIC)),
        found(INSTALLED, "eng"),
    ).text
    rows = [line.split("\t") for line in text.replace(" ", "").split("\n")[1:]]
    assert rows == [
        [employer.replace(" ", ""), dates.replace(" ", "")] for employer, dates in zip(left, right, strict=True)
    ]


@needs_tesseract
def test_a_photograph_of_nothing_is_no_text() -> None:
    with pytest.raises(DocumentError) as caught:
        read(stored(Image.effect_noise((240, 240), 80)), found(INSTALLED, "eng"))
    assert caught.value.reason == "no_text"
