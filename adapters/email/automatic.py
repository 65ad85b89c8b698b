"""Mail no person wrote: recognised by the first sign that says so, and never answered."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from adapters.email.addresses import Names
from adapters.email.headers import mailboxes
from adapters.email.parse import Mail
from adapters.email.render import LOOP_HEADER
from adapters.email.subjects import without_prefixes


class Kind(StrEnum):
    """What a mail is that no person wrote to us."""

    OWN = "own"  # we wrote it ourselves
    AUTO = "auto"  # an auto-reply or a notification
    REPORT = "report"  # of a delivery, or that something was read
    LIST = "list"  # to many
    SUSPECT = "suspect"  # reads like an auto-reply; a person decides


@dataclass(frozen=True, slots=True)
class Signal:
    """What it is, and the sign that told."""

    kind: Kind
    rule: str


_LOCAL = re.compile(
    r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|donotreply|bounces?|.*-bounces?|.*-request)(?:\+.*)?",
    re.IGNORECASE,
)
_MACHINE_FIELDS = (
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-autoreply-from", "x-mail-autoreply",
    "x-fc-machinegenerated", "x-cron-env", "x-failed-recipients", "x-aliyun-bounce", "x-hmailserver-loopcount",
    "x-loop",
)
_LIST_FIELDS = ("list-id", "list-unsubscribe", "list-post", "mailing-list", "feedback-id")
_VALUES = {
    "delivered-to": "autoresponder", "preference": "auto_reply", "x-precedence": "auto_reply",
    "x-post-messageclass": "9; autoresponder",
}
_SUBJECT = re.compile(
    r"(?:自动回复|自动答复|自动应答|自動回覆|自動回復|自動答覆|"
    r"automatic reply|auto[- ]?reply|out of office|ooo\b|out of the office|"
    r"abwesenheit|r[ée]ponse automatique|automatisch antwoord|absence|已读:|read:)|"
    r".*(?:退信|系统退信|邮件未送达|投递失败|无法投递|不在办公室|undeliver|"
    r"delivery status notification|mail delivery failed|"
    r"failure notice|returned mail)", re.IGNORECASE | re.DOTALL,
)
_SUSPECT = re.compile(r"休假|出差|外出|已收到您的来信|请勿回复|此邮件由系统自动发送|系统自动发出")
_AT_ONCE = re.compile(
    r"out of (?:the )?office|on (?:annual |sick |parental )?leave|\bvacation\b|limited access to e-?mail|do not reply|"
    r"(?:have|has) received your (?:e-?mail|message|mail|request|inquiry)|auto(?:matically)?[- ]?generated|"
    r"automatic (?:reply|response|message)|thank you for (?:contacting|your (?:e-?mail|message))|"
    r"your (?:e-?mail|message|request|ticket|case) (?:has been|was|is) (?:received|created|opened|registered)|"
    r"系统自动|系統自動|休假|(?:生成|创建|創建|受理).{0,4}工[单單]|尽快(?:给您)?回复|儘快(?:給您)?回覆|已收到您的",
    re.IGNORECASE,
)
"""Words of people too; of a machine when they come within a minute of our mail."""
SHORT = 400


def signal_of(mail: Mail, names: Names, text: str) -> Signal | None:
    """The first sign that no person wrote this mail to us; None when there is none."""
    for rule in _RULES:
        if (found := rule(mail, names)) is not None:
            return found
    if len(text) < SHORT and _SUSPECT.search(text):
        return Signal(Kind.SUSPECT, "text")
    return None


def reads_like_one(text: str) -> bool:
    """Whether a text reads like an automatic answer, if it came at once."""
    return len(text) < SHORT and "?" not in text and "？" not in text and _AT_ONCE.search(text) is not None


def _own(mail: Mail, names: Names) -> Signal | None:
    loop = mail.headers.ascii(LOOP_HEADER.lower()) == names.domain
    ours = any(names.is_ours(one.address) for one in mailboxes(mail.headers.raw("from")))
    return Signal(Kind.OWN, "own mail came back") if loop or ours else None


def _submitted(mail: Mail, names: Names) -> Signal | None:  # noqa: ARG001 - every rule is asked the same way
    value = mail.headers.ascii("auto-submitted").partition(";")[0].strip()
    return Signal(Kind.AUTO, f"auto-submitted: {value}"[:60]) if value and value != "no" else None


def _report(mail: Mail, names: Names) -> Signal | None:  # noqa: ARG001
    reports = ("multipart/report", "message/delivery-status", "message/disposition-notification", "text/calendar")
    return Signal(Kind.REPORT, mail.media_type) if mail.media_type in reports else None


def _null_path(mail: Mail, names: Names) -> Signal | None:  # noqa: ARG001
    return Signal(Kind.AUTO, "return-path <>") if mail.headers.ascii("return-path") == "<>" else None


def _robot(mail: Mail, names: Names) -> Signal | None:  # noqa: ARG001
    fields = (*mail.headers.all("from"), mail.headers.raw("return-path"))
    for box in (box for field in fields for box in mailboxes(field)):
        if _LOCAL.fullmatch(box.address.partition("@")[0]):
            return Signal(Kind.AUTO, f"address {box.address.partition('@')[0]}@")
    return None


def _fields(mail: Mail, names: Names) -> Signal | None:  # noqa: ARG001
    found = next((name for name in _MACHINE_FIELDS if mail.headers.has(name)), None)
    found = found or next((name for name, value in _VALUES.items() if mail.headers.ascii(name) == value), None)
    return Signal(Kind.AUTO, found) if found else None


def _precedence(mail: Mail, names: Names) -> Signal | None:  # noqa: ARG001
    value = mail.headers.ascii("precedence")
    if value in ("auto_reply", "auto-reply"):
        return Signal(Kind.AUTO, f"precedence: {value}")
    return Signal(Kind.LIST, f"precedence: {value}") if value in ("bulk", "junk", "list") else None


def _list(mail: Mail, names: Names) -> Signal | None:  # noqa: ARG001
    found = next((name for name in _LIST_FIELDS if mail.headers.has(name)), None)
    return Signal(Kind.LIST, found) if found else None


def _subject(mail: Mail, names: Names) -> Signal | None:  # noqa: ARG001
    whole = unicodedata.normalize("NFKC", mail.subject)
    told = any(_SUBJECT.match(subject.strip()) for subject in (without_prefixes(whole), whole))
    return Signal(Kind.AUTO, "subject") if told else None


_RULES: Sequence[Callable[[Mail, Names], Signal | None]] = (
    _own, _submitted, _report, _null_path, _robot, _fields, _list, _precedence, _subject,
)
