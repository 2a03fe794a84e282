"""The names that plugins and programs count on, compared with the list in tests/data."""

from __future__ import annotations

import difflib
import inspect
import os
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Final

import pytest

import docgen_core
from docgen_core import api, hookspecs, nodes, testing

_LIST: Final = Path(__file__).resolve().parents[1] / "data" / "public-interface.txt"
_MODULES: Final = (docgen_core, api, hookspecs, nodes, testing)
#: Names of a class that are its own matter: private ones, and the tests of a contract.
_UNPROMISED: Final = ("_", "test_")
_RENEW: Final = "DOCGEN_RENEW_INTERFACE"
_ADVICE: Final = f"""\
The public interface is another one than the list in {_LIST.name} says:

{{difference}}

- Lines that begin with - are taken away or changed: that breaks plugins. Keep them, or raise the
  first number of docgen_core.api.API_VERSION.
- Lines that begin with + are new: raise its second number, once for each release.

docs/versioning.md says which change is which. Then name the change in CHANGELOG.md under
"Hook API", and renew the list:

    {_RENEW}=1 python -m pytest tests/contract/test_public_interface.py
"""


def parameters(thing: object) -> str:
    """What a function or class is called with; `=` follows a name that may be left out."""
    marks: dict[object, str] = {
        inspect.Parameter.VAR_POSITIONAL: "*",
        inspect.Parameter.VAR_KEYWORD: "**",
    }
    words: list[str] = []
    for each in inspect.signature(thing).parameters.values():  # type: ignore[arg-type] # it is called below only with such
        if each.kind is inspect.Parameter.KEYWORD_ONLY and "*" not in words:
            words.append("*")
        optional = "" if each.default is inspect.Parameter.empty else "="
        words.append(f"{marks.get(each.kind, '')}{each.name}{optional}")
    return f"({', '.join(words)})"


def lines_of(name: str, thing: object) -> Iterator[str]:
    """A public name with its parameters, and those of the class that it may be."""
    if inspect.isfunction(thing):
        yield f"{name}{parameters(thing)}"
        return
    if not inspect.isclass(thing):
        yield name
        return
    # Nobody calls a protocol, and how an enumeration is called depends on Python.
    called = not (getattr(thing, "_is_protocol", False) or issubclass(thing, Enum))
    yield f"{name}{parameters(thing) if called else ''}"
    own = [base for base in thing.__mro__ if base.__module__.startswith("docgen_core")]
    for member in sorted({each for base in own for each in vars(base)}):
        if member.startswith(_UNPROMISED):
            continue
        found = inspect.getattr_static(thing, member)
        function = getattr(found, "__func__", found)
        known = parameters(function) if inspect.isfunction(function) else ""
        yield f"{name}.{member}{known}"


def interface() -> list[str]:
    """One line for each name, module by module."""
    number = ".".join(map(str, api.API_VERSION))
    lines = [f"hook API {number}"]
    for module in _MODULES:
        for name in sorted(module.__all__):
            lines += lines_of(f"{module.__name__}.{name}", getattr(module, name))
    return lines


def test_the_public_interface_is_the_one_that_is_listed() -> None:
    """A change of it needs a new number; see docs/versioning.md."""
    now = interface()
    if os.environ.get(_RENEW):
        _LIST.write_text("\n".join(now) + "\n", encoding="utf-8")
    listed = _LIST.read_text(encoding="utf-8").splitlines()
    if now != listed:
        changes = difflib.unified_diff(listed, now, "listed", "now", n=0, lineterm="")
        pytest.fail(_ADVICE.format(difference="\n".join(changes)), pytrace=False)


def test_names_are_offered_once() -> None:
    """And nothing is listed that is not there."""
    for module in _MODULES:
        assert len(set(module.__all__)) == len(module.__all__)
        assert all(hasattr(module, name) for name in module.__all__)
