"""Contacts from files: all of them or none, every problem by its line."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.people import Role
from bot.people.importing import Imported, ImportProblems, import_contacts, read_contacts
from bot.people.service import (
    ContactEntry,
    PartnerEntry,
    find_person,
    list_contacts,
    list_partners,
    take_over_contacts,
    take_over_partners,
)
from bot.store import Store

CAINIAO = PartnerEntry("cainiao", "菜鸟", "zh-Hans", "Asia/Shanghai", "CN")


def load(conn: Connection, path: Path) -> Imported:
    take_over_partners(conn, [CAINIAO])
    return import_contacts(conn, read_contacts(path))


async def test_people_are_added_once_and_changed_the_next_time(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name,role,partner,language,time_zone,addresses\n"
                    "李娜,partner,cainiao,zh-Hans,,ding:li; mail:li@cainiao.test\n"
                    "Marie,operator,,en,Europe/Brussels,mail:marie@bpost.test\n", encoding="utf-8")
    assert await store.write(lambda conn: load(conn, path)) == Imported(new=2, refreshed=0)
    assert await store.write(lambda conn: load(conn, path)) == Imported(new=0, refreshed=2)
    assert await store.read(list_contacts) == [
        ("Marie", "operator", None, "en", "mail:marie@bpost.test"),
        ("李娜", "partner", "cainiao", "zh-Hans", "ding:li, mail:li@cainiao.test"),
    ]
    assert await store.read(list_partners) == [("cainiao", "菜鸟", "zh-Hans", "Asia/Shanghai", 1)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
async def test_a_chinese_spreadsheet_is_read(sqlite_store: Store, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text("姓名;角色;合作方;账号\r\n王伟;;cainiao;ding:wang\r\n", encoding=encoding)
    await sqlite_store.write(lambda conn: load(conn, path))
    person = await sqlite_store.read(lambda conn: find_person(conn, "ding", "wang"))
    assert person is not None
    assert (person.name, person.role) == ("王伟", Role.PARTNER)


async def test_every_problem_is_named_by_its_line_and_nobody_is_added(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name,role,partner,language,time_zone,addresses\nGood,support,,,,ding:good\n"
                    ",boss,nobody,fr,Mars/Base,ding\nNo Partner,partner,,,,\n", encoding="utf-8")
    with pytest.raises(ImportProblems) as raised:
        await store.write(lambda conn: load(conn, path))
    lines = str(raised.value).splitlines()
    assert all(line.startswith((f"{path}: line 3: ", f"{path}: line 4: ")) for line in lines)
    pieces = (
        "name is missing", "role = 'boss'", "partner = 'nobody'", "known: cainiao", "language = 'fr'",
        "time_zone = 'Mars/Base'", "addresses = 'ding'", "partner is missing", "addresses is empty",
    )  # fmt: skip
    assert [piece for piece in pieces if piece not in str(raised.value)] == []
    assert await store.read(list_contacts) == []


async def test_a_configured_person_is_changed_in_the_configuration_only(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name,role,addresses\nImpostor,admin,ding:li\n", encoding="utf-8")

    def unit(conn: Connection) -> None:
        partners = take_over_partners(conn, [CAINIAO])
        take_over_contacts(conn, [ContactEntry("Li", "partner", "cainiao", addresses=(("ding", "li"),))], partners)

    await store.write(unit)
    with pytest.raises(ImportProblems, match="belongs to configured 'Li'"):
        await store.write(lambda conn: load(conn, path))


@pytest.mark.parametrize(("content", "problem"), [
    (b"", "is empty"), (b"who,role\nx,y\n", "the columns are"), (b"\xff\xfe\x00n\x00", "is not text"),
    (b'name,addresses\n"open,ding:x\n', "save it as CSV again"),
])  # fmt: skip
def test_a_file_that_is_no_list_of_people_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(ImportProblems, match=problem):
        read_contacts(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportProblems, match=r"nowhere\.csv: cannot be read"):
        read_contacts(tmp_path / "nowhere.csv")
