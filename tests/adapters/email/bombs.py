"""Mails that cost far more to read than to write; made here, so that none lies in the repository."""

import base64
import io
import zipfile
from collections.abc import Callable

FROM = b"From: a@x.example\r\n"


def nested(depth: int) -> bytes:
    """Parts within parts."""
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth)
    )
    return FROM + head + b"Content-Type: text/plain\r\n\r\nx\r\n"


def nested_in_one_boundary(depth: int) -> bytes:
    """Parts within parts that all use the same boundary."""
    head = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n' * depth
    return FROM + head + b"Content-Type: text/plain\r\n\r\nx\r\n"


def parts(count: int) -> bytes:
    """Very many parts."""
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return FROM + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * count + b"--b--\r\n"


def attached_mails(depth: int) -> bytes:
    """Mails attached to mails."""
    head = b"Content-Type: message/rfc822\r\n\r\nFrom: a@x.example\r\n" * depth
    return FROM + head + b"Content-Type: text/plain\r\n\r\nx\r\n"


def workbook(megabytes: int) -> bytes:
    """An attached workbook that unpacks to far more."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (megabytes << 20))
    return (
        FROM + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\r\n"
        b"Content-Disposition: attachment; filename=list.xlsx\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(buffer.getvalue()) + b"--b--\r\n"
    )


BOMBS: dict[str, Callable[[], bytes]] = {
    "nested": lambda: nested(1000),
    "nested in one boundary": lambda: nested_in_one_boundary(1000),
    "attached mails": lambda: attached_mails(1000),
    "parts": lambda: parts(100_000),
    "encoded words": lambda: FROM + b"Subject: " + b"=?utf-8?q?=41?= " * 20_000 + b"\r\n\r\nx\r\n",
    "encoded words, short": lambda: FROM + b"Subject: " + b"=?utf-8?q?=41?= " * 4_000 + b"\r\n\r\nx\r\n",
    "comments": lambda: FROM + b"To: " + b"(" * 3000 + b"\r\n\r\nx\r\n",
    "comments in From": lambda: b"From: " + b"(" * 3000 + b"a@x.example\r\n\r\nx\r\n",
    "headers": lambda: FROM + b"".join(b"X-H%d: y\r\n" % n for n in range(100_000)) + b"\r\nx\r\n",
    "addresses": lambda: FROM + b"To: " + b",".join(b"a%d@x.example" % n for n in range(5000)) + b"\r\n\r\nx\r\n",
    "one line": lambda: FROM + b"\r\n" + b"y" * 5_000_000 + b"\r\n",
    "one quoted line": lambda: FROM + b"\r\n> " + b"On 1 wrote: " * 400_000 + b"\r\n",
    "quote marks": lambda: FROM + b"\r\n" + (b"> " * 500 + b"\r\n") * 2_000,
    "openings": lambda: FROM + b"\r\n" + b"On 1 Jan 2026\r\n" * 60_000,
    "labels": lambda: FROM + b"\r\n" + b"From: a\r\n" * 60_000,
    "tags": lambda: FROM + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000,
    "open brackets": lambda: FROM + b"Content-Type: text/html\r\n\r\n" + b"<" * 300_000,
    "attributes": lambda: FROM + b"Content-Type: text/html\r\n\r\n<a " + b"x=1 " * 200_000 + b">x</a>",
    "comments in html": lambda: FROM + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 100_000,
    "workbook": lambda: workbook(200),
    "nul and bare returns": lambda: FROM + b"Subject: a\rb\r\n\r\nx\x00y\rz\r\n",
    "no end": lambda: FROM + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
                             b"Content-Type: text/plain\r\n\r\nhello",
    "injected header": lambda: FROM + b"Subject: =?utf-8?q?hi=0D=0ABcc:_evil@x.example?=\r\n\r\nx\r\n",
    "results": lambda: b"Authentication-Results: mx.pb.example; " + b"dmarc=pass (" * 1_200 + b"\r\n" + FROM + b"\r\nx",
    "boundaries": lambda: FROM + b"\r\n" + b"boundary=a\r\n" * 100_000,
    "references": lambda: FROM + b"References: " + b"<a@x> " * 10_000 + b"\r\n\r\nx\r\n",
}
