"""Scores readings against labelled messages: intent, slots, and the mistakes that hurt most."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from bot.understanding import Turn, Understanding, understand

DATA = Path(__file__).parent / "data"
NOW = datetime.fromisoformat("2026-11-18T10:00:00+01:00")
_SCOPE = ("numbers", "refs", "hub", "mode", "country")
_PERIOD = ("hub", "mode", "period", "country")
_COMPARED: dict[str, tuple[str, ...]] = {
    "track": ("numbers",),
    "history": ("numbers",),
    "eta": ("numbers",),
    "delay_reason": ("numbers",),
    "report_problem": ("numbers",),
    "linehaul_status": ("refs",),
    "delayed_list": _PERIOD,
    "summary": _PERIOD,
    "subscribe": _SCOPE,
    "unsubscribe": _SCOPE,
    "mute": (*_SCOPE, "duration"),
    "acknowledge": ("alert_id",),
    "case_status": ("case_id",),
    "document": ("numbers", "refs", "doc_type"),
    "template": ("topic",),
    "set_language": ("language",),
}
_HARMLESS = {"out_of_scope", "help", "greeting", "thanks", "handoff"}
_CHANGING = {"subscribe", "unsubscribe", "mute", "acknowledge", "set_language", "report_problem"}
_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080}


@dataclass(frozen=True, slots=True)
class Scored:
    """One labelled message and what was made of it."""

    item: Mapping[str, Any]
    reading: Understanding

    @property
    def intent_right(self) -> bool:
        return self.reading.intent in {self.item["intent"], *self.item.get("accept", ())}

    @property
    def frame_right(self) -> bool:
        return self.intent_right and self._pairs(self.item["slots"]) == self._pairs(self.reading.slots)

    @property
    def wrong_action(self) -> bool:
        allowed = _HARMLESS | {self.item["intent"], *self.item.get("accept", ())}
        return self.item["intent"] == "out_of_scope" and self.reading.intent not in allowed

    @property
    def false_change(self) -> bool:
        return not self.intent_right and self.reading.intent in _CHANGING

    @property
    def refused(self) -> bool:
        return not self.intent_right and self.reading.intent == "out_of_scope"

    def _pairs(self, slots: Mapping[str, Any]) -> set[tuple[str, str]]:
        ignored = set(self.item.get("ignore_slots", ()))
        names = set(_COMPARED.get(self.item["intent"], ()))
        if self.reading.intent != self.item["intent"]:
            names &= set(_COMPARED.get(self.reading.intent, ()))
        if "*" in ignored:
            return set()
        return {(name, one) for name in names - ignored for one in _values(name, slots.get(name))}


def _values(slot: str, value: object) -> list[str]:
    if value in (None, "", []):
        return []
    return [_plain(slot, str(one)) for one in (value if isinstance(value, list | tuple) else [value])]


def _plain(slot: str, value: str) -> str:
    text = unicodedata.normalize("NFKC", value).strip().lower()
    if slot == "duration" and (span := re.fullmatch(r"(\d+)([mhdw])", text)):
        return str(int(span[1]) * _MINUTES[span[2]])
    return re.sub(r"[^0-9a-z]", "", text) if slot in ("numbers", "refs", "alert_id", "case_id") else text


def load(name: str) -> list[dict[str, Any]]:
    """Return the labelled messages of one file."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def score(items: Iterable[Mapping[str, Any]]) -> list[Scored]:
    """Read every message in its context."""
    return [Scored(item, _read(item)) for item in items]


def _read(item: Mapping[str, Any]) -> Understanding:
    turns = [Turn(_role(turn["role"]), turn["text"]) for turn in item.get("context", ())]
    now = datetime.fromisoformat(item["now"]) if "now" in item else NOW
    return understand(item["text"], context=turns, now=now)


def _role(name: str) -> Literal["user", "bot"]:
    return "bot" if name == "bot" else "user"


@dataclass(frozen=True, slots=True)
class Rates:
    """The figures of the contract, in per cent."""

    intent: float
    frame: float
    wrong_action: float
    false_change: float
    refused: float


def rates(scored: list[Scored]) -> Rates:
    """Work the figures out."""
    outside = [one for one in scored if one.item["intent"] == "out_of_scope"]
    inside = [one for one in scored if one.item["intent"] != "out_of_scope"]
    return Rates(
        intent=_percent(sum(one.intent_right for one in scored), len(scored)),
        frame=_percent(sum(one.frame_right for one in scored), len(scored)),
        wrong_action=_percent(sum(one.wrong_action for one in outside), len(outside)),
        false_change=_percent(sum(one.false_change for one in scored), len(scored)),
        refused=_percent(sum(one.refused for one in inside), len(inside)),
    )


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
