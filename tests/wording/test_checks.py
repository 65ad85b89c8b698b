"""The ten checks: each defect is seeded into a sound little catalog, and seen."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import bot
from bot.wording.catalogs import locales_folder
from bot.wording.checks import check_all
from bot.wording.checks.problems import FOLDERS

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
SOUND = {
    "en": {
        "talk.hello": ["Hello, {name}."],
        "talk.late": ["The flight is {length} late."],
        "talk.parcels": ["{n} parcel at the hub", "{n} parcels at the hub"],
        "talk.link": ["See https://example.org/help for more."],
        "talk.kind.air": ["air"],
        "talk.button.follow": ["Follow"],
    },
    "zh_Hans": {
        "talk.hello": ["您好，{name}。"],
        "talk.late": ["航班晚点 {length}。"],
        "talk.parcels": ["枢纽有 {n} 件"],
        "talk.link": ["详见 https://example.org/help 页面。"],
        "talk.kind.air": ["空运"],
        "talk.button.follow": ["关注"],
    },
    "zh_Hant": {
        "talk.hello": ["您好，{name}。"],
        "talk.late": ["航班延誤 {length}。"],
        "talk.parcels": ["樞紐有 {n} 件"],
        "talk.link": ["詳見 https://example.org/help 頁面。"],
        "talk.kind.air": ["空運"],
        "talk.button.follow": ["關注"],
    },
}
CODE = """
def skill(words, kind):
    words.say("talk.hello", name="An")
    words.say("talk.late", length="3 h")
    words.many("talk.parcels", 2)
    words.say("talk.link")
    words.say(f"talk.kind.{kind}")
    return {"follow": "talk.button.follow"}
