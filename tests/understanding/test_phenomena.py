"""What people do with language, one kind at a time: dictating, mixing, finishing, signing, naming parts of a month."""

import pytest

from bot.understanding import understand
from bot.understanding.numbers.dictated import in_figures
from bot.understanding.spoken import in_chinese
from tests.understanding.scoring import NOW

LX = "LX123456785CN"
MEANT = {
    "dictated in Chinese": ("查一下 LX幺二三四五六七八五CN 到哪了", "track", {"numbers": [LX]}),
    "dictated in English": (
        "l x one two three four five six seven eight five c n where is it", "track", {"numbers": [LX]},
    ),
    "an English word in Chinese": (f"{LX} 客户没 receive，但显示 delivered", "report_problem", {"numbers": [LX]}),
    "two English words in Chinese": ("破损怎么 reply buyer", "template", {"topic": "damaged"}),
    "done already": (f"{LX} 昨天说在派送，今天送到了吗", "track", {"numbers": [LX]}),
    "a wish to know now": (f"please let me know if {LX} has been delivered", "track", {"numbers": [LX]}),
    "signed without a closing": (f"{LX} 是否已签收？\n\n陈晓东\n客服专员", "track", {"numbers": [LX]}),
    "let go around a number": (f"不看 {LX} 了", "unsubscribe", {"numbers": [LX]}),
    "quiet around a person": ("5小时内不要给我弹消息", "mute", {"duration": "5h"}),
    "half a month": ("11月上半月的数据", "summary", {"period": "2026-11-01/2026-11-15"}),
    "the end of last month": ("上个月下旬的货量", "summary", {"period": "2026-10-21/2026-10-31"}),
    "half a month in English": (
        "volumes for the first half of October", "summary", {"period": "2026-10-01/2026-10-15"},
    ),
    "a weekday of last week": ("late parcels on Monday last week", "delayed_list", {"period": "2026-11-09"}),
    "a flight among several": ("今天有几个航班到列日", "linehaul_status", {}),
    "a case that looks like a flight": ("C8845 处理到哪一步了", "case_status", {"case_id": "C-8845"}),
    "an alert by its number alone": ("ack 6006", "acknowledge", {"alert_id": "A-6006"}),
    "a text for a customer": (
        "message to tell the customer that the parcel waits at the pickup point", "template", {"topic": "pickup"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "intent", "slots"), MEANT.values(), ids=MEANT.keys())
def test_what_is_meant(text: str, intent: str, slots: dict[str, object]) -> None:
    read = understand(text, now=NOW)
    assert read.intent == intent
    assert slots.items() <= {k: list(v) if isinstance(v, tuple) else v for k, v in read.slots.items()}.items()


@pytest.mark.parametrize(
    ("spoken", "figures"),
    [
        ("零零幺六九零", "001690"),
        ("五九八 幺四幺 四三七", "598141437"),
        ("one two double four nine oh", "124490"),
        ("triple seven one two three four", "7771234"),
        ("one or two parcels", "one or two parcels"),
        ("二零二六年十一月", "二零二六年十一月"),
        ("一二三", "一二三"),
    ],
)
def test_only_long_rows_of_spoken_digits_are_numbers(spoken: str, figures: str) -> None:
    assert in_figures(spoken) == figures


@pytest.mark.parametrize(
    ("mixed", "chinese"),
    [
        ("客户没 receive", "客户没收到"),
        ("check下", "查下"),
        ("proof of delivery 给我", "proof of delivery 给我"),
        ("where is it", "where is it"),
        ("发 invoice", "发发票"),
    ],
)
def test_only_english_words_that_stand_alone_among_chinese_are_put_into_chinese(mixed: str, chinese: str) -> None:
    assert in_chinese(mixed) == chinese
