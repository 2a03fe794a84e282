"""Compiles templates with jinja2 and renders those that came with installed packages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

import attrs

from docgen_core.templating.filters import FILTERS

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.nodes import Template as TemplateNode

    from docgen_core.templating.sources import Found

__all__ = [
    "OPTIONS",
    "OUTPUT_LIMIT",
    "REMOVED_GLOBALS",
    "Fault",
    "OutputTooLargeError",
    "locate",
    "make_environment",
    "make_reader",
    "parse",
    "render_bounded",
]

#: The most bytes that one template may write.
OUTPUT_LIMIT: Final = 10_000_000

#: What every environment has in common, in this process and in the jail.
OPTIONS: Final[Mapping[str, Any]] = {
    "autoescape": False,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
    "auto_reload": False,
}

#: Globals of jinja2 that templates for documents do not need.
REMOVED_GLOBALS: Final = ("lipsum", "cycler", "joiner")


class OutputTooLargeError(Exception):
    """A template wrote more than `OUTPUT_LIMIT` bytes."""


@attrs.frozen(kw_only=True)
class Fault:
    """What is wrong with a template, and where.

    Attributes:
        message: What is wrong, without a full stop.
        file: The file, or empty when unknown.
        line: The line in it, from 1, or 0 when unknown.
    """

    message: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.message}" if place else self.message


def make_environment(find: Callable[[str], Found | None]) -> Environment:
    """Make the environment for templates that are trusted as their package's code is.

    Args:
        find: Gives a template by name. One that is not trusted is refused: whoever renders has
            chosen this environment because none takes part.
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from jinja2.exceptions import SecurityError

    def load(name: str) -> tuple[str, str | None, None] | None:
        found = find(name)
        if found is not None and not found.trusted:
            msg = f"{found.path} takes part in a template of an installed package"
            raise SecurityError(msg)
        return None if found is None else (found.text, found.path, None)

    class FieldsFirst(Environment):
        """Reads `words.items` as the word of that name, not as the method of dict."""

        def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401
            if isinstance(obj, dict) and attribute in obj:
                return obj[attribute]
            return super().getattr(obj, attribute)

    # Escaping belongs to HTML; what is written here is Markdown.
    environment = FieldsFirst(loader=FunctionLoader(load), undefined=StrictUndefined, **OPTIONS)
    for name in REMOVED_GLOBALS:
        environment.globals.pop(name, None)
    environment.filters.update(FILTERS)
    return environment


def make_reader() -> Environment:
    """Make the environment in which templates are parsed and compiled, but never rendered.

    Compiling is not harmless by itself: jinja2 computes constant expressions meanwhile, and
    `'x' * 10 ** 10` is one. Here every operator, filter and test waits for a run that never comes.
    """
    from jinja2 import pass_context
    from jinja2.sandbox import SandboxedEnvironment

    @pass_context
    def wait(*_arguments: object) -> None:
        """Depend on the run, so that nothing can be computed before."""

    class Reader(SandboxedEnvironment):
        intercepted_binops = frozenset(SandboxedEnvironment.default_binop_table)

    reader = Reader(**OPTIONS)
    reader.filters.update(FILTERS)
    for table in (reader.filters, reader.tests):
        table.update(dict.fromkeys(table, wait))
    for name in REMOVED_GLOBALS:
        reader.globals.pop(name, None)
    return reader


def parse(reader: Environment, found: Found) -> TemplateNode | Fault:
    """Parse and compile a template, without running it."""
    from jinja2 import TemplateSyntaxError

    try:
        tree = reader.parse(found.text, found.name, found.path)
        reader.compile(tree, found.name, found.path)
    except TemplateSyntaxError as error:
        return Fault(message=str(error.message), file=found.path, line=error.lineno)
    except RecursionError:
        return Fault(message="it is nested too deeply to be compiled", file=found.path)
    return tree


def render_bounded(environment: Environment, name: str, variables: Mapping[str, Any]) -> str:
    """Render a template, stopping when it writes too much.

    Raises:
        OutputTooLargeError: it wrote more than `OUTPUT_LIMIT` bytes.
    """
    pieces: list[str] = []
    size = 0
    for piece in environment.get_template(name).generate(variables):
        size += len(piece.encode("utf-8", errors="replace"))
        if size > OUTPUT_LIMIT:
            msg = f"it writes more than {OUTPUT_LIMIT:,} bytes"
            raise OutputTooLargeError(msg)
        pieces.append(piece)
    return "".join(pieces)


def locate(error: BaseException, reason: str, files: Iterable[str]) -> Fault:
    """Find the innermost line of a template that an error passed through.

    Args:
        error: What rendering raised.
        reason: The error as text, for kinds that need no better one.
        files: The files that take part.
    """
    from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError

    if isinstance(error, TemplateSyntaxError):
        return Fault(message=str(error.message), file=error.filename or "", line=error.lineno)
    if isinstance(error, TemplateNotFound):
        reason = f"there is no template {error.message!r}"
    elif isinstance(error, UndefinedError | OutputTooLargeError):
        reason = str(error)
    elif isinstance(error, RecursionError):
        reason = "it includes or calls itself without end"
    file, line = _innermost(error.__traceback__, frozenset(files))
    return Fault(message=reason, file=file, line=line)


def _innermost(trace: TracebackType | None, files: frozenset[str]) -> tuple[str, int]:
    found = ("", 0)
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name in files:
            found = (name, trace.tb_lineno)
        trace = trace.tb_next
    return found
