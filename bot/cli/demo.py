"""`demo`: the service on a world of its own."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.main import app


@app.command("demo")
def demo(
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="Port to listen on.")] = 8080,
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Where its data is kept.")] = Path("data/demo"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Make the world anew.")] = False,
) -> None:
    """Serve a believable world on http://127.0.0.1:8080; needs no account and no connection."""
    asyncio.run(_demo(port, data, fresh))


async def _demo(port: int, data: Path, fresh: bool) -> None:
    from bot.cli.running import serve
    from bot.demo.run import Demo
    from bot.logs import configure_logging

    configure_logging("WARNING", "text")
    logging.getLogger("parcelbridge").setLevel("INFO")  # says when the page can be opened
    made = Demo(data, port=port, fresh=fresh)
    doing = "making a world of parcels" if made.seeding else "taking up the world of an earlier start"
    logging.getLogger("parcelbridge").info("%s in %s", doing, data)
    await made.bring_up()
    await serve(made.service)
