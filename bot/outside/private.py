"""Where a message names people, places to live, days or anything with a figure in it.

Found by form, and rather too much than too little: a word too many taken out costs an answer, one too few a secret.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from bot.outside.ordinary import is_ordinary

_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范石姚谭廖"
    "邹熊陆郝孔崔邱秦顾侯邵孟龙段雷钱汤尹黎張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂盧蔣賈葉閻鐘譚鄒陸顧龍錢湯"
)
_HAN: Final = "\u4e00-\u9fff"
_CAP: Final = r"[A-ZÀ-Þ][\wÀ-ÿ'’-]+"
_MONTH: Final = (
    r"(?:jan(?:uary|vier|uari)?|feb(?:ruary|ruari)?|f[ée]vrier|mar(?:ch|s)?|maart|apr(?:il)?|avril|may|mai|mei|june?|juin|juni"
    r"|july?|juillet|juli|aug(?:ust|ustus)?|ao[uû]t|sept?(?:ember|embre)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?"
    r"|d[eé]c(?:ember|embre)?)"
)
_BY_FORM: Final = (
    ("C", re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|<@[^>\s]{1,40}>|@[^\s@,，:：。]{1,40}")),
    ("A", re.compile(
        r"(?i:(?:address|adresse|adres|地址|住址)\s*(?:is|est|是|为|改成|[:：])+\s*)([^\n;；。]{2,120})"
    )),
    ("P", re.compile(
        rf"(?:收件人|收貨人|收货人|寄件人|联系人|聯系人|姓名|买家|客户|名叫|我叫|我是)\s*(?:是|叫|[:：])?\s*"
        rf"((?=[{_SURNAMES}])[{_HAN}]{{2,3}}|{_CAP}(?:\s+{_CAP}){{0,2}})"
    )),
    ("P", re.compile(
        rf"(?i:\b(?:consignee|recipient|receiver|addressee|name|names?\s+is|called|i\s*am|i['’]m|this\s+is))"
        rf"\s*(?:is|:)?\s*({_CAP}(?:\s+{_CAP}){{0,2}})"
    )),
    ("P", re.compile(
        r"(?i:\b(?:mrs?|ms|miss|dr|madame|monsieur|mme|mevr|mevrouw|dhr|meneer|herr|frau))\.?\s+"
        r"([^\W\d_][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’-]+)?)"
    )),
    ("P", re.compile(
        rf"(?im:^[^\S\n]*(?:hi|hello|dear|hey|bonjour|salut|beste|geachte|hallo|dag|cher|chère)\s+)({_CAP}(?:\s+{_CAP}){{0,2}})"
    )),
    ("P", re.compile(
        rf"[{_SURNAMES}][{_HAN}]{{0,2}}?(?=(?:先生|女士|小姐|太太|经理|經理|老师|老師|师傅|師傅|主管|总|總|同学|哥|姐|工(?![作单單])))"
    )),
    ("P", re.compile(rf"(?<![{_HAN}])[小老阿][{_SURNAMES}](?![{_HAN}]*时)")),
    ("P", re.compile(
        rf"(?:(?<![{_HAN}])|(?<=[给给給跟找问問帮幫让讓叫和]))"
        r"(?!周[一二三四五六日末]|马上|馬上|何[时時处處]|谢谢|謝謝|任[何务務]|许多|許多|陆[续運运]|陸|夏天|张贴|余下|程序|石油|田地|孔|许可|许久|龙卷)"
        rf"[{_SURNAMES}][{_HAN}]{{1,2}}(?=的|说|說|要|那|这|這|[\s,，。!！?？]|$)"
    )),
    ("A", re.compile(
        rf"[{_HAN}]{{2,7}}(?:省|市|自治区)[{_HAN}]{{1,12}}(?:区|區|县|縣|镇|鎮|路|街|号|號)[{_HAN}\d-]{{0,24}}"
        rf"|[{_HAN}]{{2,16}}(?:路|街|大道|巷|弄|村|小区|小區|花园|花園|大厦|大廈)\s*\d+[\d{_HAN}-]{{0,16}}"
    )),
    ("A", re.compile(
        r"(?i:\b(?:rue|avenue|av\.|chauss[ée]e|boulevard|bd|place|quai|impasse|all[ée]e)\s+(?:(?:de|du|des|la|le|les|l['’]|d['’])\s*)*)"
        r"[\wÀ-ÿ'’-]+(?:\s+[A-ZÀ-Þ][\wÀ-ÿ'’-]*)*(?:[\s,]+\d+\s?\w?\b)?"
        r"|\b[A-Za-zÀ-ÿ'’-]*(?:straat|laan|plein|steenweg|dreef|kaai|strasse|straße)\b(?:\s*\d+\s?\w?\b)?"
        rf"|\b\d+[a-z]?,?\s+(?:{_CAP}\s+){{1,3}}(?i:street|st|road|rd|avenue|ave|lane|drive|square)\b"
        rf"|\b(?:[A-Z]{{1,2}}-)?\d{{4,6}}\s+{_CAP}"
    )),
    ("D", re.compile(
        rf"(?i:\b\d{{1,2}}(?:st|nd|rd|th|er|e)?\s*(?:of\s+)?{_MONTH}\b\.?(?:\s*,?\s*\d{{2,4}})?"
        rf"|\b{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:\s*,?\s*\d{{4}})?)"
        r"|(?:\d{2,4}\s*年\s*)?\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号號]?)?|\d{1,2}\s*[号號日](?!线)"
        r"|(?:[一二三四五六七八九十]{1,2}月)?[一二三四五六七八九十廿]{1,3}[日号號]|[一二三四五六七八九十]{1,2}月"
        r"|(?<![\w.])\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?(?![\w])|(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)"
    )),
    ("N", re.compile(r"(?<![A-Za-z\d])[A-Za-z]{1,6}\d[\dA-Za-z]{4,}")),
    ("C", re.compile(r"\+?\(?\d[\d\s()./-]{6,}\d")),
    ("N", re.compile(r"[A-Za-z]{0,6}-?[A-Za-z]{0,4}\d[\dA-Za-z]*(?:[-/.#]\w+)*")),
)  # fmt: skip
_SIGNED: Final = re.compile(
    r"(?im)^[^\S\n]*(?:(?:kind|best|warm)\s+regards|regards|sincerely|cheers|thanks|thank you|thx|many thanks"
    r"|cordialement|bien à vous|met vriendelijke groeten?|mvg|groeten"
    r"|祝好|此致|敬礼|谢谢|謝謝|--)[^\S\n]*[,，.!！。]*[^\S\n]*\n"
)
_WORD: Final = re.compile(r"[A-ZÀ-Þ][\wÀ-ÿ'’-]*[\wÀ-ÿ]")
_STARTS: Final = re.compile(r"(?:^|[.!?。！？:：\n])\s*$")


def private_spans(text: str, names: Sequence[str] = ()) -> Iterator[tuple[int, int, str]]:
    """Start, end and letter of every piece to take out: P people, A addresses, C contacts, D days, N figures."""
    signed = _SIGNED.search(text)
    if signed is not None and signed.end() < len(text):
        yield signed.end(), len(text), "P"
    yield from ((*hit.span(), "P") for hit in _any_of(tuple(names)).finditer(text))
    for letter, pattern in _BY_FORM:
        for hit in pattern.finditer(text):
            yield (*hit.span(1 if pattern.groups else 0), letter)
    yield from _capitalised(text)


@lru_cache(maxsize=64)
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of some names; a Latin one as a whole word."""
    known = sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True)
    forms = [rf"(?<!\w){re.escape(name)}(?!\w)" if name.isascii() else re.escape(name) for name in known]
    return re.compile("|".join(forms) or r"(?!)", re.IGNORECASE)


def _capitalised(text: str) -> Iterator[tuple[int, int, str]]:
    """Latin words written large that are none of the trade's: names, as far as anybody can tell by their form."""
    shouted = not any(letter.islower() for letter in text)
    words = list(_WORD.finditer(text)) if not shouted else []
    unknown = [hit for hit in words if not is_ordinary(hit[0])]
    beside = {hit.start() for hit, after in pairwise(unknown) if text[hit.end() : after.start()] == " "}
    for hit in unknown:
        if not _STARTS.search(text, 0, hit.start()) or hit.start() in beside:
            yield (*hit.span(), "P")
