"""Partners' files: encodings, separators, headings, dates; what cannot be taken is kept with its reason."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.clock import MovableClock
from bot.delays import Standards
from bot.errors import ParcelbridgeError
from bot.people.tables import partner
from bot.store import Store
from bot.store.schema import from_micros
from bot.tracking.codes import MILESTONE_NAMES, REASON_NAMES
from bot.tracking.feeds import FileFeed, load_file
from bot.tracking.ingest import Counts, EventRow, Ingest, Rejected

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DATA = Path(__file__).parent / "data"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def feed(path: Path, form: str = "auto", who: str | None = "cainiao") -> FileFeed:
    return FileFeed(path=path, format=form, partner=who, source="partner file", zone=SHANGHAI, now=NOW)


async def load(store: Store, path: Path) -> Counts:
    values = {"code": "cainiao", "name": "菜鸟", "language": "zh-Hans", "time_zone": "Asia/Shanghai", "calendar": "CN"}
    known = await store.read(lambda conn: conn.execute(partner.select()).all())
    if not known:
        await store.write(lambda conn: conn.execute(partner.insert(), values))
    ingest = Ingest(store, MovableClock(NOW), standards=Standards())
    return await load_file(feed(path), ingest, partners=frozenset({"cainiao"}), on_rows=lambda _: None)


@pytest.mark.parametrize("name", ["cn_events_gb18030.csv", "cn_events_utf8bom_semicolon.csv"])
def test_a_partners_file_gives_the_expected_events(name: str) -> None:
    expected = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))["cn_events_gb18030.csv"]["events"]
    seen: dict[tuple[object, ...], str | None] = {}
    for row in feed(DATA / name).rows():
        assert isinstance(row, EventRow)
        assert row.occurred is not None
        subject = f"{row.linehaul.number}/2026-11-21" if row.of_linehaul and row.linehaul else row.number
        at = from_micros(row.occurred).strftime("%Y-%m-%dT%H:%M:%SZ")
        what = (subject, MILESTONE_NAMES[row.milestone], at, row.location)
        seen.setdefault(what, REASON_NAMES.get(row.reason or 0))  # the first of two reports stays
    wanted = {(e["scope_id"], e["milestone"], e["occurred_at"], e["location"]): e.get("reason") for e in expected}
    assert seen == wanted


@pytest.mark.parametrize("name", ["cn_events_gb18030.csv", "cn_events_utf8bom_semicolon.csv"])
async def test_loading_twice_changes_nothing(store: Store, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes((DATA / name).read_bytes())
    first, again = await load(store, path), await load(store, path)
    assert (first.read, first.new, first.duplicate, first.rejected) == (6, 4, 2, 0)
    assert (again.new, again.duplicate) == (0, 6)
    assert not path.with_name(name + ".rejected.csv").exists()


async def test_rows_that_cannot_be_taken_are_kept_with_line_and_reason(sqlite_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    lines = ["tracking_no,time,event,place", *(f"LX12345678{i}CN,2026-11-20 10:00,揽收,杭州" for i in range(10)),
             "LX123456799CN,2026-02-31 10:00,揽收,杭州", "LX123456798CN,yesterday,揽收,杭州",
             f"LX123456797CN,2026-11-20 10:00,揽收,{'杭' * 1_000_000}", "LX123456796CN,2026-11-20 10:00,飞走了,杭州\0"]
    path.write_text("\n".join(lines), encoding="utf-8")
    counts = await load(sqlite_store, path)
    assert (counts.read, counts.new, counts.rejected) == (14, 11, 3)
    kept = path.with_name("mixed.csv.rejected.csv").read_text(encoding="utf-8-sig").splitlines()
    assert kept[0] == "line,reason,row"
    assert [line.split(",")[0] for line in kept[1:]] == ["12", "13", "14"]
    assert "no such day" in kept[1]


@pytest.mark.parametrize(("content", "named"), [
    (b"\xff\xff\xfe\x00\x81", "UTF-8"), (b"a,b,c\n1,2,3\n", "line 1"),
    (b"", "is empty"), (b"PK\x03\x04\x14", "spreadsheet"),
    ("运单号,节点时间,节点\n".encode() + "总计,2026-11-20,揽收\n".encode() * 9, "number column"),
])
def test_a_file_that_cannot_be_used_is_refused_as_a_whole(tmp_path: Path, content: bytes, named: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(ParcelbridgeError, match=named):
        list(feed(path, "csv").rows())


def test_broken_lines_of_json_are_named(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    good = {"tracking_number": "LX123456785CN", "partner": "cainiao", "milestone": "COLLECTED",
            "occurred_at": "2026-11-20T10:00:00+08:00", "reported_at": "2026-11-20T10:05:00+08:00"}
    wrong = json.dumps(good | {"milestone": 1}).encode()
    lines = [json.dumps(good).encode(), b"{", b"[" * 50_000, b"\xff\xfe", b"", wrong]
    path.write_bytes(b"\n".join(lines))
    rows = list(feed(path).rows())
    assert isinstance(rows[0], EventRow)
    assert [row.line for row in rows[1:] if isinstance(row, Rejected)] == [2, 3, 4, 6]
