"""The bar and matrix codes of a photo: as it is, then sharpened, turned and scaled until a number is found."""

from collections.abc import Callable, Iterator
from functools import partial
from time import monotonic
from typing import Final

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from bot.reading.codes import code_of
from bot.reading.model import Code, Limits, Reading, Trouble
from bot.reading.pictures import opened

MOST_CODES: Final = 50
ENOUGH_SECONDS: Final = 4.0
"""No further attempt is begun after so long."""
LOGO: Final = 400
"""Pixels; a photo of a label is larger."""
SMALL: Final = 1_600
"""Pixels of the longer side for the attempts after the first; a photo's blur shrinks with it."""
ANGLES: Final = (45, 22, 67, 33, 11, 56, 78)
"""A code is seen a little aslant by itself, and from all four sides; these lie between."""
STRAIGHT: Final = 5
"""Degrees a code may lean and still be seen as straight."""
_FORMATS = zxingcpp.BarcodeFormats([
    zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.Code39, zxingcpp.BarcodeFormat.Code93,
    zxingcpp.BarcodeFormat.ITF, zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix,
    zxingcpp.BarcodeFormat.PDF417, zxingcpp.BarcodeFormat.Aztec,
])  # fmt: skip


def read_label(content: bytes, limits: Limits) -> Reading:
    """The codes of a picture, those that hold a number of a known form first."""
    picture = opened(content, limits)
    if isinstance(picture, Trouble):
        return Reading(kind="picture", trouble=picture)
    found = _codes(picture, min(ENOUGH_SECONDS, limits.max_seconds / 4))
    codes = sorted(found, key=lambda code: not code.shaped)[:MOST_CODES]
    if not codes:
        return Reading(kind="picture", trouble=Trouble.NO_CODE, small=max(picture.size) <= LOGO)
    return Reading(kind="picture", codes=tuple(codes))


def _codes(picture: Image.Image, enough: float) -> list[Code]:
    """As it is shown and upright are both looked at; the rest only while no number of a known form is found."""
    began, found = monotonic(), dict[str, Code]()
    for attempt in _attempts(picture):
        turned = _collect(attempt(), found)
        if any(code.shaped for code in found.values()):
            if turned:  # the others lie as this one does, and bars are not seen so far aslant
                _collect(_turned(picture, turned), found)
            break
        if monotonic() - began > enough:
            break
    return list(found.values())


def _collect(picture: Image.Image, found: dict[str, Code]) -> int:
    """Add the codes of a picture; by how many degrees the last of them lies aslant, 0 where they are straight."""
    aslant = 0
    for barcode in zxingcpp.read_barcodes(picture, formats=_FORMATS):
        code = code_of(barcode.text)
        if code is not None:
            found.setdefault(code.text, code)
            lean = (barcode.orientation + 45) % 90 - 45
            aslant = lean if abs(lean) > STRAIGHT else aslant
    return aslant


def _attempts(picture: Image.Image) -> Iterator[Callable[[], Image.Image]]:
    yield lambda: picture
    small = picture.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    yield lambda: _sharp(small)
    yield lambda: _calm(small)
    yield lambda: _sharp(picture)
    for angle in ANGLES:
        yield partial(_turned, small, angle)
    yield lambda: _sharp(_doubled(small))
    for angle in ANGLES[:3]:
        yield partial(_turned, _sharp(small), angle)


def _sharp(picture: Image.Image) -> Image.Image:
    return ImageOps.autocontrast(picture, cutoff=1).filter(ImageFilter.UnsharpMask(radius=3, percent=250, threshold=2))


def _calm(picture: Image.Image) -> Image.Image:
    """Without the grain of a photo taken in poor light."""
    return ImageOps.autocontrast(picture.filter(ImageFilter.GaussianBlur(1.2)), cutoff=1)


def _doubled(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)


def _turned(picture: Image.Image, angle: float) -> Image.Image:
    return picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
