"""`docgen export`: further formats of a document that is there already."""

from __future__ import annotations

from pathlib import Path

import click

from docgen_core.cli.options import common_options, format_option
from docgen_core.cli.session import Session

__all__ = ["export"]

_HELP = """Write the document of an output folder in further formats, without a server.

OUT is a folder that `docgen generate` wrote. Its document.md is taken as it stands, with what you
edited in it. Formats are plugins: `docgen plugins` lists those that are installed. How each looks
is set under [settings.FORMAT] in docgen.toml.

\b
Examples:
  docgen export output/my-project -F html
  docgen export output/my-project -F docx -F pdf
"""


@click.command(help=_HELP)
@click.argument("out", type=click.Path(path_type=Path))
@format_option(required=True, help_text="The format to write; may be given again.")
@common_options
def export(session: Session, out: Path, formats: tuple[str, ...]) -> int:
    """Export, then name the files and what failed."""
    from docgen_core.cli.output import note
    from docgen_core.cli.text import one_line
    from docgen_core.engine.export_folder import export_folder

    loaded = session.settings()
    done = export_folder(
        out,
        formats,
        registry=session.registry(loaded),
        tables=loaded.config.settings,
        settings_folder=loaded.config.settings_folder,
    )
    for warning in done.warnings:
        note(f"docgen: warning: {one_line(warning)}")
    for error in done.errors:
        note(f"docgen: error: {one_line(error.message.rstrip('.'))}. {error.hint}")
    if session.output.json:
        session.output.document(
            {
                "files": [str(file) for file in done.files],
                "warnings": list(done.warnings),
                "errors": [{"message": error.message, "hint": error.hint} for error in done.errors],
            }
        )
    for file in done.files:
        session.output.line(str(file))
    return done.exit_code
