"""Checks of what importing a plugin costs and does."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Final

from docgen_core.conformance.findings import Finding, Place
from docgen_core.conformance.places import Sources
from docgen_core.conformance.probe import Act, Probe
from docgen_core.plugins import isolate

__all__ = ["HEAVY", "check_import", "check_private_imports", "hanging_place"]

#: What a plugin may import besides docgen_core.api, its own modules and the standard library.
_ALLOWED: Final = frozenset({"attr", "attrs", "pluggy", "docgen_core"})

#: Parts of the standard library that take longer to import than docgen itself may.
HEAVY: Final = frozenset(
    {
        *("asyncio", "concurrent", "ctypes", "doctest", "email", "ftplib", "http"),
        *("imaplib", "importlib.metadata", "multiprocessing", "pdb", "pydoc"),
        *("smtplib", "socketserver", "sqlite3", "ssl", "subprocess", "tarfile", "tkinter"),
        *("unittest", "urllib.request", "xml", "xmlrpc", "zipfile"),
    }
)
_API: Final = "docgen_core.api"


def check_import(
    module: str, sources: Sources, probe: Probe, *, seconds: float, light: bool
) -> Iterator[Finding]:
    """Import a module for the first time in this process and tell what that did.

    Args:
        module: The dotted name.
        sources: The plugin's files.
        probe: Watches meanwhile.
        seconds: How long it may take.
        light: Whether it is imported for every listing, and so must import nothing heavy.
    """
    probe.watch(forbid=False)
    outcome = isolate.call(
        lambda: importlib.import_module(module), timeout=seconds, label=f"import {module}"
    )
    acts = probe.stop()
    if outcome.output_size:
        place = _start_of(module)
        yield Finding.at(place, "DG206", f"importing {module} prints {outcome.output_size:,} bytes")
    if outcome.timed_out:
        place = hanging_place(f"import {module}", sources)
        message = f"importing {module} is not done after {seconds:g} s"
        yield Finding.at(place, "DG202", message)
    failed = None if outcome.ok or outcome.timed_out else _failed(module, sources, outcome)
    # An import that fails is told as that, not as heavy, too.
    told = set() if failed is None else {Place(failed.file, failed.line)}
    if light:
        yield from _budget(acts, sources, told)
    for act in acts:
        if act.kind != "import":
            yield Finding.at(act.place, "DG205", f"importing it acts on the machine: {act.what}")
    if failed is not None:
        yield failed


def hanging_place(label: str, sources: Sources) -> Place:
    """Find the line at which a call that was left behind stands."""
    import threading

    for thread in threading.enumerate():
        if thread.name == f"docgen:{label}" and thread.ident is not None:
            frames = sys._current_frames()  # noqa: SLF001 - the documented way to other threads
            return sources.of_frame(frames.get(thread.ident))
    return Place()


def check_private_imports(sources: Sources) -> Iterator[Finding]:
    """Look for imports of the core that are not its public interface, in every file."""
    for path in sources.files():
        for node in ast.walk(sources.tree(str(path))):
            for name in _core_imports(node):
                message = f"it imports {name}, which is not part of {_API}"
                yield Finding.at(Place(str(path), getattr(node, "lineno", 0)), "DG204", message)


def _core_imports(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
        yield from (name for name in names if name.split(".")[0] == "docgen_core" != name)
    elif isinstance(node, ast.ImportFrom) and not node.level and node.module is not None:
        if node.module == "docgen_core":
            yield from (f"docgen_core.{a.name}" for a in node.names if a.name != "api")
        elif node.module.startswith("docgen_core.") and node.module != _API:
            yield node.module


def _failed(module: str, sources: Sources, outcome: isolate.Outcome[ModuleType]) -> Finding:
    error = outcome.error
    if isinstance(error, ModuleNotFoundError) and f"{module}.".startswith(f"{error.name}."):
        return Finding.at(Place(), "DG104", f"there is no module {module!r}")
    message = f"importing {module} {outcome.reason}"
    return Finding.at(sources.of_error(error, _start_of(module)), "DG201", message)


def _budget(acts: Sequence[Act], sources: Sources, told: set[Place]) -> Iterator[Finding]:
    for act in acts:
        heavy = act.kind == "import" and _is_heavy(act.name, sources)
        if heavy and act.place not in told:
            told.add(act.place)
            yield Finding.at(act.place, "DG203", f"importing it imports {act.name}")


def _is_heavy(name: str, sources: Sources) -> bool:
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names:
        return top in HEAVY or name in HEAVY
    return top not in _ALLOWED and not _is_own(top, sources)


def _is_own(top: str, sources: Sources) -> bool:
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return False
    return spec is not None and (
        sources.owns(spec.origin or "") or any(map(sources.owns, _places(spec)))
    )


def _places(spec: importlib.machinery.ModuleSpec) -> Sequence[str]:
    return tuple(spec.submodule_search_locations or ())


def _start_of(module: str) -> Place:
    found = sys.modules.get(module)
    return Place(getattr(found, "__file__", None) or "", 1)
