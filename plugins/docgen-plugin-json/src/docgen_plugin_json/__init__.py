"""The format `json`: the whole pack as data, for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import attrs

from docgen_core.api import Document

__all__ = ["JsonExporter", "JsonSettings", "exporter"]


@attrs.frozen(kw_only=True)
class JsonSettings:
    """What users may set under `[settings.json]`.

    Attributes:
        indent: Spaces of each level; 0 writes everything on one line.
        nodes: Whether the text is there as nodes too, besides Markdown.
    """

    indent: int = attrs.field(
        default=2,
        validator=[attrs.validators.ge(0), attrs.validators.le(8)],
        metadata={"help": "Spaces of each level (0 to 8); 0 writes everything on one line."},
    )
    nodes: bool = attrs.field(
        default=True, metadata={"help": "Have the text as nodes too, besides Markdown."}
    )


@attrs.frozen
class JsonExporter:
    """Writes the data."""

    suffix: str = ".json"
    settings: type[JsonSettings] = JsonSettings

    def export(
        self, document: Document, target: Path, settings: JsonSettings | None = None
    ) -> None:
        """Write `document` to `target`.

        Args:
            document: The merged document.
            target: The file to write.
            settings: The user's settings; None for the defaults.
        """
        import json

        from docgen_plugin_json.data import pack_of

        chosen = settings or JsonSettings()
        text = json.dumps(
            pack_of(document, with_nodes=chosen.nodes),
            ensure_ascii=False,
            allow_nan=False,
            indent=chosen.indent or None,
        )
        # A half of a surrogate pair cannot be written; a question mark can.
        target.write_text(text + "\n", encoding="utf-8", errors="replace", newline="\n")


exporter: Final = JsonExporter()
