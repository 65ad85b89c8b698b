"""Finding numbers in a text: every candidate, then the leftmost and longest of them."""

import re
from collections.abc import Iterator

from bot.understanding.numbers.cues import Cues
from bot.understanding.numbers.dictated import in_figures
from bot.understanding.numbers.forms import normal_form, train_pair
from bot.understanding.numbers.found import FoundNumber
from bot.understanding.numbers.grouping import Groups, groups_from, is_deliberate, may_be_grouped
from bot.understanding.numbers.kinds import ALL_SHAPES, ALONE, CUED, GROUPED, Shape
from bot.understanding.numbers.normalise import normalise, upper_of_same_length
from bot.understanding.numbers.tables import read_rows

# Where a number can begin: a row of letters and digits with a digit, or letters apart from their digits.
_TOKEN = re.compile(r"(?<![A-Z0-9])(?=[0-9]|[A-Z]{1,15}[0-9]|[A-Z](?:[ -]?[A-Z]){1,3}[ -]?[0-9])[A-Z0-9]+(?![A-Z0-9])")
_JOINED = re.compile(r"[ -][A-Z0-9]")
_MAIL_HOST = re.compile(r"@[A-Z0-9-]+\.[A-Z]")
_APPLICATION_IDENTIFIER = re.compile(r"\(?00\)[ -]?([0-9]+)(?![A-Z0-9])")

_CHECKED_KINDS = frozenset(shape.kind for shape in ALL_SHAPES if shape.checked)
_PHONE_PREFIXES = {row["prefix"]: row["phone_shape"] for row in read_rows("awb_prefixes.csv")}
_SSCC = next(shape for shape in ALL_SHAPES if shape.form == "sscc")


def find_numbers(text: str, *, include_mistyped: bool = True) -> tuple[FoundNumber, ...]:
    """Find every number of a raw text, in order of appearance, each once.

    Spans refer to the normalised text. Numbers whose check digit is wrong come with `valid` false, or
    not at all when `include_mistyped` is false.
    """
    return find_in_normalised(in_figures(normalise(text)), include_mistyped=include_mistyped)


def find_in_normalised(text: str, *, include_mistyped: bool = True) -> tuple[FoundNumber, ...]:
    """Find every number of a text that `normalise` has already seen."""
    candidates = list(_candidates(text))
    if not candidates:
        return ()
    found: dict[tuple[str, str], FoundNumber] = {}
    for number in _leftmost_longest(candidates):
        if number.valid or include_mistyped:
            found.setdefault((number.kind, number.value), number)
    return tuple(found.values())


def canonical(text: str) -> FoundNumber | None:
    """Return the number when the whole text is exactly one, else nothing."""
    text = normalise(text).strip()
    if text.isalnum():
        upper = upper_of_same_length(text)
        shape = _shape_alone(upper)
        return None if shape is None else _found(shape, upper, 0, len(upper))
    numbers = find_in_normalised(text)
    whole = len(numbers) == 1 and (numbers[0].start, numbers[0].end) == (0, len(text))
    return numbers[0] if whole else None


def _candidates(text: str) -> Iterator[FoundNumber]:
    upper = upper_of_same_length(text)
    cues = Cues(upper)
    for token in _TOKEN.finditer(upper):
        start, end = token.span()
        alone = _alone(upper, start, end, cues)
        if alone is not None:
            yield alone
        if _JOINED.match(upper, end):
            yield from _grouped(text, upper, start, cues, alone)
    if "00)" in upper:
        yield from _with_application_identifier(upper)


def _alone(upper: str, start: int, end: int, cues: Cues) -> FoundNumber | None:
    """The number the token is by itself."""
    compact = upper[start:end]
    shape = _shape_alone(compact)
    if shape is None:
        if not compact.isdigit():
            return None
        return _cued(compact, start, end, cues, single=True)
    if shape.form == "train" and (pair := train_pair(upper, start, end)) is not None:
        value, end = pair
        return FoundNumber(shape.kind, value, True, start, end)
    if not shape.checked and _MAIL_HOST.match(upper, end):
        return None
    return _found(shape, compact, start, end)


