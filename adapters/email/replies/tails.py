"""What stands at the end of a mail and is no part of what was said: footers, disclaimers, devices, signatures."""

import re
from collections.abc import Sequence

from adapters.email.replies.lines import Line

LONGEST_SIGNATURE = 15
LONGEST_CLOSING = 8
SHORT = 60
_DISCLAIMER = re.compile(
    r"[-=*_#/\s]*(?:confidentiality (?:notice|note|warning)|disclaimer\b|legal notice|important notice:|"
    r"notice:? this e-?mail|"
    r"this (?:e-?mail|message|communication|transmission)(?:,? (?:and|including) any.{0,60})?"
    r",?.{0,60}\b(?:confidential|intended (?:solely|only|for)|privileged)|"
    r"the (?:information|contents?) (?:contained )?(?:in|of) this (?:e-?mail|message|communication)|"
    r"if you (?:are not|have received) (?:the intended|this (?:e-?mail|message) in error)|"
    r"please consider the environment|ce (?:message|courriel).{0,60}confidentiel|diese (?:e-?mail|"
    r"nachricht).{0,60}vertraulich|"
    r"dit (?:e-?mail)?bericht.{0,80}vertrouwelijk|"
    r"免责(?:声明|聲明)|免責聲明|保密(?:声明|提示|聲明|须知|通知)|机密声明|法律声明|"
    r"(?:重要提示|声明|提示|注意)?[:\s]*(?:本|此|該|该)(?:邮件|郵件|电子邮件|電子郵件|信息|邮件信息)(?:及|和|以及|"
    r"连同|與|与|中)?"
    r".{0,40}(?:机密|保密|機密|特定|仅(?:限|供)|僅(?:限|供)|专有|專有)|"
    r"(?:如果|若|如)(?:您|你|阁下)(?:并非|不是|非|错收|錯收|误收|誤收).{0,20}(?:收件人|邮件|郵件|接收))", re.IGNORECASE,
)
_FOOTER = re.compile(
    r"\s*(?:.{0,80}mailing list\b.{0,10}$|you received this message because you are subscribed|"
    r"to (?:unsubscribe|stop receiving|view this discussion|post to this|respond, reply)\b|to unsubscribe from|"
    r"(?:list )?unsubscribe\s*:|this e?mail has been (?:checked|scanned) (?:for viruses )?by|virus-free\b|avast\b|"
    r"https?://\S*(?:mailman|listinfo)\S*\s*$|reply to this email directly or|"
    r"如需退订|退订请|取消订阅|本邮件由系统|此邮件(?:已|经).{0,12}(?:病毒|扫描))", re.IGNORECASE,
)
_VENDOR = re.compile(
    r"\s*(?:签名由\s*网易邮箱大师\s*定制|(?:发自|来自|由)\s*(?:网易邮箱大师|foxmail|qq邮箱|阿里邮箱|钉钉邮箱?))"
    r"[.。]?\s*$", re.IGNORECASE,
)
_DEVICE = re.compile(
    r"[<(\[*\s]*(?:(?:get|download) outlook for\b|下载\s*(?:适用于|outlook)|"
    r"(?:sent|send) (?:from|via|with|using|by) (?:my|a|the|mobile|airmail|mail|outlook|windows|yahoo|galaxy|"
    r"samsung|iphone|ipad|"
    r"ipod|android|blackberry|aqua|nine|proton|mailbox|spark|huawei|xiaomi|honor|\[)|"
    r"from my (?:iphone|ipad|android|mobile|phone|blackberry)|envoy[ée] (?:de|depuis)|von meine[mr]|"
    r"gesendet (?:von|mit)|"
    r"diese nachricht wurde von mein|verzonden (?:vanaf|met|van)|enviado desde|inviato da|enviado do|sendt fra|"
    r"skickat från|"
    r"[发發]自\s*我的|发自(?:iphone|ipad|华为|小米|荣耀|vivo|oppo)|來自我的|来自我的|從我的.{1,30}傳送|"
    r"从我的.{1,30}发送|從\s*我的|"
    r"寄自我的|傳送自我的|用我的.{1,20}发送|通过\s*(?:outlook|邮箱)\s*.{0,20}发送|"
    r"(?:获取|取得|下載)\s*(?:(?:适用于|適用於)?.{1,20}版?)?\s*outlook|从\s*windows (?:10|11)?\s*版邮件发送|"
    r"[发發传傳]送自.{0,15}(?:outlook|邮件|郵件|手机|手機|iphone|ipad|android)|"
    r"sent from .{0,30}\b(?:mail|master|outlook|phone|app|client)\b.{0,30}$)",
    re.IGNORECASE,
)
_DELIMITER = re.compile(r"(?:--|—|__|––)\s*$")
_CLOSING = re.compile(
    r"\s*(?:(?:with )?(?:best|kind|warm|many|kindest|warmest)?\s*(?:regards|wishes)|best|cheers|sincerely(?: yours)?|"
    r"yours (?:sincerely|faithfully|truly)|b\.?r\.?|met vriendelijke groeten?|vriendelijke groeten?|mvg|cordialement|"
    r"bien à vous|mit freundlichen gr[üu](?:ß|ss)en|mfg|此致|敬礼|敬禮|祝(?:好|商祺|您?工作(?:顺利|愉快)|顺利|安)|"
    r"顺(?:祝|颂)(?:商祺|时祺|安)?|順頌商祺|以上)\s*[,.!;~]*\s*$", re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:(?:电话|手机|座机|邮箱|传真|地址|网址|微信|公司|部门|電話|手機|傳真|tel|phone|mobile|mob|fax|e-?mail|web|"
    r"address|wechat)"
    r"\s*[.:/]|[^\s@]{1,60}@[^\s@]{1,60}|https?://|www\.|\s[|丨]\s|\+\d{2}[\d\s().-]{6,})", re.IGNORECASE,
)


def without_footers(lines: Sequence[Line]) -> list[Line]:
    """Without disclaimers and what lists, scanners and providers add; they stand at the end and go to it."""
    kept = list(lines)
    for at, line in enumerate(kept):
        first_of_paragraph = at == 0 or kept[at - 1].is_blank or _is_rule(kept[at - 1])
        if at and (_DISCLAIMER.match(line.folded) if first_of_paragraph else False):
            return without_footers(_rules_off(kept[:at]))
        if at and _FOOTER.match(line.folded) and len(kept) - at <= LONGEST_SIGNATURE:
            return without_footers(_rules_off(kept[:at]))
    while kept and (kept[-1].is_blank or _VENDOR.match(kept[-1].folded)):
        kept.pop()
    return kept


def without_signature(lines: Sequence[Line]) -> list[Line]:
    """Without device lines, what follows a delimiter, and a closing or a block of contact data at the end."""
    kept = _without_devices(list(lines))
    for at in range(max(0, len(kept) - LONGEST_SIGNATURE), len(kept)):
        if _DELIMITER.match(kept[at].folded.strip() + " ") and any(not line.is_blank for line in kept[:at]):
            return _without_devices(kept[:at])
    for at in range(max(1, len(kept) - LONGEST_CLOSING), len(kept)):
        if _CLOSING.match(kept[at].folded) and _all_short(kept[at:]):
            return _without_devices(kept[:at])
    return _without_contact(kept)


def _without_devices(kept: list[Line]) -> list[Line]:
    while kept and (kept[-1].is_blank or _DEVICE.match(kept[-1].folded) or _VENDOR.match(kept[-1].folded)):
        kept.pop()
    return kept


def _without_contact(kept: list[Line]) -> list[Line]:
    """Without a last paragraph that begins with a name and holds telephone, address or company.

    "Deliver to: Li Lei, address: ..." is a paragraph of the same words and what is asked for: it begins with a label,
    or is announced.
    """
    start = len(kept)
    while start and not kept[start - 1].is_blank:
        start -= 1
    block, above = kept[start:], [line for line in kept[:start] if not line.is_blank]
    if not above or not 2 <= len(block) <= LONGEST_CLOSING or not _all_short(block):
        return kept
    announced = above[-1].folded.endswith(":") or ":" in block[0].folded or "如下" in above[-1].folded
    if announced or not any(_CONTACT.search(line.folded) for line in block):
        return kept
    return _without_devices(kept[:start])


def _all_short(lines: Sequence[Line]) -> bool:
    return all(len(line.folded) <= SHORT for line in lines)


def _rules_off(kept: list[Line]) -> list[Line]:
    while kept and (kept[-1].is_blank or _is_rule(kept[-1])):
        kept.pop()
    return kept


def _is_rule(line: Line) -> bool:
    """A drawn line, or the delimiter of a footer."""
    text = line.folded.strip()
    return len(text) >= 2 and not text.strip("-_=*~#—─")
