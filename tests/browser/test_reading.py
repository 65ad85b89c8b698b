"""A list and a photo of a label in the web chat, as a visitor sends them: the workbook and the answer come back."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect
from zxingcpp import BarcodeFormat

from tests.browser.test_demo import ANSWER_MS, RAW, show
from tests.reading.makers import encoded, photo, turned, workbook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

NUMBER = "LX123456785CN"
HELD = "RB930364264CN"
OTHERS = [f"LP99887766{at:06d}" for at in range(150)]


def send(pane: Locator, file: Path, text: str = "") -> Locator:
    """Send a file, perhaps with words; returns the card that answers it."""
    before = pane.locator(".card").count()
    pane.locator("input[type=file]").set_input_files([file])
    pane.locator("textarea").fill(text)
    pane.locator("form.say button[type=submit]").click()
    expect(pane.locator(".card")).not_to_have_count(before, timeout=2 * ANSWER_MS)
    return pane.locator(".card").last


def test_a_list_comes_back_as_a_workbook_and_a_photo_is_answered(
    page: Page, demo: str, problems: list[str], tmp_path: Path
) -> None:
    sheet, label = tmp_path / "11月发货清单.xlsx", tmp_path / "IMG_2041.jpg"
    rows: list[list[object]] = [["11 月发货清单", None], ["订单号", "运单号"]]
    rows += [[f"20261124{at:04d}", number] for at, number in enumerate([NUMBER, HELD, *OTHERS])]
    sheet.write_bytes(workbook(rows, merged=["A1:B1"]))
    label.write_bytes(encoded(turned(photo((NUMBER, BarcodeFormat.Code128)), 17), quality=85))
    pane = show(page, "phone")

    listed = send(pane, sheet, "帮我查这些")
    expect(listed).to_contain_text("读到 152 个单号，取自 B 列“运单号”")
    expect(listed).to_contain_text("2 件")
    expect(listed).to_contain_text(HELD)
    link = listed.locator(".file a")
    expect(link).to_have_count(1)
    content = page.request.get(f"{demo}{link.get_attribute('href')}").body()
    book = openpyxl.load_workbook(BytesIO(content))
    numbers = [str(row[0].value) for row in book.worksheets[0].iter_rows() if row[0].value is not None]
    assert numbers[-152:] == [NUMBER, HELD, *OTHERS]

    seen = send(pane, label)
    expect(seen).to_contain_text(f"我在图片里读到 {NUMBER}。")
    expect(seen).to_contain_text("列日")
    assert not RAW.search(pane.locator(".log").inner_text())
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "nothing sticks out of the page"
    assert problems == []
