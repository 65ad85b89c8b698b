"""Files in the web chat as a visitor sees them: chosen, shown, taken back, sent; at a desk and on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_demo import ANSWER_MS, ask, show

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_files_are_chosen_taken_back_and_sent(page: Page, problems: list[str], tmp_path: Path) -> None:
    sheet, label = tmp_path / "清单.csv", tmp_path / "label.png"
    sheet.write_text("LX123456785CN\n")
    label.write_bytes(b"\x89PNG\r\n")
    pane = show(page, "phone")
    pane.locator("input[type=file]").set_input_files([sheet, label])
    chosen = pane.locator(".chosen button")
    expect(chosen).to_have_count(2)
    expect(chosen.first).to_contain_text("清单.csv")
    chosen.last.click()
    expect(chosen).to_have_count(1)
    before = pane.locator(".card").count()
    pane.locator("textarea").fill("LX123456785CN 到哪了")
    pane.locator("form.say button[type=submit]").click()
    expect(chosen).to_have_count(0)
    expect(pane.locator(".entry.mine .bubble").last).to_have_text("LX123456785CN 到哪了\n📎 清单.csv")
    expect(pane.locator(".card")).not_to_have_count(before, timeout=ANSWER_MS)
    assert problems == []


def test_too_many_are_refused_before_they_are_sent(page: Page, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.csv" for number in range(11)]
    for file in files:
        file.write_text("x")
    pane = show(page, "phone")
    pane.locator("input[type=file]").set_input_files(files)
    expect(pane.locator(".notice")).to_contain_text("20 MB")
    expect(pane.locator(".chosen button")).to_have_count(0)


def test_a_file_of_an_answer_is_a_link_with_its_size(page: Page, problems: list[str]) -> None:
    card = {"files": [{"name": "延误清单.xlsx", "size": 1_234_567, "url": "/api/v1/chat/files/k"},
                      {"name": "gone.xlsx", "size": None, "url": None}], "fields": [], "timeline": [], "actions": []}
    page.evaluate("""async (card) => {
      const { cardElement } = await import("/static/chat/cards.js");
      document.querySelector("#phone .log").append(cardElement({ ...card, language: "en" }, () => {}));
    }""", card)
    link = show(page, "phone").locator(".card .file a")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("href", "/api/v1/chat/files/k")
    expect(link).to_have_attribute("download", "延误清单.xlsx")
    expect(page.locator("#phone .card .file").first).to_contain_text("1.2 MB")
    expect(page.locator("#phone .card .file").last).to_have_text("gone.xlsx")
    assert problems == []


def test_a_workbook_that_goes_with_an_answer_is_downloaded_with_one_click(page: Page, problems: list[str]) -> None:
    card = ask(show(page, "phone"), "哪些包裹晚点了")
    with page.expect_download() as started:
        card.locator(".file a").click()
    name = started.value.suggested_filename
    assert name.endswith(".xlsx")
    expect(card.locator(".file a")).to_have_text(name)
    assert started.value.path().read_bytes().startswith(b"PK")
    assert problems == []
