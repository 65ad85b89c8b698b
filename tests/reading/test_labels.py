"""Numbers out of photos of labels."""

import pytest
from PIL import Image, ImageFilter
from zxingcpp import BarcodeFormat

from bot.reading.files import read_file
from bot.reading.model import Limits, Trouble
from tests.reading.makers import PAPER, encoded, photo, turned

LIMITS = Limits()
RB = "RB123456785GB"
ONE = (RB, BarcodeFormat.Code128)
SEVERAL = (
    ONE, ("LP00492755414105", BarcodeFormat.QRCode), ("323212345659900040669030", BarcodeFormat.ITF),
    ("LTN74207623N1", BarcodeFormat.DataMatrix),
)  # fmt: skip


def numbers(picture: Image.Image, kind: str = "JPEG", **options: object) -> set[str]:
    """What is read in it, once it has been a file."""
    reading = read_file(encoded(picture, kind, **options), LIMITS)
    return {number for code in reading.codes for number in code.numbers}


def test_several_codes_of_four_kinds_on_one_photo() -> None:
    assert numbers(photo(*SEVERAL, scale=6)) == {text for text, _ in SEVERAL}


@pytest.mark.parametrize("angle", [7, 20, 30, 45, 68, 90, 133, 180, 255, 301])
def test_a_label_at_any_angle(angle: int) -> None:
    assert numbers(turned(photo(ONE), angle)) == {RB}


def test_several_codes_aslant_together() -> None:
    assert numbers(turned(photo(*SEVERAL, scale=6), 33)) == {text for text, _ in SEVERAL}


@pytest.mark.parametrize("radius", [1, 2, 3])
def test_a_blurred_photo(radius: int) -> None:
    assert numbers(photo(ONE, scale=6).filter(ImageFilter.GaussianBlur(radius))) == {RB}


def test_a_noisy_photo_of_little_contrast() -> None:
    dull = photo(ONE, size=(1600, 1200), scale=4).point(lambda level: 90 + level // 3)
    assert numbers(Image.blend(dull, Image.effect_noise(dull.size, 40), 0.25)) == {RB}


def test_a_label_seen_from_the_side() -> None:
    flat = photo(ONE, size=(1600, 1200), scale=4)
    corners = (0, 0, -150, 1200, 1750, 1100, 1600, 120)
    aside = flat.transform(flat.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=PAPER)
    assert numbers(aside) == {RB}


@pytest.mark.parametrize("orientation", range(2, 9))
def test_the_phones_own_note_of_how_it_was_held_counts(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    mirrored = {2: Image.Transpose.FLIP_LEFT_RIGHT, 4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
                7: Image.Transpose.TRANSVERSE}.get(orientation)  # fmt: skip
    picture = photo(("LTN74207623N1", BarcodeFormat.DataMatrix), size=(800, 600), scale=8)
    stored = picture.transpose(mirrored) if mirrored is not None else picture
    assert numbers(stored, exif=exif) == {"LTN74207623N1"}


def test_black_bars_on_nothing() -> None:
    bars = photo(ONE, size=(1000, 700), scale=3).point(lambda level: 0 if level < 128 else 255)
    clear = Image.new("LA", bars.size, (0, 0))
    clear.putalpha(bars.point(lambda level: 255 - level))
    assert numbers(clear, "PNG") == {RB}


def test_a_link_in_a_code_gives_its_number_and_an_identifier_in_brackets_too() -> None:
    link = photo(("https://t.example/?no=RB123456785GB&l=nl", BarcodeFormat.QRCode), size=(1000, 1000), scale=8)
    assert numbers(link) == {RB}


def test_a_code_of_no_known_form_is_told_apart() -> None:
    content = encoded(photo(("123456789012", BarcodeFormat.Code128), size=(1600, 1200)))
    assert [(code.numbers, code.shaped) for code in read_file(content, LIMITS).codes] == [(("123456789012",), False)]


@pytest.mark.parametrize(("content", "expected"), [
    (encoded(Image.new("RGB", (1200, 900), "white")), Trouble.NO_CODE),
    (encoded(Image.effect_noise((1200, 900), 90)), Trouble.NO_CODE),
    (encoded(photo(ONE))[:5_000], Trouble.BAD_PICTURE),
    (b"\xff\xd8\xff\xe0 not a picture", Trouble.BAD_PICTURE),
    (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", Trouble.HEIC),
])  # fmt: skip
def test_what_cannot_be_read_is_named(content: bytes, expected: Trouble) -> None:
    assert read_file(content, LIMITS).trouble is expected
