"""From file and environment to checked settings; every problem is a line that names file, key, value and fix."""

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.errors import ConfigError
from bot.settings.model import Settings
from bot.settings.references import check_references
from bot.settings.secrets import resolve_secrets
from bot.settings.wrong import fault_of

PREFIX = "PARCELBRIDGE__"
PATH_VARIABLE = "PARCELBRIDGE_CONFIG"
DEFAULT_PATH = Path("config.toml")
NAMED_LISTS = {"adapters": "name", "partners": "code", "contacts": "name", "feeds": "name"}
"""Lists of tables, and the key that names an entry for the environment."""
MAX_VALUE_SHOWN = 60


def config_path(given: Path | None, environment: Mapping[str, str]) -> Path:
    """The file to read: the one given, else `PARCELBRIDGE_CONFIG`, else ./config.toml."""
    return given or Path(environment.get(PATH_VARIABLE) or DEFAULT_PATH)


def load_settings(given: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read, override, resolve secrets, check. Raises `ConfigError` with one line a problem."""
    environment = os.environ if environment is None else environment
    path = config_path(given, environment)
    raw = _read(path)
    problems: list[str] = []
    _override(raw, environment, problems)
    resolve_secrets(raw, environment, path, problems)
    if problems:
        raise ConfigError(problems)
    return check_settings(raw, str(path))


def check_settings(raw: Mapping[str, Any], where: str) -> Settings:
    """Checked settings from plain data; `where` names them in errors."""
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        raise ConfigError([problem_line(where, problem, raw) for problem in error.errors()]) from None
    problems = check_references(settings, where)
    if problems:
        raise ConfigError(problems)
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        fix = "copy config.example.toml there, or name another file with --config or PARCELBRIDGE_CONFIG"
        raise ConfigError([f"{path}: no such file; {fix}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: not valid TOML: {error}"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: cannot be read as UTF-8 text: {error}"]) from None


def _override(raw: dict[str, Any], environment: Mapping[str, str], problems: list[str]) -> None:
    for variable in sorted(environment):
        if not variable.startswith(PREFIX):
            continue
        parts = variable[len(PREFIX):].lower().split("__")
        if len(parts) < 2 or not all(parts):
            problems.append(f"{variable}: names no setting; write PARCELBRIDGE__SECTION__KEY")
            continue
        section, keys = parts[0], parts[1:]
        table = _entry(raw, section, keys, variable, problems)
        if table is None:
            continue
        for key in keys[:-1]:
            inner = table.get(key)
            table = table.setdefault(key, {}) if not isinstance(inner, dict) else inner
        table[keys[-1]] = _value(environment[variable])


def _entry(
    raw: dict[str, Any], section: str, keys: list[str], variable: str, problems: list[str]
) -> dict[str, Any] | None:
    """The table a variable changes; for a list of tables its first key names the entry."""
    if section not in NAMED_LISTS:
        table: dict[str, Any] = raw.setdefault(section, {})
        return table
    wanted = keys.pop(0)
    for entry in raw.get(section, []):
        name = str(entry.get(NAMED_LISTS[section], ""))
        if name.lower().replace("-", "_") == wanted.replace("-", "_") and keys:
            found: dict[str, Any] = entry
            return found
    problems.append(f"{variable}: [[{section}]] has no entry named {wanted!r}; add it to the file first")
    return None


def _value(text: str) -> Any:
    """The text itself, which the settings' types read; a list or a table where it is written as one."""
    if not text.lstrip().startswith(("[", "{")):
        return text
    try:
        return tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        return text


def problem_line(where: str, problem: Any, raw: Any) -> str:
    """One validation problem as `file: key: value seen: what is wrong`."""
    key = key_name(problem["loc"], raw)
    message = fault_of(problem)
    if problem["type"] == "extra_forbidden":
        return f"{where}: {key}: unknown key; remove it or correct its spelling"
    if problem["type"] == "missing":
        return f"{where}: {key}: is missing; add it"
    value = problem["input"]
    if isinstance(value, (str, int, float, bool)) and not _is_secret(key):
        shown = repr(value) if len(repr(value)) <= MAX_VALUE_SHOWN else repr(value)[:MAX_VALUE_SHOWN] + "…"
        return f"{where}: {key} = {shown}: {message}"
    return f"{where}: {key}: {message}"


def key_name(location: Iterable[str | int], raw: Any) -> str:
    """`adapters[dingtalk].client_id` for a location of pydantic's."""
    name, here = "", raw
    for part in location:
        if isinstance(part, int):
            entry = here[part] if isinstance(here, (list, tuple)) and part < len(here) else {}
            label = entry.get("name") or entry.get("code") or part if isinstance(entry, Mapping) else part
            name, here = f"{name}[{label}]", entry
        else:
            name = f"{name}.{part}" if name else str(part)
            here = here.get(part, {}) if isinstance(here, Mapping) else {}
    return name


def _is_secret(key: str) -> bool:
    return any(word in key for word in ("secret", "password", "token", "url", "api_key"))
