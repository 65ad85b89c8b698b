"""Actions that a sentence names and turns away: forbidden, denied, postponed, done by others or only asked about.

What counts is what governs the verb: between the word that turns away and the verb stand only words that carry no
meaning of their own (`I never asked you to unsubscribe`), never another verb (`never received it and complains`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

_MARK: Final = re.compile(r"[,.;:!?，。；：！？、\n]")
_NAMED: Final = re.compile("[\ue000-\ue004]")
_FAR: Final = 80
"""Characters before and after a verb that are looked at."""
_MANY: Final = 24
"""Verbs of one kind that are looked at."""
_ANEW: Final = re.compile(
    r"\b(?:but|just|only|instead|rather|simply)\b|而是|只是|但是?|只要|只想|直接|改成|改为"
    r"|(?<![不就还要会可先再于倒总老都只算别说])是(?![^,]{1,6}把)(?![要想我你他她谁不说问])"
)
"""Words after which a sentence says what it does mean."""
_VERBS: Final = {
    "subscribe": r"订阅|关注|盯着?|(?<!un)subscri\w*",
    "unsubscribe": r"退订|取消|取关|关(?![注心系于])|停掉|unsubscri\w*|cancel\w*|drop\w*"
    r"|stop(?! (?:me|us)\b)\w*|remov\w+",
    "mute": r"静音|免打扰|勿扰|(?<![a-z])mut(?:e|ed|es|ing)\b|snooz\w+|silenc(?:e|ed|ing)\b",
    "acknowledge": r"确认|认领|(?<![a-z])ack\w*|noted\b|confirm\w*",
    "set_language": r"改|换|切换?|转成|switch\w*|chang\w+",
    "report_problem": r"报|投诉|索赔|理赔|立案|申诉|开(?:新)?(?:工单|案)|report\w*|fil(?:e|ing)\b|complain\w*|claim\w*"
    r"|complaint|open(?:ing)?\b|investigat\w*",
}
_VERB: Final = {intent: re.compile(verbs) for intent, verbs in _VERBS.items()}
_EMPTY: Final = (
    r"(?:急着?|忙着?|着急|必|用|要|想|打算|准备|敢|是|给|我们?|你们?|您|他们?|她|咱们?|帮|在|去|再|先|就|来|自作主张|擅自|随便"
    r"|乱|自动|自己|这么|那么|快|说过?|话|让|叫|请|有|人|会|可以|能|同意|决定|需要?|过|也|都|已经?|误|点了?|一个?|新|动"
    r"|\s|[\ue000-\ue004])"
)
_LITTLE: Final = rf"{_EMPTY}{{0,9}}+(?:把[^,]{{1,14}}?{_EMPTY}{{0,3}})?"
"""What may stand between a Chinese word that turns away and the verb; at most one thing that is acted upon."""
_SMALL: Final = (
    r"(?:\s+(?:to|be|been|being|have|has|had|ask(?:ed|ing)?|want(?:ed|ing)?|need(?:ed)?|going|planning|tell|told|said|say"
    r"|you|me|us|we|i|they|anyone|anybody|for|the|a|an|my|our|any|that|should|would|yet|just|simply|really|actually|alerts?"
    r"|subscriptions?|everything|allowed|somebody|someone|type|write|press|anything|people|supposed"
    r"|intend|mean|let|them|it|ever|agree|agreed|decided|whether|please|automatically"
    r"|one|who|also|in|with|new|already|accidentally|once|and|or|nor|undo|of|this|anything|rush|hurry|into|dare|happens|if"
    r"|unsubscrib\w+|subscrib\w+|mut(?:e|ing)|cancel\w*|fil(?:e|ing)|open(?:ing)?|report\w*)\b){0,9}\s*"
)
_GAP: Final = r"(?:[a-z]++|[^,a-z了请麻帮吧收推发醒知到货坏丢签]){0,7}"
"""Other Chinese words between: none that begin or end a wish of their own."""
_WORDS: Final = (
    r"(?:\s+(?!(?:and|but|so|because|since|while|though|although|please|pls|kindly|anymore|more|longer|again|need|want"
    r"|wanna|now|is|are|has|late|mine|received?|arriv\w*|deliver\w*|got|get|came|alerts?|notif\w+|updates?|messages?"
    r"|e?mails?)\b)[\w'-]+){0,5}\s+"
)
_NO: Final = (
    r"(?:谁|别|轮不到|哪里(?=要|说|让|叫|想)|哪有|几时(?=叫|说|让)"
    r"|(?<![能可会])不(?![见了到对])|勿|莫|(?<!还)没|未曾?|无意|不(?:让|准|许|同意))"
)
_NEVER: Final = (
    r"(?:\b(?:who(?! can| could)|not|never|nobody|no one|refuse|forbade|forbids?|forbidden|forget about|hold on|wait"
    r"|without|undecided|disagree|leave|(?:mistake|wrong|bad idea|pointless) to"
    r"|no (?:\w+ ){1,2}to|out of the question)|(?<!ca)(?<!could)n't)"
)
_TURNED: Final = re.compile(rf"(?<!怎么还)(?<!为什么还){_NO}(?:{_LITTLE}|{_GAP})$|{_NEVER}(?:{_SMALL}|{_WORDS})$")
_DENIED: Final = re.compile(rf"(?<!怎么还)(?<!为什么还){_NO}{_LITTLE}$|{_NEVER}{_SMALL}$|\bno(?: \w+)? +$")
"""The same for problems, which people tell in negative words: 没收到货，客户投诉."""
_NOT_MINE: Final = re.compile(
    rf"(?:他|她|同事|有人|别人|老板|领导|主管|经理|谁)[^,]{{0,6}}?{_LITTLE}$"
    rf"|\b(?:he|she|they|someone|somebody|colleagues?|manager|boss|who|once|was|were|got|had|has|have)(?:{_SMALL}|{_WORDS})$"
    r"|(?:已经?|昨天|前天|上周|上次)[^,]{0,6}$|是[^,]{1,14}$"
)
_PAST: Final = re.compile(r"^(?:订阅|关注|提醒|通知)?[了过](?!.*(?:还在|怎么还|仍))")
_LATER: Final = re.compile(
    r"(?:说|讲|喊|写|said|wrote|says?|typed) ?:? ?[\"'“‘「『][^\"'”」』]{0,20}$|什么时候(?:说|让|叫|要)过?[^,]{0,6}$"
    r"|(?:等|待|晚点|明天|回头|以后|稍后|改天|下次|迟些)[^,]{0,14}(?:再|才|先)(?:自己|去|来)?$"
    r"|(?:到|签收|妥投|送达)了?[^,]{0,4}(?:就|再)(?:帮我|给我)?$"
    rf"|(?:如果|要是|假如|万一|假设){_LITTLE}$|\b(?:if|suppos(?:e|ing)|imagine|once|when|after|until|unless){_SMALL}$"
    r"|\b(?:i|we)\s?(?:'d|would|might|may)(?! like)\s+$|(?<!\blike)\b(?:i|we) ?(?:'ll|will|shall)(?: \w+)? +$"
)
_AFTER: Final = re.compile(
    r"^过(?![期来去时后几一会])|^[^,]{0,6}(?:作废|先不要?做|先别做)"
    r"|^\w* (?:was|is|were) (?:never|not)\b|^\w* (?:was|is)n't\b"
)
_LATER_AFTER: Final = re.compile(
    r"^(?:之|以)前|^[^,]{0,24}\b(?:once|after|later|when)\b|^[^,]{0,6}(?:再想|再看看|再定|再说)"
)
_ASKED: Final = re.compile(
    rf"(?:怎么样?(?!还)|如何|怎样|哪里可以|哪儿可以|会不会|会否|要不要|该不该|是不是|为什么(?!还不)|为何|为啥){_LITTLE}$"
    rf"|\b(?:how (?:do|can|to|would|should)|where (?:do|can|would)|what (?:happens|do|does|would|must)"
    rf"|difference between|should|shall|will you|whether|why (?:did|was|were|would|should)"
    r"|how \w+ (?:can|may)|explain (?:how|what)|can i undo|(?:^|[^a-z])(?:does|did))"
    rf"(?:{_SMALL}|{_WORDS})$"
)
_ASKED_AFTER: Final = re.compile(
    r"^[^,]{0,8}?(?:还能|还会|会不会|会怎|会发生|有什么|有啥|怎么用|区别|什么意思|是什么|什么步骤|流程|一回事|最长|最多|会自动|自己恢复)"
    r"|^\w* (?:also|does|do|mean|means|work|works|affect|affects|or not)\b"
)
_ENDING: Final = re.compile(r"^[^,]{0,16}(?:了(?:吧|啊|哈)?\s*$|\bany ?more\b|\bany longer\b|\bagain\b)")
_BEING: Final = frozenset({"subscribe", "mute"})
"""Not any more of these asks for something itself: 不订阅了 ends a subscription, 别静音了 a silence."""
_TAKEN: Final = frozenset({"acknowledge", "report_problem"})
"""What others did or will do may be told to have it recorded: `our team takes it`, `the customer complained`."""
_WARY: Final = re.compile(
    r"别(?!人|的|担心|忘|急(?!着))|(?<![能可会受])不(?!好意思|过|错|久|断|客气|管|少|同)|没|勿|未"
    r"|\bnot\b|n't\b(?! (?:worry|forget))|\bnever\b|\bnobody\b|\bno one\b"
    r"|万一|为什么|怎么|如何|哪里|反对|作废|当真|玩笑|入口"
    r"|\bhow (?:do|can|to)\b|\bis it possible|\bwhy\b|\bexplain|\bwhat (?:do|does|happens)\b"
)


class Turned(NamedTuple):
    """Changes that a text names only to turn them away, and where it does."""

    intents: frozenset[str]
    spans: tuple[tuple[int, int], ...]
    """Where the verbs of these stand, save those only asked about."""
    asked: bool
    """Whether somebody asks how such a change is made, or what it does."""


def turned_away(text: str, intents: frozenset[str]) -> Turned:
    """Say which of some changes a text turns away wherever it names them."""
    away: set[str] = set()
    spans: list[tuple[int, int]] = []
    asking = False
    named = _NAMED.search(text) is not None  # who names one wants it done, however politely it is asked
    for intent in sorted(intents & _VERB.keys()):
        free = False
        for verb in islice(_VERB[intent].finditer(text), _MANY):
            before, after = _around(text, *verb.span())
            if _is_turned(intent, before, verb[0], after):
                spans.append(verb.span())
                away.add(intent)
            elif not named and _is_asked(intent, before, after):
                asking = True
                away.add(intent)
            else:
                free = True
        if free:
            away.discard(intent)
    return Turned(frozenset(away), tuple(spans), asking)


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a verb in its clause."""
    before = _MARK.split(text[max(0, start - _FAR) : start])[-1]
    anew = [match.end() for match in _ANEW.finditer(before)]
    after = _MARK.split(text[end : end + _FAR], maxsplit=1)[0]
    return before[anew[-1] :] if anew else before, after


def _is_turned(intent: str, before: str, verb: str, after: str) -> bool:
    """Whether a verb is turned away, leaving out whether it is only asked about."""
    if (_DENIED if intent == "report_problem" else _TURNED).search(before):
        return not (intent in _BEING and _ENDING.search(after))
    if intent in _TAKEN:
        return intent == "acknowledge" and _LATER_AFTER.search(after) is not None
    if _LATER.search(before) or _LATER_AFTER.search(after) or _AFTER.search(after):
        return True
    return bool((_PAST.search(after) or verb.endswith("ed")) and _NOT_MINE.search(before))


def _is_asked(intent: str, before: str, after: str) -> bool:
    if intent == "report_problem":
        return False
    return _ASKED.search(before) is not None or _ASKED_AFTER.search(after) is not None


def turning_words(text: str) -> Iterator[int]:
    """Return where words begin that may turn something away."""
    return (match.start() for match in _WARY.finditer(text))
