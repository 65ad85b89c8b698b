"""Opens a picture a person sent, grey and upright, once its size is known to be bearable."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from bot.reading.model import Limits, Trouble

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO")
"""What phones, scanners and screenshots make."""
WORKED_ON: Final = 4_000
"""Pixels of the longer side; the codes of a label that fills the picture need less."""
_MAGIC: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_HEIC: Final = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"heif"})
_BRAND = slice(8, 12)


def is_heic(content: bytes) -> bool:
    """Whether the file says it is of the format of iPhone pictures."""
    return content[4:8] == b"ftyp" and content[_BRAND] in _HEIC


def is_picture(content: bytes) -> bool:
    """Whether the file begins as a picture does."""
    return content.startswith(_MAGIC) or (content[:4] == b"RIFF" and content[_BRAND] == b"WEBP") or is_heic(content)


def opened(content: bytes, limits: Limits) -> Image.Image | Trouble:
    """The picture in grey; its size is looked at before a pixel is decoded."""
    if is_heic(content):
        return Trouble.HEIC
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and applies before decoding
    try:
        picture = Image.open(BytesIO(content), formats=FORMATS)
        if picture.width * picture.height > limits.max_megapixels * 1_000_000:
            return Trouble.TOO_MANY_PIXELS
        picture.draft("L", (WORKED_ON // 2, WORKED_ON // 2))  # a JPEG is decoded at half its size where that is enough
        grey = ImageOps.exif_transpose(_flattened(picture)).convert("L")
    except MemoryError:
        return Trouble.TOO_MANY_PIXELS
    except Exception:  # noqa: BLE001 - a damaged or hostile picture fails in every way its decoder knows
        return Trouble.BAD_PICTURE
    if max(grey.size) > WORKED_ON:
        grey.thumbnail((WORKED_ON, WORKED_ON), Image.Resampling.BILINEAR)
    return grey


def _flattened(picture: Image.Image) -> Image.Image:
    """What is transparent becomes white: black bars on nothing would be black on black."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        rgba = picture.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba)
    return picture
