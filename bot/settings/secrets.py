"""Secrets given by reference: `{ env = "NAME" }` or `{ file = "path" }` in place of a text."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def resolve_secrets(
    table: Any, environment: Mapping[str, str], config: Path, problems: list[str], at: str = ""
) -> Any:
    """Replace every reference in plain data, in place; what cannot be resolved becomes a problem line.

    A file is read relative to the configuration file; one line break at its end, which editors add, is not part of
    the secret.
    """
    if isinstance(table, dict):
        if len(table) == 1:
            kind, name = next(iter(table.items()))
            if kind in ("env", "file") and isinstance(name, str):
                return _resolve(kind, name, environment, config, problems, at)
        for key, value in table.items():
            table[key] = resolve_secrets(value, environment, config, problems, f"{at}.{key}".lstrip("."))
    elif isinstance(table, list):
        for index, value in enumerate(table):
            label = value.get("name", value.get("code", index)) if isinstance(value, dict) else index
            table[index] = resolve_secrets(value, environment, config, problems, f"{at}[{label}]")
    return table


def _resolve(kind: str, name: str, environment: Mapping[str, str], config: Path, problems: list[str], at: str) -> str:
    if kind == "env":
        value = environment.get(name)
        if value is None:
            problems.append(f"{config}: {at}: environment variable {name} is not set; set it")
        return value or ""
    path = Path(name) if Path(name).is_absolute() else config.parent / name
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError):
        fix = "create it or give the service read permission"
        problems.append(f"{config}: {at}: secret file {path} cannot be read; {fix}")
        return ""
