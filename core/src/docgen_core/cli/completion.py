"""Completes deliverable ids in the shell, from metadata alone."""

from __future__ import annotations

import click

__all__ = ["complete_ids"]


def complete_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Give the deliverable ids that begin with what was typed."""
    del param
    from docgen_core.cli.session import session_of
    from docgen_core.errors import DocgenError

    try:
        ids = session_of(ctx).registry().deliverable_ids()
    except DocgenError:  # broken settings: nothing to offer, and no place to say so
        return []
    return [key for key in ids if key.startswith(incomplete)]
