"""Imports one plugin module, validates its hooks and learns what it offers, all of it contained.

Each module gets a pluggy manager of its own. One that fails validation is thrown away with its
manager, so that one misspelt hook cannot spoil the others.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from types import ModuleType
from typing import Any, Final

import attrs
import pluggy

from docgen_core import hookspecs
from docgen_core.api import API_VERSION, PROJECT_NAME, Deliverable
from docgen_core.plugins import isolate
from docgen_core.plugins.facts import faults, is_api_version
from docgen_core.plugins.isolate import Function, Outcome, T
from docgen_core.plugins.policy import suggest
from docgen_core.plugins.status import Status
from docgen_core.structure.counts import check_counts
from docgen_core.structure.slots import check_schema

__all__ = [
    "LoadFailure",
    "LoadedObject",
    "LoadedPlugin",
    "incompatibility",
    "load_object",
    "load_plugin",
]

#: More deliverables than this from one module mean an endless generator.
_MOST_DELIVERABLES: Final = 1_000


@attrs.frozen(kw_only=True, eq=False)
class LoadedPlugin:
    """A plugin module whose hooks are valid.

    Attributes:
        module: The module's name.
        package: The package that holds its `templates` folder; empty for a lone module.
        hooks: The hooks that it implements, sorted.
        deliverables: What it offers, in its own order.
    """

    module: str
    package: str
    hooks: tuple[str, ...]
    deliverables: tuple[Deliverable, ...]
    _manager: pluggy.PluginManager

    def find(self, deliverable: str) -> Deliverable | None:
        """Give the deliverable with this id, or None."""
        return next((item for item in self.deliverables if item.id == deliverable), None)

    def call(self, hook: str, **arguments: object) -> object:
        """Call a hook of this one module; None when it does not implement it.

        This runs foreign code in the current thread: only `Dispatcher` calls it, in isolation.
        """
        results = getattr(self._manager.hook, hook)(**arguments)
        return results[0] if results else None


@attrs.frozen(kw_only=True, eq=False)
class LoadedObject:
    """What an exporter, server or command entry point loaded."""

    value: object


@attrs.frozen(kw_only=True, eq=False)
class LoadFailure:
    """Why a plugin module cannot be used.

    Attributes:
        status: `Status.FAILED` or `Status.INCOMPATIBLE`.
        reason: What is wrong, as one line.
        error: What was raised, or None.
        hooks: The names that its module marks as hooks, as far as it could be imported.
    """

    status: Status
    reason: str
    error: BaseException | None = None
    hooks: tuple[str, ...] = ()


class _RefusalError(Exception):
    """The module was imported, but it is not a valid plugin."""

    def __init__(self, reason: str, status: Status = Status.FAILED) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def incompatibility(api: tuple[int, int]) -> str:
    """Say why a plugin written for hook API `api` cannot run here; empty when it can."""
    major, minor = API_VERSION
    if api[0] == major and api[1] <= minor:
        return ""
    return f"it was written for hook API {api[0]}.{api[1]}, and this docgen speaks {major}.{minor}"


def load_plugin(module: str, *, timeout: float) -> LoadedPlugin | LoadFailure:
    """Import a module of hooks and validate it.

    Args:
        module: The dotted name to import.
        timeout: Seconds that importing and asking it may take.
    """
    outcome = _run(lambda: _load(module), module, timeout)
    if outcome.value is not None:
        return outcome.value
    return attrs.evolve(_failure(outcome), hooks=_marked(sys.modules.get(module)))


def _marked(module: ModuleType | None) -> tuple[str, ...]:
    """Name what a module marks as hooks, without running any of its code."""
    values = () if module is None else tuple(vars(module).values())
    marker = f"{PROJECT_NAME}_impl"
    marked = (each for each in values if inspect.isfunction(each) and marker in vars(each))
    return tuple(sorted({function.__name__ for function in marked}))


def load_object(
    module: str, attribute: str, *, expected: type | None, timeout: float
) -> LoadedObject | LoadFailure:
    """Import a module and give an attribute of it; a class is called to make its instance.

    Args:
        module: The dotted name to import.
        attribute: The dotted attribute; empty for the module itself.
        expected: What it must be an instance of, or None for anything.
        timeout: Seconds that it may take.
    """
    outcome = _run(lambda: _resolve(module, attribute, expected), module, timeout)
    return outcome.value if outcome.value is not None else _failure(outcome)


def _run(load: Function[T], label: str, timeout: float) -> Outcome[T]:
    folder = isolate.working_folder()
    outcome = isolate.call(load, timeout=timeout, label=f"load {label}")
    isolate.return_to(folder)
    return outcome


def _failure(outcome: Outcome[T]) -> LoadFailure:
    if isinstance(outcome.error, _RefusalError):
        return LoadFailure(status=outcome.error.status, reason=outcome.error.reason)
    reason = f"loading it {outcome.reason}"
    return LoadFailure(status=Status.FAILED, reason=reason, error=outcome.error)


def _resolve(module: str, attribute: str, expected: type | None) -> LoadedObject:
    found: object = importlib.import_module(module)
    for part in filter(None, attribute.split(".")):
        found = getattr(found, part)
    if isinstance(found, type):
        found = found()
    if expected is not None and not isinstance(found, expected):
        msg = f"it loads a {type(found).__name__}, expected a {expected.__name__}"
        raise _RefusalError(msg)
    return LoadedObject(value=found)


def _load(name: str) -> LoadedPlugin:
    module = importlib.import_module(name)
    manager = pluggy.PluginManager(PROJECT_NAME)
    manager.register(module, name)
    # The hooks are asked before they are checked: a plugin for a newer API may use hooks and
    # arguments that this core lacks, and "incompatible" tells its user more than "unknown hook".
    deliverables = _ask_deliverables(manager)
    hooks = _validate(manager, module, deliverables)
    return LoadedPlugin(
        module=name,
        package=_package(module),
        hooks=hooks,
        deliverables=deliverables,
        manager=manager,
    )


def _package(module: ModuleType) -> str:
    return module.__name__ if hasattr(module, "__path__") else module.__name__.rpartition(".")[0]


def _ask_deliverables(manager: pluggy.PluginManager) -> tuple[Deliverable, ...]:
    caller = getattr(manager.hook, "get_deliverables", None)
    if caller is None:
        return ()
    results = caller()
    if not results or not isinstance(results[0], Iterable):
        got = type(results[0]).__name__ if results else "None"
        msg = f"get_deliverables returned {got}, expected an iterable of Deliverable"
        raise _RefusalError(msg)
    found = tuple(islice(results[0], _MOST_DELIVERABLES + 1))
    if len(found) > _MOST_DELIVERABLES:
        msg = f"get_deliverables returned more than {_MOST_DELIVERABLES} deliverables"
        raise _RefusalError(msg)
    for item in found:
        _check_deliverable(item)
    if len({item.id for item in found}) < len(found):
        msg = "get_deliverables returned the same id twice"
        raise _RefusalError(msg)
    return found


def _check_deliverable(item: object) -> None:
    if not isinstance(item, Deliverable):
        msg = f"get_deliverables returned {type(item).__name__} items, expected Deliverable"
        raise _RefusalError(msg)
    if not is_api_version(item.api):
        msg = f"deliverable {item.id!r}: api must be (major, minor), got {item.api!r}"
        raise _RefusalError(msg)


def _validate(
    manager: pluggy.PluginManager, module: ModuleType, deliverables: tuple[Deliverable, ...]
) -> tuple[str, ...]:
    """Check the hooks against their specifications and give their names."""
    for item in deliverables:
        too_new = incompatibility(item.api)
        if too_new:
            raise _RefusalError(too_new, Status.INCOMPATIBLE)
        _check_facts(item)
    try:
        manager.add_hookspecs(hookspecs)
    except pluggy.PluginValidationError as error:
        msg = " ".join(str(error).split())
        raise _RefusalError(msg) from error
    callers = manager.get_hookcallers(module) or []
    for problem in _problems(callers):
        raise _RefusalError(problem)
    hooks = tuple(sorted(caller.name for caller in callers))
    if deliverables and "get_instructions" not in hooks:
        msg = "it offers deliverables but implements no get_instructions"
        raise _RefusalError(msg)
    return hooks


def _check_facts(item: Deliverable) -> None:
    for fault in faults(item):
        msg = f"deliverable {item.id!r}: {fault}"
        raise _RefusalError(msg)
    problems = [] if item.schema is None else _schema_problems(item.schema, item.settings)
    if problems:
        msg = f"the schema of deliverable {item.id!r}: " + "; ".join(problems)
        raise _RefusalError(msg)


def _schema_problems(schema: type[Any], settings: type[Any] | None) -> list[str]:
    return check_schema(schema) or check_counts(schema, settings)


def _problems(callers: Iterable[pluggy.HookCaller]) -> Iterator[str]:
    for caller in callers:
        implementations = caller.get_hookimpls()
        if not caller.has_spec():
            if not all(implementation.optionalhook for implementation in implementations):
                yield f"{caller.name} is not a hook{suggest(caller.name, hookspecs.__all__)}"
            continue
        if len(implementations) > 1:
            yield f"it implements {caller.name} more than once"
        for implementation in implementations:
            yield from _implementation_problems(caller.name, implementation)


def _implementation_problems(hook: str, implementation: pluggy.HookImpl) -> Iterator[str]:
    if implementation.wrapper or implementation.hookwrapper:
        yield f"{hook} is a wrapper; docgen has none, packs act in the user's order instead"
        return
    function = implementation.function
    if inspect.iscoroutinefunction(function):
        yield f"{hook} is an async function; hooks are plain functions"
    parameters = inspect.signature(function).parameters.values()
    if any(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters):
        yield f"{hook} has keyword-only parameters, which hooks cannot have"
