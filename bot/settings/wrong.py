"""What is wrong with a value, in our own words: the checks name kinds of faults, people need the fix."""

from collections.abc import Mapping
from typing import Any

_SAID: Mapping[str, str] = {
    "bool_parsing": "neither true nor false; write true or false",
    "bool_type": "neither true nor false; write true or false",
    "float_parsing": "not a number; write digits, such as 2.5",
    "greater_than": "too small; write a number above {gt}",
    "greater_than_equal": "too small; write {ge} or more",
    "int_from_float": "not a whole number; write digits only, such as 8080",
    "int_parsing": "not a whole number; write digits only, such as 8080",
    "int_parsing_size": "not a number anybody means; write a smaller one",
    "int_type": "not a whole number; write digits only, such as 8080",
    "less_than": "too large; write a number below {lt}",
    "less_than_equal": "too large; write {le} or less",
    "literal_error": "not one of the choices; write {expected}",
    "string_type": "not a text; write it in quotation marks",
    "string_too_short": "too short; write at least {min_length} characters",
    "string_too_long": "too long; write at most {max_length} characters",
}
_LISTS = frozenset({"list_type", "tuple_type", "set_type", "frozen_set_type"})
_TABLES = frozenset({"dict_type", "mapping_type", "model_type", "model_attributes_type"})


def fault_of(problem: Mapping[str, Any]) -> str:
    """A sentence for one problem of pydantic's; of those that are our own checks', their own."""
    kind = str(problem["type"])
    if kind in _LISTS:
        return "not a list; write its entries in [ ], or each below a heading [[...]] of its own"
    if kind in _TABLES:
        return "not a table; write its keys below a heading in [ ], or in { }"
    if kind in _SAID:
        return _SAID[kind].format_map(problem.get("ctx", {}))
    return str(problem["msg"]).removeprefix("Value error, ")