"""


class Room:
    """A catalog and a piece of code that ask for each other, to be spoiled."""

    def __init__(self, folder: Path) -> None:
        self.locales, self.code = folder / "locales", folder / "code"
        self.code.mkdir()
        (self.code / "skill.py").write_text(CODE, encoding="utf-8")
        for name in FOLDERS:
            (self.locales / name / "LC_MESSAGES").mkdir(parents=True)
            self.write(name, "".join(_entry(key, forms) for key, forms in SOUND[name].items()))
        for name in ("glossary.csv", "hant_corrections.csv"):
            shutil.copy(locales_folder() / name, self.locales)

    def path(self, folder: str) -> Path:
        return self.locales / folder / "LC_MESSAGES" / "talk.po"

    def write(self, folder: str, text: str) -> None:
        self.path(folder).write_text(HEAD + text, encoding="utf-8")

    def change(self, folder: str, old: str, new: str) -> None:
        text = self.path(folder).read_text(encoding="utf-8")
        assert old in text
        self.path(folder).write_text(text.replace(old, new), encoding="utf-8")

    def add(self, key: str, **texts: str) -> None:
        """A new key that the code asks for; texts by folder."""
        code = self.code / "skill.py"
        code.write_text(f'{code.read_text(encoding="utf-8")}\n\nKEY = "{key}"\n', encoding="utf-8")
        for folder, text in texts.items():
            self.path(folder).write_text(
                self.path(folder).read_text(encoding="utf-8") + _entry(key, [text]), encoding="utf-8"
            )

    def problems(self) -> list[str]:
        return [str(problem) for problem in check_all(self.locales, [self.code])]


def _entry(key: str, forms: list[str]) -> str:
    if key != "talk.parcels":
        return f'msgid "{key}"\nmsgstr "{forms[0]}"\n\n'
    lines = [f'msgid "{key}"', f'msgid_plural "{key}"', *(f'msgstr[{n}] "{form}"' for n, form in enumerate(forms))]
    return "\n".join(lines) + "\n\n"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_a_sound_catalog_passes(room: Room) -> None:
    assert room.problems() == []


def test_our_own_catalogs_pass() -> None:
    problems = check_all(locales_folder(), [Path(bot.__file__).parent])
    assert not problems, "\n".join(map(str, problems))


Spoil = Callable[[Room], object]


def changing(folder: str, old: str, new: str) -> Spoil:
    return lambda room: room.change(folder, old, new)


def adding(key: str, **texts: str) -> Spoil:
    return lambda room: room.add(key, **texts)


def coding(line: str) -> Spoil:
    return lambda room: (room.code / "more.py").write_text(line + "\n", encoding="utf-8")


def leaving_unused(room: Room) -> None:
    for folder, text in (("en", "Free."), ("zh_Hans", "闲置。"), ("zh_Hant", "閒置。")):
        room.change(folder, 'msgid "talk.hello"', f'msgid "talk.unused"\nmsgstr "{text}"\n\nmsgid "talk.hello"')


SEEDED: list[tuple[int, str, Spoil]] = [
    (1, "talk.new is missing in zh_Hant", adding("talk.new", en="New.", zh_Hans="新的。")),
    (1, "talk.hello is empty", changing("zh_Hans", "您好，{name}。", "")),
    (1, "talk.late is fuzzy", changing("en", 'msgid "talk.late"', '#, fuzzy\nmsgid "talk.late"')),
    (1, "is obsolete",
     changing("en", 'msgid "talk.late"', '#~ msgid "talk.old"\n#~ msgstr "Old."\n\nmsgid "talk.late"')),
    (1, "talk.late is there twice", lambda room: room.add("talk.late", en="The flight is {length} late.")),
    (2, "lacks placeholders name", changing("zh_Hans", "{name}", "客户")),
    (2, "has unknown placeholders name_", changing("zh_Hant", "{name}", "{name}{name_}")),
    (2, "lacks placeholders %(name)s", adding("talk.old", en="Dear %(name)s.", zh_Hans="您好。", zh_Hant="您好。")),
    (2, "must be a plain name", changing("zh_Hans", "{name}", "{name.secret}")),
    (2, "must be a plain name", changing("zh_Hans", "{length}", "{length:>99}")),
    (2, "cannot be filled in", changing("en", "{name}", "{name")),
    (3, "has 1 plural forms; en needs 2", changing("en", 'msgstr[1] "{n} parcels at the hub"\n', "")),
    (3, "has 2 plural forms; zh_Hans needs 1",
     changing("zh_Hans", 'msgstr[0] "枢纽有 {n} 件"', 'msgstr[0] "枢纽有 {n} 件"\nmsgstr[1] "枢纽共 {n} 件"')),
    (3, "is plural in one language only",
     changing("zh_Hant", 'msgid_plural "talk.parcels"\nmsgstr[0]', "msgstr")),
    (4, "talk.hello ends with '！'", changing("zh_Hans", "{name}。", "{name}！")),
    (4, "half-width punctuation after Han", changing("zh_Hans", "您好，", "您好,")),
    (4, "full-width letters or digits", changing("zh_Hans", "您好，", "您好１，")),
    (4, "Han and Latin touch", changing("zh_Hans", "您好，", "您好VIP，")),
    (4, "do not match", changing("zh_Hant", "您好，{name}", "您好（{name}")),
    (5, "is not translated", changing("zh_Hans", "空运", "air")),
    (5, "English text contains Han", changing("en", "Hello", "Hello 您好")),
    (6, "begins or ends with a blank", changing("en", 'msgstr "Follow"', 'msgstr "Follow "')),
    (6, "two blanks in a row", changing("en", "The flight", "The  flight")),
    (6, "other line breaks", changing("zh_Hans", "您好，", "您好，\\n")),
    (6, "invisible character", changing("zh_Hans", "您好", "您\u200b好")),
    (7, "make them equal", changing("zh_Hant", "example.org/help", "example.com/help")),
    (7, "make them equal",
     adding("talk.tag", en="A <b>bold</b> one.", zh_Hans="<i>粗体</i>。", zh_Hant="<b>粗體</b>。")),
    (7, "writes a URL out", adding("talk.url", en="https://a.example and {url}", zh_Hans="https://a.example 和 {url}",
                                   zh_Hant="https://a.example 和 {url}")),
    (8, "枢纽 is 'hub' in English", changing("en", "at the hub", "at the airport")),
    (8, "'hub' is 枢纽 in Chinese", changing("zh_Hans", "枢纽有", "机场有")),
    (8, "虚假发货 is 虛假發貨",
     adding("talk.fake", en="fake despatch", zh_Hans="虚假发货", zh_Hant="虛假髮貨")),
    (8, "數據 is not said in Hong Kong and Taiwan; write 資料",
     adding("talk.data", en="No data.", zh_Hans="没有数据。", zh_Hant="沒有數據。")),
    (8, "回復 is not said", adding("talk.reply", en="The reply.", zh_Hans="这是回复。", zh_Hant="這是回復。")),
    (8, "妥投 is 送達 in traditional characters",
     adding("talk.done", en="Delivered.", zh_Hans="已妥投。", zh_Hant="已投遞。")),
    (9, "at most 20 fit", changing("en", 'msgstr "Follow"', 'msgstr "Follow this parcel from now on"')),
    (9, "at most 1500 fit", changing("en", "Hello,", "Hello " + "again and " * 200)),
    (9, "more than 3.0 times",
     changing("en", 'msgstr "air"', 'msgstr "carried through the air by one of our airlines"')),
    (9, "more than 1.2 times",
     changing("zh_Hans", "航班晚点 {length}。", "航班目前的情况是晚点而且已经晚点了 {length}。")),
    (10, "nobody wrote 'talk.missing'", coding('words.say("talk.missing")')),
    (10, "nobody wrote 'talk.other'", coding('words.say("talk.hello" if x else "talk.other", name=1)')),
    (10, "nobody asks for talk.unused", leaving_unused),
    (10, "no key of the catalogs looks like", coding('words.say(f"talk.nothing.{kind}")')),
    (10, "talk.hello needs values for name", coding('words.say("talk.hello", nam="An")')),
    (10, "talk.parcels must be asked for with many()", coding('words.say("talk.parcels", n=1)')),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "what", "spoil"), SEEDED, ids=[f"{c}-{re.sub('[^a-z]+', '-', w.lower())}" for c, w, _ in SEEDED]
)
def test_a_seeded_defect_is_seen(room: Room, check: int, what: str, spoil: Spoil) -> None:
    spoil(room)
    assert any(what in problem and f"[check {check}]" in problem for problem in room.problems()), room.problems()


def test_a_problem_names_file_line_key_and_fix(room: Room) -> None:
    room.change("zh_Hans", "您好，{name}。", "")
    where = room.path("zh_Hans")
    assert f"{where}:5: talk.hello is empty; write it [check 1]" in room.problems()


def test_exceptions_are_declared_beside_the_catalogs(room: Room) -> None:
    room.change("zh_Hans", "空运", "air")
    (room.locales / "checks.toml").write_text('[keys]\nuntranslated = ["talk.kind.*"]\n', encoding="utf-8")
    assert room.problems() == []
