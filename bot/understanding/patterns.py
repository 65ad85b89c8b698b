"""What whole sentences say that no list of phrases can hold: how to tell a customer, how to forge a record."""

from __future__ import annotations

import re
from typing import Final

_TELL_CHINESE: Final = re.compile(
    r"(?:怎么|如何|怎样)(?:去|来|才能|好)?(?:跟|和|向|对|给|同|与)(?!你)[^,.;:!?，。；：！？\n]{1,6}?"
    r"(?:说|讲|解释|回复|回|交代|沟通|答复|答|写|通知|道歉|提)"
)
_TELL_ENGLISH: Final = re.compile(
    r"\b(?:what|how|which)\b[^.;!?\n]{0,30}\b(?:tell|answer|reply|respond|explain|inform|apologi[sz]e|say to)\b"
    r"[^.;!?\n]{0,30}\b(?:customers?|clients?|buyers?|shoppers?|consumers?|consignees?|receivers?|recipients?|him|her|them)\b"
)
_WORDS_TO_ENGLISH: Final = re.compile(
    r"\b(?:message|text|wording|words|note|mail|email|sentence|line|reply|answer|phrase|notice)s?\b[^.;!?\n]{0,20}"
    r"\b(?:tell|inform|ask|warn|notify|send to|give to|reassure|calm)\b[^.;!?\n]{0,20}"
    r"\b(?:customers?|clients?|buyers?|shoppers?|consumers?|consignees?|receivers?|recipients?)\b"
)


def tells_customer(text: str) -> bool:
    """Say whether somebody asks for words to a customer."""
    if "怎" in text or "如何" in text:
        return _TELL_CHINESE.search(text) is not None
    if _WORDS_TO_ENGLISH.search(text):
        return True
    return ("what" in text or "how" in text or "which" in text) and _TELL_ENGLISH.search(text) is not None


_FORGE_CHINESE: Final = re.compile(
    r"(?:看起来|看上去|显得|装作|伪装)"
    r"|(?:时间|日期|扫描|节点|状态|轨迹|重量|价值|价格|目的[国地])[^,.;:!?，。；：！？\n]{0,3}"
    r"(?:调到|调成|调为|改到|改成|改为|写成|写为|挪到|往前|换成)"
    r"|(?:历史|记录|轨迹|节点|扫描)[^,.;:!?，。；：！？\n]{0,5}(?:改改|改一改|改掉|改下|修改|改一下|美化|动手脚)"
    r"|(?:插入|插|添加|补录|补|加)(?:上)?(?:一)?(?:个|条|次)[^,.;:!?，。；：！？\n]{0,4}"
    r"(?:节点|扫描|事件|记录|轨迹|失败|妥投|签收(?!证|单|凭|回|底|照|图))"
    r"|(?:去掉|抹掉|删掉|删除|删了|清了|清掉|消掉|撤掉|拿掉)[^,.;!?，。；！？\n]{0,8}"
    r"(?:异常|延误(?!提|预|通|告|推)|记录|节点|标记|扫描|轨迹|失败)"
    r"|(?:异常|延误|记录|节点|标记|扫描|轨迹|失败)[^,.;:!?，。；：！？\n]{0,4}(?:去掉|抹掉|删掉|删除|删了|清掉|消掉|拿掉|抹了)"
)
_FORGE_ENGLISH: Final = re.compile(
    r"\bmake\b[^.;!?\n]{0,30}\blook\b|\bback-?dat(?:e|ing)\b|\bpretend\b|\bnever happened\b"
    r"|\bso (?:that )?(?:our|my|the) (?:score|kpi|sla|rating)\b"
    r"|\b(?:take|remove|delete|clear|wipe|erase|strip|drop|tweak|doctor|fiddle|massage|edit|alter|modify|adjust|rewrite"
    r"|hide|conceal|fake|falsify|forge|invent|insert)\b[^.;!?\n]{0,25}"
    r"\b(?:exceptions?|events?|scans?|statuse?s?|flags?|records?|attempts?|remarks?|history|timestamps?|days|weight|value)\b"
)
_OF_ALERTS: Final = re.compile(r"alert|notif|subscri|watch|提醒|通知|预警|告警|订阅|关注|推送")


