"""Write the answers of today into the dialogues; read the difference before committing it."""

import asyncio
import tempfile

from tests.conftest import _with_tables
from tests.skills.parcels.test_dialogues import FOLDER, answered, read
from tests.skills.parcels.world import build


async def retell() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = await _with_tables(f"sqlite+aiosqlite:///{folder}/world.db")
        await build(store)
        for path in sorted(FOLDER.glob("*.txt")):
            blocks, reader = [], ("", "")
            for exchange in read(path):
                head = f"@ {exchange.who} {exchange.language}\n" if (exchange.who, exchange.language) != reader else ""
                reader = (exchange.who, exchange.language)
                blocks.append(f"{head}> {exchange.said}\n{await answered(store, exchange)}\n")
            path.write_text("\n".join(blocks), encoding="utf-8")
        await store.close()


if __name__ == "__main__":
    asyncio.run(retell())
