"""Contacts from a CSV file or a command: every line checked, problems named by line, all taken or none."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import available_timezones

from sqlalchemy import Connection, select

from bot.errors import ParcelbridgeError
from bot.people.model import Origin, Role
from bot.people.service import ContactEntry, partner_ids, put_contact
from bot.people.tables import contact, contact_address

ROLES: Final = tuple(role.value for role in Role if role is not Role.STRANGER)
LANGUAGES: Final = ("en", "zh-Hans", "zh-Hant", "bilingual")
COLUMNS: Final = ("name", "role", "partner", "language", "time_zone", "addresses")
_ALIASES: Final[Mapping[str, str]] = {
    "姓名": "name", "名字": "name", "角色": "role", "合作方": "partner", "伙伴": "partner", "语言": "language",
    "时区": "time_zone", "time zone": "time_zone", "timezone": "time_zone", "地址": "addresses", "账号": "addresses",
    "address": "addresses",
}  # fmt: skip
MAX_BYTES: Final = 20_000_000


@dataclass(frozen=True, slots=True)
class Imported:
    """How many contacts were made and how many refreshed."""

    new: int
    refreshed: int


class ImportProblems(ParcelbridgeError):
    """Nothing was imported; each problem is one line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))


def read_contacts(path: Path) -> list[tuple[str, dict[str, str]]]:
    """The rows of a CSV file with a heading line: where each stands, and its fields by column."""
    text = _text(path)
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text.partition("\n")[0], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    reader = csv.reader(io.StringIO(text, newline=""), dialect, strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(field.strip() for field in row)]
    except csv.Error as error:
        raise ImportProblems([f"{path}: line {reader.line_num}: {error}; save it as CSV again"]) from None
    if not rows:
        raise ImportProblems([f"{path}: is empty; the first line names the columns: {', '.join(COLUMNS)}"])
    names = [_ALIASES.get(field.strip().lower(), field.strip().lower()) for field in rows[0][1]]
    wrong = [name for name in names if name not in COLUMNS]
    if wrong or "name" not in names:
        seen = ", ".join(repr(name) for name in wrong) or "no column name"
        raise ImportProblems([f"{path}: line 1: {seen}; the columns are {', '.join(COLUMNS)}"])
    return [
        (f"{path}: line {line}", dict(zip(names, (field.strip() for field in row), strict=False)))
        for line, row in rows[1:]
    ]


def import_contacts(
    conn: Connection, rows: Iterable[tuple[str, Mapping[str, str]]], *, adapters: Collection[str] | None = None
) -> Imported:
    """Make or refresh contacts. Raises `ImportProblems` naming every wrong field; then nothing is changed.

    `adapters`: those that are configured, where the caller knows; an address at another one is wrong.
    """
    partners = partner_ids(conn)
    problems: list[str] = []
    entries: list[ContactEntry] = []
    for where, fields in rows:
        entry = _entry(where, fields, partners, problems)
        if entry is not None and adapters is not None:
            problems += _adapter_problems(where, entry, adapters)
        if entry is not None and not _owned_by_file(conn, where, entry, problems):
            entries.append(entry)
    if problems:
        raise ImportProblems(problems)
    made = [put_contact(conn, entry, partners, origin=Origin.IMPORT)[1] for entry in entries]
    return Imported(new=sum(made), refreshed=len(made) - sum(made))


def _entry(
    where: str, fields: Mapping[str, str], partners: Mapping[str, int], problems: list[str]
) -> ContactEntry | None:
    before = len(problems)
    role, partner = fields.get("role") or Role.PARTNER.value, fields.get("partner") or None
    language, zone = fields.get("language") or None, fields.get("time_zone") or None
    if not fields.get("name"):
        problems.append(f"{where}: name is missing; write the person's name")
    if role not in ROLES:
        problems.append(f"{where}: role = {role!r}: no such role; use one of {', '.join(ROLES)}")
    problems += _partner_problems(where, role, partner, partners)
    if language is not None and language not in LANGUAGES:
        problems.append(f"{where}: language = {language!r}: use one of {', '.join(LANGUAGES)}, or leave it empty")
    if zone is not None and zone not in available_timezones():
        problems.append(f"{where}: time_zone = {zone!r}: not an IANA name; write one such as Asia/Shanghai")
    addresses = _addresses(where, fields.get("addresses", ""), problems)
    if len(problems) > before:
        return None
    return ContactEntry(fields["name"], role, partner, language, zone, addresses)


def _partner_problems(where: str, role: str, partner: str | None, partners: Mapping[str, int]) -> list[str]:
    known = ", ".join(sorted(partners)) or "none yet: add [[partners]] to the configuration"
    if partner is not None and partner not in partners:
        return [f"{where}: partner = {partner!r}: no such partner; known: {known}"]
    if role == Role.PARTNER and partner is None:
        return [f"{where}: partner is missing; a contact of role partner needs one of: {known}"]
    return []


def _addresses(where: str, text: str, problems: list[str]) -> tuple[tuple[str, str], ...]:
    """`dingtalk:manager42; mail:li@example.test` as pairs; a contact nobody can find makes no sense."""
    pairs = [tuple(part.strip() for part in piece.split(":", 1)) for piece in text.split(";") if piece.strip()]
    if not pairs:
        problems.append(f"{where}: addresses is empty; write ADAPTER:ADDRESS, several with a semicolon between")
    found: list[tuple[str, str]] = []
    for pair in pairs:
        if len(pair) != 2 or not all(pair):
            problems.append(f"{where}: addresses = {':'.join(pair)!r}: write ADAPTER:ADDRESS, such as dingtalk:user42")
        else:
            found.append((pair[0], pair[1]))
    return tuple(found)


def _adapter_problems(where: str, entry: ContactEntry, adapters: Collection[str]) -> list[str]:
    known = ", ".join(sorted(adapters)) or "none yet: add [[adapters]] to the configuration"
    return [
        f"{where}: addresses = '{adapter}:{external_id}': no such adapter; known: {known}"
        for adapter, external_id in entry.addresses
        if adapter not in adapters
    ]


def _owned_by_file(conn: Connection, where: str, entry: ContactEntry, problems: list[str]) -> bool:
    for adapter, external_id in entry.addresses:
        statement = (
            select(contact.c.name)
            .select_from(contact_address.join(contact, contact.c.id == contact_address.c.contact_id))
            .where(
                contact_address.c.adapter == adapter, contact_address.c.external_id == external_id,
                contact.c.origin == Origin.CONFIGURATION,
            )
        )  # fmt: skip
        name = conn.execute(statement).scalar_one_or_none()
        if name is not None:
            fix = "change [[contacts]] in the configuration instead"
            problems.append(f"{where}: addresses = '{adapter}:{external_id}' belongs to configured {name!r}; {fix}")
            return True
    return False


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ImportProblems([f"{path}: larger than {MAX_BYTES} bytes; split it"])
        raw = path.read_bytes()
    except OSError as error:
        raise ImportProblems([f"{path}: cannot be read: {error.strerror}"]) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
        break
    raise ImportProblems([f"{path}: is not text in UTF-8 or GB18030; save it as CSV UTF-8"])
