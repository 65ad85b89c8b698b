"""Figures of the rooms as Prometheus reads them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Sample:
    """One number, and what it is of."""

    value: float
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric; its name carries no prefix and a counter's no `_total`."""

    name: str
    help: str
    kind: Literal["counter", "gauge"]
    samples: Sequence[Sample]


class _Snapshot(Collector):
    """The figures of one moment."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = list(figures)

    def collect(self) -> Iterable[CounterMetricFamily | GaugeMetricFamily]:
        """One family a figure."""
        for figure in self._figures:
            make = CounterMetricFamily if figure.kind == "counter" else GaugeMetricFamily
            names = sorted(figure.samples[0].labels) if figure.samples else []
            family = make(f"parcelbridge_{figure.name}", figure.help, labels=names)
            for sample in figure.samples:
                family.add_metric([sample.labels[name] for name in names], sample.value)
            yield family


def exposition(figures: Iterable[Figure]) -> bytes:
    """The text Prometheus scrapes."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(figures))
    return generate_latest(registry)


def one(name: str, help_text: str, value: float, kind: Literal["counter", "gauge"] = "gauge") -> Figure:
    """A figure of a single number."""
    return Figure(name, help_text, kind, (Sample(value, {}),))


def by_label(
    name: str, help_text: str, *, kind: Literal["counter", "gauge"], label: str, values: Mapping[str, float]
) -> Figure:
    """A figure of one number for each value of a label."""
    samples = tuple(Sample(value, {label: key}) for key, value in sorted(values.items()))
    return Figure(name, help_text, kind, samples)