def _grouped(text: str, upper: str, start: int, cues: Cues, alone: FoundNumber | None) -> Iterator[FoundNumber]:
    """The numbers that begin with this token and go on in the next groups."""
    for groups in groups_from(upper, start, any_digits=cues.possible()):
        number = _joined(text, upper, groups, cues)
        if number is None or (alone is not None and _only_adds_a_figure(groups, alone, number)):
            continue
        yield number


def _joined(text: str, upper: str, groups: Groups, cues: Cues) -> FoundNumber | None:
    compact = groups.compact
    shapes = GROUPED.get(len(compact))
    shape = shapes.shape_of(compact) if shapes is not None else None
    if shape is None or not may_be_grouped(shape, groups, text, upper):
        return _cued(compact, groups.start, groups.end, cues, single=False) if compact.isdigit() else None
    number = _found(shape, compact, groups.start, groups.end)
    if shape.grouping == "waybill":
        return _waybill(number, groups, cues)
    return number if number.valid or is_deliberate(groups, text, upper) else None


def _waybill(number: FoundNumber, groups: Groups, cues: Cues) -> FoundNumber | None:
    """An air waybill in groups, unless it is a telephone number."""
    if cues.phone(groups.start):
        return None
    if number.valid or cues.names("MAWB", groups.start, groups.end) is not None:
        return number
    # Mistyped, or a telephone: landlines are written 020-12345678, mobiles 176 1234 5678.
    is_phone = len(groups.sizes) > 2 or _PHONE_PREFIXES[groups.compact[:3]] == "area_code"
    return None if is_phone else number


def _cued(compact: str, start: int, end: int, cues: Cues, *, single: bool) -> FoundNumber | None:
    """The number a row of digits is because a word beside it says so."""
    shapes = CUED.get(len(compact))
    if shapes is None or not cues.near(start, end):
        return None
    fitting = [shape for shape in shapes if (single or shape.grouping) and shape.matches(compact)]
    shape = cues.best(fitting, start, end)
    if shape is None:
        return None
    if single:
        cues.remember(shape.kind, end)
    return _found(shape, compact, start, end)


def _with_application_identifier(upper: str) -> Iterator[FoundNumber]:
    """Logistic units written with their identifier in brackets: "(00) 3 4043..."."""
    for match in _APPLICATION_IDENTIFIER.finditer(upper):
        first, end = match.span(1)
        compact = "00" + match[1]
        if _SSCC.matches(compact):
            yield _found(_SSCC, compact, match.start(), end)
        for groups in groups_from(upper, first, any_digits=True):
            compact = "00" + groups.compact
            if _SSCC.matches(compact):
                yield _found(_SSCC, compact, match.start(), groups.end)


def _shape_alone(compact: str) -> Shape | None:
    shapes = ALONE.get(len(compact))
    return None if shapes is None else shapes.shape_of(compact)


def _found(shape: Shape, compact: str, start: int, end: int) -> FoundNumber:
    return FoundNumber(shape.kind, normal_form(shape.form, compact), shape.check(compact), start, end)


def _only_adds_a_figure(groups: Groups, alone: FoundNumber, number: FoundNumber) -> bool:
    """Whether a complete number merely swallowed the figure after it, as in "LTN74207623N1 2 pieces"."""
    added = number.value[len(alone.value) :]
    return alone.kind == number.kind and groups.first_separator == " " and added.isdigit()


def _leftmost_longest(candidates: list[FoundNumber]) -> Iterator[FoundNumber]:
    """Drop what overlaps; a mistyped candidate also gives way to a verified number it overlaps."""
    candidates.sort(key=lambda number: (number.start, -number.end))
    taken = 0
    for index, number in enumerate(candidates):
        if number.start < taken or (not number.valid and _hides_a_verified(candidates, index)):
            continue
        taken = number.end
        yield number


def _hides_a_verified(candidates: list[FoundNumber], index: int) -> bool:
    end = candidates[index].end
    for later in candidates[index + 1 :]:
        if later.start >= end:
            return False
        if later.valid and later.kind in _CHECKED_KINDS:
            return True
    return False
