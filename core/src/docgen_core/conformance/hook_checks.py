"""Checks of which hooks a module has and what it says that it offers."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from itertools import islice
from types import ModuleType
from typing import Final

import attrs
import pluggy

from docgen_core import hookspecs
from docgen_core.api import PROJECT_NAME, Deliverable
from docgen_core.conformance.findings import Finding, Place
from docgen_core.conformance.places import Sources
from docgen_core.plugins import isolate
from docgen_core.plugins.facts import faults, is_api_version
from docgen_core.plugins.loader import incompatibility
from docgen_core.plugins.policy import suggest

__all__ = ["Hooks", "check_deliverables", "check_hooks", "read_hooks"]

_MOST: Final = 1_000


@attrs.frozen(kw_only=True, eq=False)
class Hooks:
    """The hooks of one module, as it wrote them.

    Attributes:
        module: The module.
        functions: The implementations, by the hook's name.
        manager: Holds them.
    """

    module: ModuleType
    functions: dict[str, pluggy.HookImpl]
    manager: pluggy.PluginManager
    doubled: tuple[pluggy.HookImpl, ...] = ()

    def place(self, hook: str, sources: Sources) -> Place:
        """Give the line of a hook's function; the module's first line when it has none."""
        found = self.functions.get(hook)
        start = Place(getattr(self.module, "__file__", None) or "", 1)
        return start if found is None else sources.of_function(found.function)


def read_hooks(module: ModuleType) -> Hooks:
    """Collect the functions of a module that are marked as hooks."""
    manager = pluggy.PluginManager(PROJECT_NAME)
    manager.register(module, module.__name__)
    functions: dict[str, pluggy.HookImpl] = {}
    doubled: list[pluggy.HookImpl] = []
    for caller in manager.get_hookcallers(module) or ():
        first, *others = caller.get_hookimpls()
        functions[caller.name] = first
        doubled += others
    return Hooks(module=module, functions=functions, manager=manager, doubled=tuple(doubled))


def check_hooks(hooks: Hooks, sources: Sources) -> Iterator[Finding]:
    """Check each hook against its specification."""
    for name, implementation in hooks.functions.items():
        place = hooks.place(name, sources)
        if name in hookspecs.__all__:
            yield from _check_function(name, implementation, place)
        elif not implementation.optionalhook:
            message = f"{name} is not a hook{suggest(name, hookspecs.__all__)}"
            yield Finding.at(place, "DG301", message)
    for implementation in hooks.doubled:
        place = sources.of_function(implementation.function)
        yield Finding.at(place, "DG303", "a hook is implemented more than once")


def _check_function(hook: str, implementation: pluggy.HookImpl, place: Place) -> Iterator[Finding]:
    known = inspect.signature(getattr(hookspecs, hook)).parameters
    for name in (*implementation.argnames, *implementation.kwargnames):
        if name not in known:
            message = f"{hook} has no argument {name!r}{suggest(name, known)}"
            yield Finding.at(place, "DG302", message)
    function = implementation.function
    parameters = inspect.signature(function).parameters.values()
    if implementation.wrapper or implementation.hookwrapper:
        yield Finding.at(place, "DG303", f"{hook} is a wrapper")
    elif inspect.iscoroutinefunction(function):
        yield Finding.at(place, "DG303", f"{hook} is an async function")
    if any(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters):
        yield Finding.at(place, "DG303", f"{hook} has keyword-only parameters")


def check_deliverables(
    hooks: Hooks, sources: Sources, *, seconds: float
) -> tuple[tuple[Deliverable, ...], tuple[Finding, ...]]:
    """Ask a module what it offers and check the facts.

    Returns:
        The deliverables that can be used, and what is wrong with the others.
    """
    place = hooks.place("get_deliverables", sources)
    if "get_deliverables" not in hooks.functions:
        message = "there is no function get_deliverables that is marked with @hookimpl"
        return (), (Finding.at(place, "DG305", message),)
    outcome = isolate.call(lambda: _ask(hooks.manager), timeout=seconds, label="get_deliverables")
    if outcome.value is None:
        place = sources.of_error(outcome.error, place)
        reason = outcome.reason
        return (), (Finding.at(place, "DG305", f"get_deliverables {reason}"),)
    found: list[Finding] = []
    good: list[Deliverable] = []
    for item in outcome.value:
        if isinstance(item, Deliverable):
            problems = list(_check_facts(item, hooks, sources))
            found += problems
            good += [] if problems else [item]
        else:
            message = f"get_deliverables returned {type(item).__name__} items"
            found.append(Finding.at(place, "DG305", message))
    if len({item.id for item in good}) < len(good):
        found.append(Finding.at(place, "DG305", "get_deliverables returned the same id twice"))
    return tuple(good), tuple(found)


def _ask(manager: pluggy.PluginManager) -> tuple[object, ...]:
    results = manager.hook.get_deliverables()
    if not results or not isinstance(results[0], Iterable):
        got = type(results[0]).__name__ if results else "None"
        msg = f"returned {got}, expected an iterable of Deliverable"
        raise TypeError(msg)
    return tuple(islice(results[0], _MOST))


def _check_facts(item: Deliverable, hooks: Hooks, sources: Sources) -> Iterator[Finding]:
    file = hooks.place("get_deliverables", sources).file
    if not is_api_version(item.api):
        place = sources.of_call(file, "Deliverable", item.id, "api")
        yield Finding.at(place, "DG307", f"{item.id}: api must be (major, minor), got {item.api!r}")
        return
    problem = incompatibility(item.api)
    if problem:
        place = sources.of_call(file, "Deliverable", item.id, "api")
        yield Finding.at(place, "DG307", f"{item.id}: {problem}")
    for fault in faults(item):
        keyword = fault.partition(" ")[0].partition(".")[0]
        place = sources.of_call(file, "Deliverable", item.id, keyword)
        yield Finding.at(place, "DG306", f"{item.id}: {fault}")
