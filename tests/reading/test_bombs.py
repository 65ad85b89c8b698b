"""Files that are small and become large."""

import zipfile
from io import BytesIO

import pytest
from PIL import Image

from bot.reading.archives import UNPACKED_BYTES
from bot.reading.files import read_file
from bot.reading.model import Limits, Trouble
from tests.reading.makers import encoded, workbook

LIMITS = Limits()


def with_part(name: str, content: bytes, times: int = 1) -> bytes:
    """A workbook of one cell with one more part, which may be one piece many times."""
    buffer = BytesIO(workbook([["LX123456785CN"]]))
    with (
        zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as part,
    ):
        for _ in range(times):
            part.write(content)
    return buffer.getvalue()


def test_a_workbook_that_unpacks_to_hundreds_of_megabytes_is_refused_unread() -> None:
    content = with_part("xl/media/zeros.bin", bytes(1 << 20), (UNPACKED_BYTES >> 20) + 2)
    assert len(content) < 2_000_000
    assert read_file(content, LIMITS).trouble is Trouble.BOMB


def test_a_workbook_that_lies_about_its_size_is_refused_too() -> None:
    times = (UNPACKED_BYTES >> 20) + 2
    content = with_part("xl/media/zeros.bin", bytes(1 << 20), times)
    lying = content.replace((times << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != content
    assert read_file(lying, LIMITS).trouble in (Trouble.BOMB, Trouble.DAMAGED)


def test_two_cells_in_opposite_corners_are_no_table() -> None:
    content = with_part("xl/worksheets/sheet9.xml", b'<row><c r="A1"/><c r="XFD1048576"/></row>')
    assert read_file(content, LIMITS).trouble is Trouble.BOMB


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_of_more_than_fifty_megapixels_is_refused_before_it_is_decoded(kind: str) -> None:
    content = encoded(Image.new("1" if kind == "PNG" else "L", (10_000, 6_000)), kind)
    assert len(content) < 1_000_000
    assert read_file(content, LIMITS).trouble is Trouble.TOO_MANY_PIXELS


def test_a_long_line_without_end_is_no_burden() -> None:
    assert read_file(b'"' + b"x" * 3_000_000, LIMITS).trouble is Trouble.NO_NUMBERS
