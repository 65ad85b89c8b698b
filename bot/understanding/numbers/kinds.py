"""Kinds and shapes of numbers, compiled from their tables for matching by length."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.understanding.numbers.checks import CHECKS
from bot.understanding.numbers.tables import read_column, read_rows

# Codes a shape may name between angle brackets.
_CODES = {
    "issuer": ("s10_issuers.csv", "code"),
    "awb": ("awb_prefixes.csv", "prefix"),
    "airline": ("airlines.csv", "designator"),
    "uld": ("uld_types.csv", "type"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """One way a kind is written, once separators are gone."""

    kind: str
    lengths: frozenset[int]
    pattern: str
    check: Callable[[str], bool]
    checked: bool
    grouping: str
    cued: bool
    form: str

    def matches(self, compact: str) -> bool:
        """Whether the compact number has this shape, whatever its check digit."""
        return len(compact) in self.lengths and re.fullmatch(self.pattern, compact) is not None


class Shapes:
    """Shapes of one length, tried in the order of the table with one expression."""

    __slots__ = ("_fullmatch", "_shapes")

    def __init__(self, shapes: list[Shape]) -> None:
        """Compile the shapes into one expression with a group for each."""
        self._shapes = shapes
        self._fullmatch = re.compile("|".join(f"({shape.pattern})" for shape in shapes)).fullmatch

    def shape_of(self, compact: str) -> Shape | None:
        """Return the first shape the compact number has."""
        match = self._fullmatch(compact)
        return None if match is None or match.lastindex is None else self._shapes[match.lastindex - 1]


def is_parcel_kind(kind: str) -> bool:
    """Whether numbers of this kind name a parcel."""
    return "parcel" in _FAMILIES.get(kind, ())


def is_linehaul_kind(kind: str) -> bool:
    """Whether numbers of this kind name a flight, a train, a container or an air waybill."""
    return "linehaul" in _FAMILIES.get(kind, ())


def is_unit_kind(kind: str) -> bool:
    """Whether numbers of this kind name a handling unit: air pallet, bag, despatch, pallet."""
    return "unit" in _FAMILIES.get(kind, ())


def shapes_of_kind(kind: str) -> tuple[Shape, ...]:
    """Return every shape of a kind, in the order of the table."""
    return tuple(shape for shape in ALL_SHAPES if shape.kind == kind)


def _codes_pattern(codes: Iterable[str]) -> str:
    """Codes as an expression that shares their beginnings, which matches faster than a plain list."""
    lasts: dict[str, str] = {}
    for code in sorted(set(codes)):
        lasts[code[:-1]] = lasts.get(code[:-1], "") + code[-1]
    return "(?:" + "|".join(f"{first}[{last}]" for first, last in lasts.items()) + ")"


def _lengths(text: str) -> frozenset[int]:
    first, _, last = text.partition("-")
    return frozenset(range(int(first), int(last or first) + 1))


def _read_shapes() -> tuple[Shape, ...]:
    codes = {f"<{name}>": _codes_pattern(read_column(*column)) for name, column in _CODES.items()}
    shapes = []
    for row in read_rows("number_shapes.csv"):
        pattern = row["pattern"]
        for placeholder, alternatives in codes.items():
            pattern = pattern.replace(placeholder, alternatives)
        shapes.append(
            Shape(
                kind=row["kind"],
                lengths=_lengths(row["lengths"]),
                pattern=pattern,
                check=CHECKS[row["check"]],
                checked=bool(row["check"]),
                grouping=row["grouping"],
                cued=bool(row["cued"]),
                form=row["form"],
            )
        )
    return tuple(shapes)


def _by_length(shapes: Iterable[Shape]) -> dict[int, Shapes]:
    table: dict[int, list[Shape]] = {}
    for shape in shapes:
        for length in shape.lengths:
            table.setdefault(length, []).append(shape)
    return {length: Shapes(of_length) for length, of_length in table.items()}


_FAMILIES = {row["kind"]: frozenset(row["family"].split()) for row in read_rows("number_kinds.csv")}

ALL_SHAPES = _read_shapes()
ALONE = _by_length(shape for shape in ALL_SHAPES if not shape.cued and shape.grouping != "waybill")
GROUPED = _by_length(shape for shape in ALL_SHAPES if not shape.cued and shape.grouping)
CUED: dict[int, tuple[Shape, ...]] = {
    length: tuple(shape for shape in ALL_SHAPES if shape.cued and length in shape.lengths)
    for length in sorted({length for shape in ALL_SHAPES if shape.cued for length in shape.lengths})
}
