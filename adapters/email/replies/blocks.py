"""Blocks that open a quoted mail: "From: ... Sent: ...", "发件人：...", and the lines drawn above them."""

import re
from collections.abc import Sequence

from adapters.email.replies.lines import Line

WINDOW = 6
MOST_ABOVE = 8
"""Lines above a header in which what was drawn or written over it may stand."""
MOST_WORDS_ABOVE = 3
_FROM = (
    "from|sender|von|de|da|van|från|fra|od|от|від|expéditeur|発件人|发件人|寄件者|寄件人|發件人|发信人|從|从|送信者"
)
_WHEN = (
    "sent|sent (?:on|at)|send time|gesendet|envoy[ée]|enviado(?: el| em)?|inviato|verzonden|skickat|sendt|отправлено|"
    "发送时间|发送日期|发件时间|发信时间|发送|已发送|傳送時間|寄件日期|已傳送|傳送日期|送信日時|日時"
)
_DAY = "date|datum|fecha|data|dato|дата|日期|时间|時間"
"""Parcels have these too; a mail's has the time of day."""
_SUBJECT = (
    "subject|title|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|temat|тема|主题|主旨|主題|标题|件名|sujet"
)
_OTHER = (
    "to|recipients?|cc|bcc|reply-to|an|kopie|à|a|para|aan|till|til|do|кому|копия|收件人|收件者|至|抄送人?|副本|密送|宛先|"
    "cci?|importance|attachments?|重要性|附件|risposta|organization"
)
_TITLES = (
    "original|original message|original email|reply message|replied message|forwarded message|forwarded|"
    "原始邮件|原邮件|邮件原件|原始郵件|回复的原邮件|回复的邮件|转发邮件|转发的消息|转发的邮件|转发邮件信息|"
    "转发的原邮件|轉寄郵件|轉寄的郵件|原郵件|原信件|原始信件|urspr[üu]ngliche (?:nachricht|e-mail)|"
    "weitergeleitete nachricht|message d'origine|message original|message transf[ée]r[ée]|oorspronkelijk bericht|"
    "doorgestuurd bericht|mensaje original|messaggio originale|mensagem original|originalmeddelande|opprinnelig melding"
)
_LABEL = r"[>\s|*_]*\**\s*(?:{})\s*\**\s*(?::|\|)"
_SENDER = re.compile(_LABEL.format(_FROM), re.IGNORECASE)
_MAIL_LABEL = re.compile(_LABEL.format(f"{_WHEN}|{_SUBJECT}"), re.IGNORECASE)
_DATED = re.compile(_LABEL.format(_DAY) + r".*\d\s*[:点點时時h]\s*\d\d", re.IGNORECASE)
_ANY = re.compile(_LABEL.format(f"{_FROM}|{_WHEN}|{_DAY}|{_SUBJECT}|{_OTHER}"), re.IGNORECASE)
_DRAWN = re.compile(r"[>\s]*(?:_{10,}|-{10,}|={10,}|\*{10,}|－{5,}|—{5,}|─{5,})\s*$")
_TITLE = re.compile(rf"[>\s]*[-_=*]{{2,}}\s*(?:{_TITLES})\s*[-_=*]{{2,}}\s*$", re.IGNORECASE)
_OVER_A_HEADER = re.compile(
    rf"[>\s]*(?:[-_=*]{{2,}}\s*[^-_=*]{{0,30}}(?:message|mail|邮件|郵件|消息|訊息|信件|nachricht|bericht)\s*[-_=*]{{2,}}|"
    rf"{_TITLES}|-{{2,}})\s*$", re.IGNORECASE,
)
"""Above a header only; elsewhere these may be the writer's own."""
_BEGIN = re.compile(
    r"[>\s]*(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|d[ée]but du message "
    r"(?:r[ée]exp[ée]di[ée]|transf[ée]r[ée])|begin doorgestuurd bericht|开始转发的邮件|下面是被转发的邮件|"
    r"以下是轉寄的郵件|開始轉寄郵件)"
    r"\s*:\s*$", re.IGNORECASE,
)
_ABOVE = re.compile(
    r"\W{0,20}(?:please )?(?:(?:type|write) your )?reply above this line\b|"
    r"\W{0,20}[请請]在此[行线線](?:以上|上方)(?:回复|回覆)", re.IGNORECASE,
)
_CJK_GAP = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")


def opens_block(lines: Sequence[Line], at: int) -> bool:
    """Whether the header of a quoted mail begins at this line."""
    line = lines[at]
    if _TITLE.match(line.folded) or _BEGIN.match(line.folded):
        return True
    return _ANY.match(_label(line)) is not None and _is_header(lines, at)


def says_reply_above(line: Line) -> bool:
    """Whether it is the line under which a quoted mail of a service stands, ours among them."""
    return ("在此" in line.bare or "above this" in line.bare.lower()) and _ABOVE.match(line.bare) is not None


def with_line_above(lines: Sequence[Line], at: int) -> int:
    """Where the cut is made: what is drawn or written directly above belongs to the block."""
    start = at
    for above in range(at - 1, max(-1, at - 1 - MOST_ABOVE), -1):
        text = lines[above].folded
        if not lines[above].is_blank and not any(form.match(text) for form in (_DRAWN, _TITLE, _OVER_A_HEADER)):
            break
        start = start if lines[above].is_blank else above
    return start


def with_words_above(lines: Sequence[Line], at: int) -> int:
    """Where the cut above "reply above this line" is made: words that end in a colon over it, of whatever language,
    tell who wrote what follows."""
    last = at - 1
    while last >= 0 and lines[last].is_blank:
        last -= 1
    first = last
    while first > 0 and not lines[first - 1].is_blank and last - first < MOST_WORDS_ABOVE - 1:
        first -= 1
    told = " ".join(line.bare for line in lines[max(first, 0) : last + 1])
    return first if told.endswith(":") and any(sign.isdigit() for sign in told) else at


def _is_header(lines: Sequence[Line], at: int) -> bool:
    """A sender and what only mails have: a time, a subject, an address. Parcels have senders and recipients too."""
    block = _one_header([_label(line) for line in lines[at : at + WINDOW]])
    labelled = [text for text in block if _ANY.match(text)]
    if len(labelled) < 2 or not any(_SENDER.match(text) for text in labelled):
        return False
    return any(
        _MAIL_LABEL.match(text) or _DATED.match(text) or ("@" in text and _SENDER.match(text)) for text in labelled
    )


def _one_header(block: Sequence[str]) -> Sequence[str]:
    """The lines before a second sender, or before a text that is followed by a blank line."""
    seen = False
    for at, text in enumerate(block):
        ends_a_text = at > 0 and not text.strip() and block[at - 1].strip() and not _ANY.match(block[at - 1])
        is_sender = _SENDER.match(text) is not None
        if ends_a_text or (seen and is_sender):
            return block[:at]
        seen = seen or is_sender
    return block


def _label(line: Line) -> str:
    """With the blanks taken out that some programs put inside Chinese labels."""
    return _CJK_GAP.sub("", line.folded[:300])
