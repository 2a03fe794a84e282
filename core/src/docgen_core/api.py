"""All that a plugin may import: the hook marker, the data classes, the protocols and the errors.

Importing this module loads attrs and pluggy and nothing heavier; a plugin that imports only this
at its top level keeps `docgen` quick to start. Everything else in `docgen_core` is private to the
core and may change without notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

import attrs
import pluggy

from docgen_core import nodes
from docgen_core.errors import (
    DocgenError,
    FileError,
    PluginError,
    ServerError,
    UsageError,
)
from docgen_core.form import Part, SectionForm, language_name
from docgen_core.model import (
    Brief,
    Deliverable,
    Document,
    Draft,
    Generation,
    HookContext,
    InputResult,
    Instructions,
    OutlineEntry,
    RunReport,
    Section,
    SectionFacts,
    TemplateRef,
    Usage,
)
from docgen_core.shape import Field, Identity, Reference
from docgen_core.tidy import tidy

__all__ = [
    "API_VERSION",
    "PROJECT_NAME",
    "Brief",
    "Deliverable",
    "DocgenError",
    "Document",
    "Draft",
    "Exporter",
    "Field",
    "FileError",
    "Generation",
    "HookContext",
    "Identity",
    "InputResult",
    "Instructions",
    "OutlineEntry",
    "Part",
    "PluginError",
    "Reference",
    "RunReport",
    "RunningServer",
    "Section",
    "SectionFacts",
    "SectionForm",
    "ServerError",
    "ServerOptions",
    "ServerProvider",
    "TemplateRef",
    "Usage",
    "UsageError",
    "code_parts",
    "draw_diagram",
    "hookimpl",
    "language_name",
    "nodes",
    "read_document",
    "tidy",
]

#: The pluggy project name.
PROJECT_NAME: Final = "docgen"

#: The hook API as (major, minor). A plugin runs when its major is equal and its minor not higher.
API_VERSION: Final = (1, 1)

#: Marks a function of a plugin module as the implementation of the hook of the same name.
hookimpl: Final = pluggy.HookimplMarker(PROJECT_NAME)


@attrs.frozen(kw_only=True)
class ServerOptions:
    """What a model server that docgen starts itself is asked for.

    Attributes:
        model: A model file or name, or None for the provider's own.
        context_length: Tokens per request (prompt and answer), or None for the provider's default.
        slots: Requests answered at the same time, or None for what suits the machine.
        settings: The user's `[settings.<server>]` table, as read.
        folder: The folder that relative paths in that table begin in; None for the current one.
        timeout: Seconds within which the server must answer.
    """

    model: str | None = None
    context_length: int | None = None
    slots: int | None = None
    settings: Mapping[str, Any] = attrs.field(factory=dict)
    folder: Path | None = None
    timeout: float = 60.0


@runtime_checkable
class RunningServer(Protocol):
    """A started model server. It must not outlive the process that started it."""

    @property
    def base_url(self) -> str:
        """The OpenAI-compatible root, ending in `/v1`."""

    @property
    def description(self) -> str:
        """One sentence for people: which model, and what to expect of it."""

    @property
    def generation(self) -> Generation:
        """Sampling defaults that suit the model; the user's explicit settings win."""

    def stop(self) -> None:
        """Stop it and wait until it is gone. Calling it again does nothing."""


@runtime_checkable
class ServerProvider(Protocol):
    """What an entry point of the group `docgen.servers` loads."""

    def start(self, options: ServerOptions) -> RunningServer:
        """Start a server on a free loopback port and wait until it answers.

        Raises:
            ServerError: it could not be started; the hint says what to install or change.
        """


@runtime_checkable
class Exporter(Protocol):
    """What an entry point of the group `docgen.exporters` loads."""

    @property
    def suffix(self) -> str:
        """The file name's ending, with its dot, for instance `.html`."""

    def export(self, document: Document, target: Path) -> tuple[str, ...] | None:
        """Write `document` to `target`, which docgen moves into place when this returns.

        An exporter with settings has an attribute `settings`, an attrs class, as well: docgen reads
        the user's `[settings.<format>]` table into it and calls
        `export(document, target, settings=...)`.

        Returns:
            What a reader should know about the file, one sentence each, or None.

        Raises:
            DocgenError: the document cannot be exported; nothing else is lost.
        """


def read_document(document: Document) -> nodes.Content:
    """Read a document as nodes that are safe to write in any format.

    Args:
        document: What an exporter was given.

    Returns:
        Its title page, body and footnotes; see `docgen_core.api.nodes`.
    """
    from docgen_core.document.read import read_document as read

    return read(document)


def code_parts(code: nodes.Code) -> tuple[nodes.CodePart, ...]:
    """Tell the parts of a block of code apart, to colour them.

    Args:
        code: The block.

    Returns:
        Keywords, strings, comments and so on, which make up the text again; one plain part when
        the language is not known, the text is very long, or `pygments` is not installed.
    """
    from docgen_core.code_parts import code_parts as parts

    return parts(code)


def draw_diagram(source: str, *, png_width: int = 0) -> nodes.Diagram | None:
    """Draw a Mermaid diagram, in a process of its own and without network.

    Args:
        source: The text of a code block whose language is `mermaid`.
        png_width: The width of a PNG in pixels, for formats that show no SVG; 0 for none.

    Returns:
        The drawing, or None when the text is no diagram or `mmdr` is not installed: an exporter
        then shows the text as code.
    """
    from docgen_core.diagrams import draw_diagram as draw

    return draw(source, png_width=png_width)