def forges_record(text: str) -> bool:
    """Say whether somebody wants what was recorded to be told otherwise."""
    found = _FORGE_CHINESE.search(text) or _FORGE_ENGLISH.search(text)
    return found is not None and _OF_ALERTS.search(text) is None


_CORRECTION: Final = re.compile(
    r"(?:发|打|输|写|搞|弄|贴|复制|单号)错了?[^\ue000\ue001\n]{0,12}[\ue000\ue001]"
    r"|\b(?:wrong (?:one|number)|typo|mistyped|mistake|oops)\b[^\ue000\ue001\n]{0,24}[\ue000\ue001]"
)


def corrects_number(text: str) -> bool:
    """Say whether somebody typed a number again because the one before was wrong."""
    return _CORRECTION.search(text) is not None


_TRAVEL: Final = re.compile(
    r"(?:火车|高铁|动车|飞机)去|去[^,.;:!?，。；：！？\n]{1,5}的(?:火车|高铁|动车|飞机|航班)"
    r"|[\u4e00-\u9fff]{2}(?:到|飞)(?!列日|比利时|布鲁塞尔|欧洲|了)[\u4e00-\u9fff]{2,3}的(?:火车|高铁|动车|飞机|航班)"
)


def travels(text: str) -> bool:
    """Say whether somebody asks for a train or a flight to take themselves."""
    return _TRAVEL.search(text) is not None


_DONE: Final = re.compile(r"(?<!得)[了过](?:吗|没有?|么|嘛)(?!人)")
_LET_GO: Final = re.compile(
    r"不(?:再|用|想)?(?:看|盯|跟|追|关注|追踪|跟踪|监控) {0,2}[\ue000\ue001][^,.;!?，。；！？\n]{0,6}了"
)


def asks_whether_done(text: str) -> bool:
    """Say whether a Chinese sentence asks if something has happened already, whatever day it names."""
    return _DONE.search(text) is not None


def lets_go(text: str) -> bool:
    """Say whether somebody no longer wants to watch what is named between 不看 and 了."""
    return "不" in text and _LET_GO.search(text) is not None


_WHETHER: Final = re.compile(
    r"\b(?:let (?:me|us) know|tell (?:me|us)|inform (?:me|us)|advise(?: me| us)?|confirm(?: me| us)?) (?:if|whether)"
    r" {1,2}(?:it|they|this|these|those|that|he|the \w+|\ue000) {0,2}(?:is|are|was|were|has|have|had|did)\b"
)
_QUIET: Final = re.compile(
    r"(?:别|不要|不用|勿|无需|不必|不想)(?:再|老|总|一直)?(?:给我们?|往群里|在群里|向我们?)(?:再)?(?:发|推|弹|送|响)"
    r"(?:任何|什么|这些|新)?(?:的)?(?:消息|通知|提醒|预警|告警|警报|推送)"
)


def asks_whether(text: str) -> bool:
    """Say whether an English sentence wants to hear now how something stands, not later that it changed."""
    return (" if " in text or " whether " in text) and _WHETHER.search(text) is not None


def wants_quiet(text: str) -> bool:
    """Say whether a Chinese sentence wants no messages, with whom and what between the words."""
    return _QUIET.search(text) is not None


_MACHINE: Final = re.compile(
    r"<\|[a-z_]{2,20}\|>|\"(?:intent|role|slots)\"\s*:|\[/?inst\]|</?(?:system|assistant|user|instructions?)>"
    r"|#{2,} ?(?:new |end )?(?:system|instruction|prompt|rule)|(?:^|\n) ?(?:system|assistant) ?:"
    r"|drop table|<script|\$\{|\{\{"
)


def speaks_to_machines(text: str) -> bool:
    """Say whether a text wears the marks of orders to a program."""
    return _MACHINE.search(text) is not None
