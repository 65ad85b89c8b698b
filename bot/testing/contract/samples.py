"""Cards and texts the suite sends: everything a card can hold, far too much of it, and what nobody expects."""

from bot.contracts import Action, Card, Field, File, Step, Table

RICH = Card(
    title="LX123456785CN held", text=("Customs checks a document.",), fields=(Field(label="Since", value="Mon 10:12"),),
    timeline=(Step(when="Mon 09:00", what="arrived", where="Liège"),),
    table=Table(columns=("parcel", "state"), rows=(("LX123456785CN", "held"),)), footer="as of 15:02",
)
PIECES = ("LX123456785CN", "Customs checks a document.", "Mon 10:12", "arrived", "as of 15:02")
WITH_ACTIONS = Card(
    title="LX123456785CN", text=("What now?",),
    actions=(Action(label="Follow it", say="follow LX123456785CN"), Action(label="Open", url="https://t.example/1")),
)
WITH_FILE = Card(
    title="List", text=("All in the file.",), files=(File(name="late.xlsx", media_type="x/y", reference="none"),)
)
HUGE = Card(
    title="Late", text=("12000 parcels are late.",),
    table=Table(
        columns=("parcel", "late"), rows=tuple((f"LX{n:09}CN", f"{n} h") for n in range(12_000)), more="{n} more",
    ),
)
HUGE_IN_HAN = Card(
    language="zh-Hans", title="包裹延误", text=("共 12000 件包裹延误。",),
    table=Table(
        columns=("包裹", "延误"), rows=tuple((f"LX{n:09}CN", f"比利时列日清关滞留 {n} 小时 📦") for n in range(12_000)),
        more="另有 {n} 件",
    ),
)
LONG = "比利时列日机场清关滞留，等待处理 📦 " * 12_000
"""Some 200,000 characters, far more bytes."""
OVERLONG = {
    "title": Card(title=LONG, text=("x",)),
    "text": Card(title="x", text=(LONG,)),
    "paragraphs": Card(title="x", text=(LONG[:200],) * 1_000),
    "fields": Card(title="x", fields=(Field(label="标签", value=LONG[:500]),) * 500),
    "timeline": Card(title="x", timeline=(Step(when="周一 09:00", what=LONG[:300], where="列日"),) * 500,
                     timeline_more="另有 {n} 步"),
    "table": Card(title="x", table=Table(columns=("包裹",), rows=((LONG[:300],),) * 1_000, more="另有 {n} 行")),
    "actions": Card(title="x", actions=(Action(label=LONG[:100], say=LONG[:300]),) * 200),
    "files": Card(title="x", files=(File(name=LONG[:200], media_type="x/y", reference="none"),) * 200),
    "footer": Card(title="x", footer=LONG),
}
"""Each part of a card alone, larger than any chat takes."""
ODD = ("@all **bold** [a](https://evil.example) <script>", "\u202ebackwards", "NUL \0 and \ud800 half", "包裹📦" * 50)
