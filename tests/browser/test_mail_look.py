"""What mail programs that draw like a browser make of a mail: nothing is cut on a phone, nothing is dark on dark."""

from typing import Literal

import pytest
from playwright.sync_api import Browser

from adapters.email.html import page
from bot.contracts import Action, Card, Field, File, Step, Table, Tone

ROW = ("LX123456785CN", "Held by import customs", "Liège LGG", "24 Nov 21:02", "30 Nov")
CARDS = [
    Card(
        language="zh-Hans", title="LX123456785CN · 海关查验/扣留", tone=Tone.WARNING,
        text=("海关查验/扣留，自昨天 21:02（北京时间）起，已 19 小时。",),
        fields=(Field(label="通常", value="类似包裹 8 成在 11月27日至12月7日送达"),),
        timeline=(Step(when="11月24日 10:12", what="到达目的国枢纽", where="列日 LGG"),),
        actions=(Action(label="转人工", say="转人工 LX123456785CN", style="primary"),),
    ),
    Card(
        language="en", title="Flight CV7304 · 412 parcels at risk", tone=Tone.BAD,
        table=Table(columns=("Parcel", "Status", "Where", "Since", "Promised"), rows=(ROW,) * 12),
        actions=(Action(label="Talk to a person", say="talk to a person A-1024"),),
        files=(File(name="CV7304-at-risk.xlsx", media_type="x/y", reference="r"),), reference="A-1024",
    ),
]
HTML = page(CARDS, first=["--- 请在此行以上回复 / reply above this line ---"], write_to="bot@pb.example", subject="x")
FINGER = 40


@pytest.mark.parametrize("width", [360, 390, 700])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_mail_fits_and_can_be_read(browser: Browser, width: int, scheme: Literal["light", "dark"]) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, is_mobile=width < 500)
    shown = context.new_page()
    shown.set_content(HTML)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    buttons = [link.bounding_box() for link in shown.locator("a").all()]
    assert all(box is not None and box["height"] >= FINGER for box in buttons)
    assert len(buttons) == 2
    context.close()
