"""What one setting accepts: a test and the words for it, so that every source reports it alike."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import attrs

__all__ = [
    "ABSENT_OR",
    "Rule",
    "flag",
    "matching",
    "number",
    "one_of",
    "optional",
    "path",
    "redact",
    "secret",
    "sequence",
    "table",
    "text",
    "url",
    "whole",
]

_SHOWN = 60
_CREDENTIALS = re.compile(r"//[^/@\s]*@")

#: How an optional value's expectation begins.
ABSENT_OR: Final = "nothing or "


@attrs.frozen
class Rule:
    """What a setting accepts.

    Attributes:
        expected: The accepted values in words, as in "expected a whole number from 1".
        accepts: Whether a value of any type is one of them.
        secret: True when the value must never be shown.
    """

    expected: str
    accepts: Callable[[object], bool]
    secret: bool = False

    def problem(self, value: object) -> str | None:
        """Say what is wrong with `value` as "got ..., expected ...", or None."""
        if self.accepts(value):
            return None
        return f"got {self.show(value)}, expected {self.expected}"

    def show(self, value: object) -> str:
        """Write `value` for a message: shortened, and hidden when it is a secret."""
        return "a value that is not shown" if self.secret else redact(value)


def redact(value: object) -> str:
    """Write `value` in at most 60 characters, without credentials that a URL may carry."""
    shown = _CREDENTIALS.sub("//***@", repr(value))
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def whole(low: int | None = None, high: int | None = None) -> Rule:
    """Accept whole numbers from `low` to `high`, both included."""

    def accepts(value: object) -> bool:
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return (low is None or value >= low) and (high is None or value <= high)

    return Rule("a whole number" + _range(low, high), accepts)


def number(low: float, high: float | None = None, *, above: bool = False) -> Rule:
    """Accept finite numbers from `low` to `high`; with `above`, `low` itself is refused."""

    def accepts(value: object) -> bool:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return False
        high_enough = value > low if above else value >= low
        return high_enough and (value < math.inf if high is None else value <= high)

    reach = _above(low, high) if above else _range(low, high)
    return Rule("a number" + reach, accepts)


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return "" if high is None else f" up to {high:g}"
    return f" from {low:g}" if high is None else f" from {low:g} to {high:g}"


def _above(low: float, high: float | None) -> str:
    return f" above {low:g}" if high is None else f" above {low:g} and up to {high:g}"


def flag() -> Rule:
    """Accept true and false, nothing that merely looks like them."""
    return Rule("true or false", lambda value: isinstance(value, bool))


def text() -> Rule:
    """Accept any text that is not blank."""
    return Rule("a text that is not empty", lambda v: isinstance(v, str) and bool(v.strip()))


def matching(pattern: str, expected: str) -> Rule:
    """Accept texts that match `pattern` as a whole."""
    compiled = re.compile(pattern)
    return Rule(expected, lambda v: isinstance(v, str) and compiled.fullmatch(v) is not None)


def one_of(*choices: str) -> Rule:
    """Accept one of a few words."""
    return Rule("one of " + ", ".join(choices), lambda v: isinstance(v, str) and v in choices)


def secret() -> Rule:
    """Accept what an HTTP header can carry as a token; the value is never shown."""
    fits = re.compile(r"[!-~]+")
    return Rule(
        "a token of visible ASCII characters without spaces",
        lambda v: isinstance(v, str) and fits.fullmatch(v) is not None,
        secret=True,
    )


def url() -> Rule:
    """Accept http and https addresses with a host and without credentials."""
    return Rule("an address like http://127.0.0.1:1234/v1, without a user name", _is_url)


def _is_url(value: object) -> bool:
    if not isinstance(value, str) or re.search(r"\s", value):
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


def optional(rule: Rule) -> Rule:
    """Accept None, or what `rule` accepts."""
    expected = ABSENT_OR + rule.expected
    return Rule(expected, lambda v: v is None or rule.accepts(v), secret=rule.secret)


def sequence(item: Rule) -> Rule:
    """Accept a tuple whose every item `item` accepts."""
    return Rule(
        f"a list, each item {item.expected}",
        lambda v: isinstance(v, tuple) and all(item.accepts(each) for each in v),
    )


def table() -> Rule:
    """Accept any mapping."""
    return Rule("a table", lambda v: isinstance(v, Mapping))


def path() -> Rule:
    """Accept a file system path."""
    return Rule("a path", lambda v: isinstance(v, Path))
