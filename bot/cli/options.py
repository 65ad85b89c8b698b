"""Options several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Configuration; else $PARCELBRIDGE_CONFIG, else ./config.toml."),
]
LanguageName = Literal["en", "zh-Hans", "zh-Hant"]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
