"""Finds the line of a plugin's source that a fault belongs to."""

from __future__ import annotations

import ast
import inspect
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

from docgen_core.conformance.findings import Place

__all__ = ["Sources"]


class Sources:
    """The Python files of one plugin.

    Args:
        roots: The folders and files in which its code lives.
    """

    def __init__(self, roots: Iterable[Path]) -> None:
        self._roots = tuple(dict.fromkeys(str(root) for root in roots if root.exists()))
        self._trees: dict[str, ast.Module] = {}

    def owns(self, file: str) -> bool:
        """Say whether a file is the plugin's."""
        return any(file == root or file.startswith(root + os.sep) for root in self._roots)

    def files(self) -> Iterator[Path]:
        """Give every Python file of the plugin."""
        for root in map(Path, self._roots):
            yield from sorted(root.rglob("*.py")) if root.is_dir() else (root,)

    def tree(self, file: str) -> ast.Module:
        """Give a file's syntax tree; an empty one for a file that cannot be read or parsed."""
        if file not in self._trees:
            try:
                self._trees[file] = ast.parse(Path(file).read_bytes())
            except (OSError, SyntaxError, ValueError):
                self._trees[file] = ast.Module(body=[], type_ignores=[])
        return self._trees[file]

    def of_frame(self, frame: FrameType | None) -> Place:
        """Give the innermost line of the plugin on a call stack."""
        while frame is not None:
            if self.owns(frame.f_code.co_filename):
                return Place(frame.f_code.co_filename, frame.f_lineno)
            frame = frame.f_back
        return Place()

    def of_error(self, error: BaseException | None, otherwise: Place = Place()) -> Place:  # noqa: B008 - frozen
        """Give the innermost line of the plugin that an error passed through."""
        if isinstance(error, SyntaxError) and self.owns(error.filename or ""):
            return Place(error.filename or "", error.lineno or 0)
        found, trace = otherwise, None if error is None else error.__traceback__
        while trace is not None:
            found = self._of_trace(trace) or found
            trace = trace.tb_next
        return found

    def _of_trace(self, trace: TracebackType) -> Place | None:
        file = trace.tb_frame.f_code.co_filename
        return Place(file, trace.tb_lineno) if self.owns(file) else None

    def of_function(self, function: object) -> Place:
        """Give the line of a function's `def`, not that of its decorator."""
        unwrapped: Any = inspect.unwrap(function)  # type: ignore[arg-type] # any callable
        code = getattr(unwrapped, "__code__", None)
        if not isinstance(code, CodeType):
            return Place()
        for node in ast.walk(self.tree(code.co_filename)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == (
                code.co_name
            ):
                first = min((d.lineno for d in node.decorator_list), default=node.lineno)
                if first <= code.co_firstlineno <= node.lineno:
                    return Place(code.co_filename, node.lineno)
        return Place(code.co_filename, code.co_firstlineno)

    def of_class(self, cls: type, field: str = "") -> Place:
        """Give the line of a class, or of one of its fields."""
        try:
            file = inspect.getsourcefile(cls) or ""
        except TypeError:
            return Place()
        name = cls.__qualname__.rpartition(".")[2]
        for node in ast.walk(self.tree(file)):
            if isinstance(node, ast.ClassDef) and node.name == name:
                return Place(file, _field_line(node, field) or node.lineno)
        return Place(file)

    def of_call(self, file: str, name: str, given: str, keyword: str = "") -> Place:
        """Give the line of `name(id="given", ...)`, or of one keyword of that call.

        Args:
            file: The file to look in.
            name: The function's or class's name.
            given: The id in the call; a call whose id is computed fits any.
            keyword: The keyword whose line is wanted.
        """
        nodes = [node for node in ast.walk(self.tree(file)) if isinstance(node, ast.Call)]
        calls = [node for node in nodes if _called(node) == name]
        literal = [call for call in calls if _constant(_keywords(call).get("id")) == given]
        for call in literal or calls:
            value = _keywords(call).get(keyword)
            return Place(file, call.lineno if value is None else value.lineno)
        return Place(file)


def _field_line(node: ast.ClassDef, field: str) -> int:
    for each in node.body:
        targets: Sequence[ast.expr] = ()
        if isinstance(each, ast.AnnAssign):
            targets = (each.target,)
        elif isinstance(each, ast.Assign):
            targets = each.targets
        if any(isinstance(target, ast.Name) and target.id == field for target in targets):
            return each.lineno
    return 0


def _called(node: ast.Call) -> object:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _keywords(node: ast.Call) -> dict[str | None, ast.expr]:
    return {each.arg: each.value for each in node.keywords}


def _constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None
