"""How bad a lateness is: by its rule, and worse by steps as it grows."""

from collections.abc import Mapping
from datetime import timedelta

from bot.delays.model import Severity

BY_RULE: Mapping[str, Severity] = {
    "D02": Severity.LOW, "D03": Severity.MEDIUM, "D05": Severity.MEDIUM, "D06": Severity.MEDIUM,
    "D08": Severity.MEDIUM, "D09": Severity.MEDIUM, "D10": Severity.MEDIUM, "D12": Severity.MEDIUM,
    "D14": Severity.HIGH, "D16": Severity.MEDIUM, "D18": Severity.MEDIUM, "D19": Severity.MEDIUM,
    "D24": Severity.MEDIUM,
}
"""How bad a rule is to begin with."""
_HIGH_FROM: Mapping[str, timedelta] = {
    "D05": timedelta(hours=6), "D06": timedelta(hours=8), "D09": timedelta(hours=72),
}
"""How far behind the plan a linehaul is when it becomes serious."""

RULES = frozenset(BY_RULE)
"""The rules of the first version."""
ORDER: Mapping[Severity, int] = {severity: place for place, severity in enumerate(Severity)}
"""Severities from mild to worst."""


def severity_of(rule: str, late_by: timedelta) -> Severity:
    """The severity of a rule broken by that much; for a linehaul, that far behind its plan."""
    step = _HIGH_FROM.get(rule)
    return Severity.HIGH if step is not None and late_by > step else BY_RULE[rule]
