"""Files as people send them, made on the spot: workbooks, labels, photos of labels."""

import mimetypes
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import openpyxl
import zxingcpp
from PIL import Image

Label = tuple[str, zxingcpp.BarcodeFormat]
PHONE = (4000, 3000)
PAPER = 235


def workbook(
    rows: Sequence[Sequence[object]], *, merged: Sequence[str] = (), hidden: Sequence[Sequence[object]] = ()
) -> bytes:
    """An .xlsx with these rows on its first sheet; what is hidden lies on a second."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    if hidden:
        other = book.create_sheet("旧数据")
        other.sheet_state = "hidden"
        for row in hidden:
            other.append(list(row))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def code(text: str, kind: zxingcpp.BarcodeFormat, scale: int = 5) -> Image.Image:
    """A bar or matrix code."""
    image: Any = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=scale)
    height, width = image.shape
    picture = Image.frombytes("L", (width, height), bytes(memoryview(image)))
    return picture if picture.height > 200 else picture.resize((picture.width, 300))


def photo(*labels: Label, size: tuple[int, int] = PHONE, scale: int = 5) -> Image.Image:
    """A picture of the size phones take, the codes one below the other."""
    picture, top = Image.new("L", size, PAPER), size[1] // 10
    for text, kind in labels:
        piece = code(text, kind, scale)
        picture.paste(piece, (size[0] // 8, top))
        top += piece.height + size[1] // 30
    return picture


def turned(picture: Image.Image, angle: float) -> Image.Image:
    """As when the phone was held aslant."""
    return picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=PAPER)


def encoded(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The bytes of the file."""
    buffer = BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def mailed(raw: bytes, *files: tuple[str, bytes]) -> bytes:
    """A mail with files attached; what receiving servers wrote above it stays."""
    head, _, rest = raw.partition(b"From:")
    mail = message_from_bytes(b"From:" + rest, EmailMessage, policy=policy.SMTP)
    for name, content in files:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        mail.add_attachment(content, *kind.split("/"), filename=name)
    return head + mail.as_bytes()
