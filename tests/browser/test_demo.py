"""The demo as a visitor sees it: chat, suggested questions, and a flight made late, on a desktop and on a phone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TWO_LINES = 50
"""Pixels."""
ANSWER_MS, ALERT_MS = 10_000, 30_000
RAW = re.compile(r"\{\w+\}|[A-Z]{3,}_[A-Z_]+|None(?! of)|Traceback")
"""What no reader may ever see: placeholders, codes, defects."""
FIRST_LINE_IN_SIGHT = f"""() => {{
  const card = [...document.querySelectorAll("#phone .card")].at(-1);
  const top = card.getBoundingClientRect().top - card.closest(".log").getBoundingClientRect().top;
  return top >= 0 && top < {TWO_LINES};
}}"""


def show(page: Page, pane: str) -> Locator:
    """Bring a side to the front where only one fits."""
    tab = page.locator(f"[role=tab][aria-controls={pane}]")
    if tab.is_visible():
        tab.click()
    return page.locator(f"#{pane}")


def ask(pane: Locator, text: str) -> Locator:
    """Type a question; returns the card that answers it."""
    before = pane.locator(".card").count()
    pane.locator("textarea").fill(text)
    pane.locator("textarea").press("Enter")
    expect(pane.locator(".card")).not_to_have_count(before, timeout=ANSWER_MS)
    mail = "mailbox" in (pane.get_attribute("class") or "")
    return pane.locator(".mail").first if mail else pane.locator(".card").last  # a mail's title is its subject


def below(one: Locator, other: Locator) -> bool:
    mine, its = one.bounding_box(), other.bounding_box()
    assert mine is not None
    assert its is not None
    return mine["y"] >= its["y"] + its["height"] - 1


def test_a_visitor_asks_clicks_and_makes_a_flight_late(page: Page, problems: list[str]) -> None:
    phone = show(page, "phone")
    where = ask(phone, "LX123456785CN 到哪了")
    expect(where).to_contain_text("LX123456785CN")
    expect(where).to_contain_text("列日")
    expect(where).to_contain_text("北京时间")
    expect(ask(phone, "RB930364264CN 为什么卡住了")).to_contain_text("海关")
    expect(ask(phone, "CV7911 到了吗")).to_contain_text("CV7911")
    expect(ask(phone, "LX123456786CN")).to_contain_text("LX123456785CN")
    assert ask(phone, "LX402618830CN 到哪了").inner_text().replace("LX402618830CN", "") == ask(
        phone, "LX402618843CN 到哪了").inner_text().replace("LX402618843CN", "")
    before = phone.locator(".card").count()
    phone.locator(".chips button").first.click()
    expect(phone.locator(".card")).not_to_have_count(before, timeout=ANSWER_MS)

    mailbox = show(page, "mailbox")
    expect(ask(mailbox, "When will LX670981235CN arrive?")).to_contain_text("LX670981235CN")
    expect(ask(mailbox, "Which parcels are late at Liège?")).to_contain_text(re.compile("late", re.IGNORECASE))

    page.locator("form.delay button").click()
    expect(page.locator("form.delay output")).to_contain_text("late", timeout=ALERT_MS)
    expect(mailbox.locator(".mail").filter(has_text="PB-A")).to_have_count(1, timeout=ALERT_MS)
    phone = show(page, "phone")
    expect(phone.locator(".card").last).to_contain_text("收到", timeout=ALERT_MS)
    for pane in ("phone", "mailbox"):
        text = show(page, pane).locator(".log").inner_text()
        assert not RAW.search(text), RAW.search(text)
    assert problems == []


def test_an_alert_shows_who_has_it_where_it_stands(page: Page, problems: list[str]) -> None:
    page.locator("form.delay button").click()
    phone = show(page, "phone")
    press = phone.get_by_role("button", name="收到", exact=True)
    expect(press).to_have_count(1, timeout=ALERT_MS)
    press.click()
    shown = re.compile("已于今天.*确认收到；")
    expect(phone.locator(".entry.mine")).to_have_text(re.compile(r"收到 A-\d+"), timeout=ANSWER_MS)
    expect(phone.locator(".entry").first).to_contain_text(shown, timeout=ANSWER_MS)
    expect(press).to_have_count(0)
    expect(phone.locator(".entry")).to_have_count(3)  # the alert, what was said, the answer to it
    page.reload()
    phone = show(page, "phone")
    expect(phone.locator(".entry")).to_have_count(3, timeout=ANSWER_MS)
    expect(phone.locator(".entry").first).to_contain_text(shown)
    mailbox = show(page, "mailbox")
    expect(mailbox.locator(".mail").filter(has_text="PB-A")).to_have_count(1, timeout=ANSWER_MS)
    assert problems == []


def test_the_page_speaks_chinese_and_nothing_sticks_out(page: Page, demo: str, problems: list[str]) -> None:
    page.goto(f"{demo}/?lang=zh-Hans")
    expect(page.locator("form.delay button")).to_have_text("让航班晚点")
    box = show(page, "phone").locator("textarea")
    assert box.evaluate("box => box.scrollHeight <= box.clientHeight"), "what to type is told on one line"
    assert page.evaluate("getComputedStyle(document.querySelector('.attach .clip'), '::before').maskImage") != "none"
    listed = ask(show(page, "phone"), "列日有哪些延误件")
    number, status, length = (listed.locator("tbody tr").first.locator("td").nth(place) for place in range(3))
    assert below(status, number), "on a phone the number stands above the rest of its row"
    bounds = length.bounding_box()
    assert bounds is not None
    assert bounds["height"] < TWO_LINES, "what is left of a row is a line of text and not a column of single characters"
    assert listed.evaluate("card => card.offsetHeight > card.closest('.log').clientHeight"), "longer than the screen"
    page.wait_for_function(FIRST_LINE_IN_SIGHT, timeout=ANSWER_MS)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert problems == []
