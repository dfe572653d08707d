"""Pages as pictures in shades of grey, for OCR to look at: drawn from a PDF, or taken from a picture file.

Drawn in a worker that may be killed, since both kinds of file come from strangers. What leaves it is a Raster:
plain bytes, a shade each.
"""

from __future__ import annotations

import io
import math
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat, UnidentifiedImageError
from pypdfium2 import PdfiumError

from pipeline.errors import DamagedError, LimitError, TooLargeError
from pipeline.extract.limits import Limits
from pipeline.extract.ocr.skew import straightened
from pipeline.extract.pdf import forms
from pipeline.extract.pdf.beginning import from_its_beginning
from pipeline.extract.pdf.mended import mended

_DPI = 200
"""At which a PDF is drawn: tesseract wants letters of 20 pixels, which 10 pt have here."""
_A4_SHORT_SIDE = 8.27
"""Inches."""
_LEAST_PAPER = 150.0
"""Points across: a visiting card has a few more."""
_MOST_DPI = 2_400
"""As tesseract takes no more."""
_SMALL = 1_600
"""Pixels across: a smaller picture of a page is enlarged, for the same reason."""
_MOST_ENLARGED = 2.0
_LEAST_STRETCHED, _MOST_STRETCHED = 1.2, 4.0
"""How many times as many dots a picture may say it has in one direction: faxes have 1.04, 1.9 or 2.1."""
_LIGHT = 200
"""Shade of grey."""
_TILES, _UNEVEN = (64, 64), 30
"""Paper is looked at in so many tiles; shades of grey between its brightest and its darkest tenth."""
_SPECK, _SPECKLED = 40, 0.01
"""Shades of grey between a pixel and its neighbours, and share of such pixels; the edges of letters are fewer."""
Image.MAX_IMAGE_PIXELS = None  # the limit is in the settings, and is asked for before anything is decoded
PICTURES = ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP")
"""What Pillow may try to read; it knows many more."""


