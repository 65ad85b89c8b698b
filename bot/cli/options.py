"""Options several commands share."""

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Configuration; else $PARCELBRIDGE_CONFIG, else ./config.toml."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
