"""Whatever is reported and whatever is asked: nothing of another partner's parcels comes out."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.people import EVERYTHING
from bot.tracking.late import late_list
from bot.tracking.queries import find_linehauls, find_parcels, is_known, parcels_by_id, summarise
from bot.tracking.tables import parcel
from bot.tracking.views import Filter
from tests.tracking.conftest import Room, scan

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
OWNERS = {f"LX0000000{n:02}CN": ("cainiao", "jitu")[n % 2] for n in range(10)}
HAULS = ["CV7911/2026-11-03", "CV7913/2026-11-04", "172-12345675", "PMC54321CA", "CSQU3054383"]
STEPS = ["COLLECTED", "LINEHAUL_TENDERED", "HUB_RECEIVED", "IMPORT_CUSTOMS_HELD", "IMPORT_CUSTOMS_RELEASED",
         "OUT_FOR_DELIVERY", "DELIVERED", "RETURNED"]
REPORTS = st.lists(
    st.tuples(st.sampled_from(sorted(OWNERS)), st.sampled_from(STEPS), st.integers(0, 400),
              st.sampled_from([None, *HAULS])),
    min_size=1, max_size=25,
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(reports=REPORTS, country=st.sampled_from([None, "BE", "NL"]), days=st.integers(1, 25))
async def test_a_partner_sees_its_own_parcels_and_nothing_else(
    sqlite_room: Room, reports: list[tuple[str, str, int, str | None]], country: str | None, days: int
) -> None:
    await sqlite_room.report(*(
        scan(number, step, (BEGIN + timedelta(hours=hour)).isoformat(), linehaul=haul, partner=OWNERS[number],
             lane="PVG-air-LGG-" + ("BE" if number < "LX000000005CN" else "NL"), promised_at="2026-11-20T00:00Z",
             note=f"of {OWNERS[number]}")
        for number, step, hour, haul in reports))
    await sqlite_room.sweep()
    since = BEGIN + timedelta(days=days)

    def both(conn: Connection) -> None:
        for code in ("cainiao", "jitu"):
            check(conn, sqlite_room, code, country, since)

    await sqlite_room.read(both)


def check(conn: Connection, room: Room, code: str, country: str | None, since: datetime) -> None:
    scope, now = room.scopes[code], room.now
    found = find_parcels(conn, sorted(OWNERS), scope, now)
    everything = find_parcels(conn, sorted(OWNERS), EVERYTHING, now)
    mine = {number for number in everything if OWNERS[number] == code}
    assert set(found) == mine
    for number in OWNERS:
        assert is_known(conn, number, scope) == (number in mine)
    ids = list(conn.execute(select(parcel.c.id)).scalars())
    assert {view.number for view in parcels_by_id(conn, ids, scope)} == mine
    on_board = Counter(view.linehaul.key for (view,) in found.values() if view.linehaul is not None)
    hauls = find_linehauls(conn, HAULS, scope, now)
    assert set(on_board) <= set(hauls)
    for views in hauls.values():
        assert 0 < views[0].parcels == sum(views[0].by_stage.values()) <= len(mine)
        assert views[0].late_parcels <= len(mine)
    total, rows = late_list(conn, Filter(country=country), scope, now, limit=50)
    assert total == len(rows)
    assert {row.number for row in rows} <= mine
    summary = summarise(conn, Filter(), scope, now)
    assert summary.by_stage == Counter(view.milestone for (view,) in found.values())
    assert (summary.total, summary.late) == (len(mine), sum(view.late_since is not None for (view,) in found.values()))
    late = summarise(conn, Filter(since=since, country=country), scope, now)
    assert late.total <= len(mine)
    shown = repr((found, hauls, rows))
    other = "jitu" if code == "cainiao" else "cainiao"
    assert f"of {other}" not in shown
    assert not any(number in shown for number in OWNERS if number not in mine)