class Raster(NamedTuple):
    """A page in shades of grey, row by row from the top."""

    width: int
    height: int
    dpi: int
    pixels: bytes
    """A byte each, 0 is black."""

    def pgm(self) -> bytes:
        """Return it as a file in the simplest of formats."""
        return b"P5 %d %d 255\n" % (self.width, self.height) + self.pixels

    def is_uneven(self) -> bool:
        """Tell whether the paper is not equally bright everywhere: a photograph, a fold, the edge of a book."""
        small = self._picture().resize(_TILES, Image.Resampling.BOX)
        paper = sorted(small.filter(ImageFilter.MaxFilter(5)).tobytes())
        return paper[len(paper) * 9 // 10] - paper[len(paper) // 10] > _UNEVEN

    def turned(self, degrees: int) -> Raster:
        """Return it turned clockwise by a multiple of 90 degrees."""
        if degrees % 360 == 0:
            return self
        return _raster(self._picture().rotate(-degrees, expand=True), self.dpi)

    def without_specks(self) -> Raster | None:
        """Return it without dots and grain; None: there are hardly any."""
        picture = self._picture()
        smooth = picture.filter(ImageFilter.MedianFilter(3))
        specks = sum(ImageChops.difference(picture, smooth).histogram()[_SPECK:])
        return _raster(smooth, self.dpi) if specks > _SPECKLED * len(self.pixels) else None

    def _picture(self) -> Image.Image:
        return Image.frombytes("L", (self.width, self.height), self.pixels)


def draw(data: bytes, media_type: str, page: int, limits: Limits) -> Raster:
    """Return a page (from 1) of a document. Raises DocumentError. Runs in a worker that may be killed."""
    try:
        if media_type.startswith("image/"):
            return _of_picture(data, page, limits)
        return _of_pdf(data, page, limits)
    except MemoryError:
        raise LimitError("drawing a page of it takes more memory than is allowed") from None


def frames(data: bytes, limits: Limits) -> tuple[str, int]:
    """Return a picture file's media type and number of pages, as it declares them: nothing is decoded.

    Raises DocumentError.
    """
    with _opened(data) as picture:
        _refuse_pixels(picture, limits)
        form = str(picture.format)
        try:
            count = int(getattr(picture, "n_frames", 1)) if form == "TIFF" else 1
        except _PILLOW_ERRORS as error:
            raise _damaged(error) from None
    if count > limits.max_pages:
        raise TooLargeError(f"this picture has {count} pages; the limit is {limits.max_pages}")
    return Image.MIME[form], count


def _of_pdf(data: bytes, number: int, limits: Limits) -> Raster:
    try:
        with pypdfium2.PdfDocument(mended(from_its_beginning(data))) as document:
            forms.prepare(document)
            page = document[number - 1]
            try:
                width, height = page.get_size()
                largest = math.sqrt(limits.ocr_pixels / max(1.0, width * height))
                scale = min(max(_DPI / 72, _dots_of_tiny(page, width, height)), largest)
                picture = page.render(scale=scale, grayscale=True).to_pil()
                return _raster(straightened(picture.convert("L")), min(_MOST_DPI, round(72 * scale)))
            finally:
                page.close()
    except (PdfiumError, IndexError, ValueError):
        raise DamagedError(f"page {number} of this PDF cannot be drawn") from None


def _dots_of_tiny(page: pypdfium2.PdfPage, width: float, height: float) -> float:
    """Return the dots of the largest picture of a page for each of its points, where it is too small to be of paper.

    Some programs make a page of a scan and never say how large it is; drawn like others, nobody could read it.
    """
    if min(width, height) >= _LEAST_PAPER:
        return 0.0
    pictures = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
    return max((picture.get_px_size()[0] / max(1.0, width) for picture in pictures), default=0.0)


def _of_picture(data: bytes, number: int, limits: Limits) -> Raster:
    with _opened(data) as picture:
        try:
            picture.seek(number - 1)
            _refuse_pixels(picture, limits)
            picture.draft("L", picture.size)
            upright = ImageOps.exif_transpose(picture)
            stretch = _stretch(picture)
            return _sized(_grey(upright), limits, stretch if upright.size == picture.size else stretch[::-1])
        except _PILLOW_ERRORS as error:
            raise _damaged(error) from None


def _opened(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=PICTURES)
    except _PILLOW_ERRORS:
        raise DamagedError("this picture is damaged: it cannot be opened", _ASK_AGAIN) from None


def _damaged(error: Exception) -> DamagedError:
    return DamagedError(f"this picture is damaged: {type(error).__name__}", _ASK_AGAIN)


def _refuse_pixels(picture: Image.Image, limits: Limits) -> None:
    pixels = picture.width * picture.height
    if pixels > limits.max_pixels:
        raise TooLargeError(
            f"this picture has {pixels / 1e6:,.0f} million pixels; the limit is {limits.max_pixels / 1e6:,.0f}",
            "make it smaller, or raise [extract] max_megapixels in pipeline.toml, then: pipeline retry",
        )


def _grey(picture: Image.Image) -> Image.Image:
    """Return shades of grey; what is transparent lies on white paper."""
    if picture.mode.startswith("I"):  # shades from 0 to 65,535
        return picture.convert("I").point(lambda shade: shade * (1 / 256)).convert("L")
    if picture.mode == "LAB":
        return picture.getchannel("L")
    if picture.mode in ("LA", "PA", "RGBA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "black" if _is_light(picture) else "white")
        picture = Image.alpha_composite(paper, picture)
    return picture.convert("L")


def _is_light(picture: Image.Image) -> bool:
    """Tell whether what is not transparent would hardly be seen on white."""
    opaque = picture.getchannel("A").point(lambda alpha: 255 * (alpha > 127))
    return opaque.getbbox() is not None and ImageStat.Stat(picture.convert("L"), opaque).mean[0] > _LIGHT


def _stretch(picture: Image.Image) -> tuple[float, float]:
    """Return by how much a picture is to be widened and heightened: faxes have half as many dots down as across."""
    across, down = map(float, picture.info.get("dpi", (1, 1)))
    if across > 0 and down > 0 and _LEAST_STRETCHED < max(across / down, down / across) < _MOST_STRETCHED:
        return max(1.0, down / across), max(1.0, across / down)
    return 1.0, 1.0


def _sized(picture: Image.Image, limits: Limits, stretch: tuple[float, float]) -> Raster:
    """Bring a picture to a size at which its letters can be read, and lay it straight."""
    width, height = (side * more for side, more in zip(picture.size, stretch, strict=True))
    largest = math.sqrt(limits.ocr_pixels / (width * height))
    wanted = min(largest, _MOST_ENLARGED, max(1.0, _SMALL / min(width, height)))
    size = max(1, round(width * wanted)), max(1, round(height * wanted))
    if size != picture.size:
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return _raster(straightened(picture), max(70, round(min(size) / _A4_SHORT_SIDE)))


def _raster(picture: Image.Image, dpi: int) -> Raster:
    grey = picture if picture.mode == "L" else picture.convert("L")
    return Raster(grey.width, grey.height, dpi, grey.tobytes())


_ASK_AGAIN = "ask the sender for the picture again, or open it and save it anew as PNG or PDF"
# Pillow's decoders raise beyond its own tree.
_PILLOW_ERRORS = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    ZeroDivisionError,
    EOFError,
    NotImplementedError,
)
