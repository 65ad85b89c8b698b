"""Adapter types found through the entry-point group, and the instances a configuration asks for."""

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import ValidationError

from bot.contracts import ENTRY_POINT_GROUP, Adapter, AdapterConfig, AdapterType
from bot.errors import ConfigError
from bot.settings import Settings
from bot.settings.load import problem_line


@dataclass(frozen=True, slots=True)
class InstalledType:
    """An adapter type and the distribution it came with."""

    type: AdapterType
    distribution: str
    version: str


@dataclass(frozen=True, slots=True)
class Instance:
    """A configured adapter instance: checked keys, not started."""

    type: AdapterType
    config: AdapterConfig

    def create(self) -> Adapter:
        """The adapter itself."""
        return self.type.create(self.config)

    def missing(self) -> list[str]:
        """Keys it still needs before it can run."""
        return self.type.missing(self.config)


def installed_types() -> dict[str, InstalledType]:
    """Every adapter type by its type name; one that cannot be loaded is a `ConfigError` naming its distribution."""
    return {name: _installed(point) for name, point in _points().items()}


def configured_instances(settings: Settings, where: str) -> dict[str, Instance]:
    """Checked instances by name; only their types are loaded. Raises `ConfigError` with a line for every problem."""
    points = _points()
    types: dict[str, AdapterType] = {}
    problems: list[str] = []
    instances: dict[str, Instance] = {}
    for raw in settings.adapters:
        name = raw["type"]
        if name not in points:
            names = ", ".join(points) or "none"
            key = f"adapters[{raw['name']}].type"
            problems.append(f"{where}: {key} = {name!r}: no such adapter; installed: {names}")
            continue
        known = types.setdefault(name, _load(points[name]))
        try:
            config = known.config_model.model_validate(raw)
        except ValidationError as error:
            problems += [_line(where, raw, problem) for problem in error.errors()]
            continue
        instances[config.name] = Instance(known, config)
    if problems:
        raise ConfigError(problems)
    return instances


def create_single(type_name: str, name: str) -> Adapter:
    """An instance of a type that needs no keys, without any configuration."""
    points = _points()
    if type_name not in points:
        raise ConfigError([f"the adapter type {type_name!r} is not installed; reinstall parcelbridge"])
    adapter_type = _load(points[type_name])
    return adapter_type.create(adapter_type.config_model(name=name, type=type_name))


def _points() -> dict[str, EntryPoint]:
    """Entry points of the group by type name, in alphabetical order; nothing is loaded yet."""
    return {point.name: point for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda p: p.name)}


def _installed(point: EntryPoint) -> InstalledType:
    owner = point.dist
    return InstalledType(_load(point), owner.name if owner else "unknown", owner.version if owner else "unknown")


def _load(point: EntryPoint) -> AdapterType:
    try:
        loaded: AdapterType = point.load()
    except Exception as error:  # noqa: BLE001 - somebody else's distribution must not show its traceback to an operator
        owner = point.dist.name if point.dist else point.value
        what = f"{type(error).__name__}: {error}"
        raise ConfigError([f"adapter {point.name!r} of {owner} cannot be loaded: {what}"]) from None
    return loaded


def _line(where: str, raw: dict[str, Any], problem: Any) -> str:
    line = problem_line(where, problem, raw)
    return line.replace(f"{where}: ", f"{where}: adapters[{raw['name']}].", 1)
