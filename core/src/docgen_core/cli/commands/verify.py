"""`docgen verify`: is everything in an output folder as docgen left it?"""

from __future__ import annotations

from pathlib import Path

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session
from docgen_core.cli.text import columns, count

__all__ = ["verify"]

_HELP = """Check that an output folder is as docgen left it.

OUT is a folder that `docgen generate` wrote. Every file that docgen keeps there is compared with
its hash; a single changed byte is found and its file named. A section or document that differs is
called edited, docgen's own records damaged. After the next `docgen generate`, which keeps your
edits, an edited section counts as it stands.

\b
Exit code: 0 when all is unchanged, 6 otherwise.

\b
Examples:
  docgen verify output/my-project
  docgen verify output/my-project --json | jq -r '.files[] | select(.state == "damaged") | .file'
"""


@click.command(help=_HELP)
@click.argument("out", type=click.Path(path_type=Path))
@common_options
def verify(session: Session, out: Path) -> int:
    """Compare, and list what is not as it was."""
    from docgen_core.errors import FileError
    from docgen_core.store.verify import FileState
    from docgen_core.store.verify import verify as compare

    findings = compare(out)
    amiss = [finding for finding in findings if finding.state is not FileState.UNCHANGED]
    sound = all(finding.sound for finding in findings)
    if session.output.json:
        files = [{"file": finding.file, "state": finding.state.value} for finding in findings]
        session.output.document({"folder": str(out), "sound": sound, "files": files})
    for line in columns(("file", "state"), [(x.file, x.state) for x in amiss]) if amiss else ():
        session.output.line(line)
    unchanged = count(len(findings) - len(amiss), "file")
    session.output.line(f"{unchanged} unchanged in {out}")
    return 0 if sound else FileError.exit_code
