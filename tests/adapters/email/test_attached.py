"""Lists and photos of labels attached to mails, through a real Postfix and a real Dovecot and back."""

from io import BytesIO

import openpyxl
import pytest
from zxingcpp import BarcodeFormat

from bot.app import Service
from tests.adapters.email.mailbox import Taken, written
from tests.adapters.email.servers import Servers
from tests.adapters.email.test_round_trip import AGENT, service
from tests.flows.conftest import NUMBER, until
from tests.reading.makers import encoded, mailed, photo, turned, workbook

__all__ = ["service"]
pytestmark = pytest.mark.mail


async def test_a_list_and_a_photo_come_as_attachments_and_the_workbook_goes_back(
    service: Service, servers: Servers
) -> None:
    label = encoded(turned(photo((NUMBER, BarcodeFormat.Code128), size=(1600, 1200), scale=4), 12))
    listed = workbook([["运单号"], *([f"LP00123456{at:06d}"] for at in range(130))])
    plain = written("Where are these?", sender=f"Wang Wei <{AGENT}>", key="q1", passed=False)
    question = mailed(plain, ("label.jpg", label), ("list.xlsx", listed))
    servers.deliver(question.partition(b"ESMTPS id 1")[2].partition(b"\r\n")[2], sender=AGENT)
    await until(lambda: servers.count("INBOX", "agent") == 1, 30.0)
    answer = Taken("", (), servers.newest())
    assert f"I read {NUMBER} in the picture." in answer.part("plain")
    assert "list.xlsx: I read 130 numbers" in answer.part("plain")
    (sheet,) = answer.mail.iter_attachments()
    rows = openpyxl.load_workbook(BytesIO(sheet.get_content())).worksheets[0].iter_rows(values_only=True)
    assert [row[0] for row in rows if row[0]][-131:] == [NUMBER, *(f"LP00123456{at:06d}" for at in range(130))]
