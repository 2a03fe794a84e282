"""`docgen validate`: are the templates of all deliverables usable?"""

from __future__ import annotations

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session

__all__ = ["validate"]

_HELP = """Check every document's template, and the one around them all, without a server.

Finds templates that are missing, malformed, or that use a variable which is never defined. Run
it after changing a template. The exit code is 3 when anything is wrong.

\b
Examples:
  docgen validate
  docgen validate --json | jq .valid
"""

_INVALID = 3


@click.command(help=_HELP)
@common_options
def validate(session: Session) -> int:
    """Validate and list what was found."""
    with session.engine() as engine:
        found = engine.validate_deliverable_templates()
    valid = all(each["is_valid"] for each in found.values())
    if session.output.json:
        session.output.document({"valid": valid, "deliverables": found})
    for key, each in found.items():
        session.output.line(f"{'ok ' if each['is_valid'] else 'BAD'}  {key}")
        for error in each["errors"]:
            session.output.line(f"       {error}")
    if not found:
        reason, _ = session.registry().why_no_deliverables()
        session.output.line(f"Nothing to check: {reason}.")
    return 0 if valid else _INVALID
