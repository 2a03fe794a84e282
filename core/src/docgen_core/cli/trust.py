"""Asks once whether a settings file that was only found may name a server elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session

if TYPE_CHECKING:
    from docgen_core.settings import LoadedSettings
    from docgen_core.settings.trust import Claim, TrustedClaims

__all__ = ["ensure_trusted", "trust"]

_HELP = """Trust the settings file of this folder, or stop doing so.

docgen.toml may have come with somebody else's folder. When it names a server that is not on this
machine, docgen asks once before it sends anything there; where nobody can be asked, it refuses.
This command says yes beforehand. A file given with --config is yours and is never asked about.
"""


def ensure_trusted(session: Session, loaded: LoadedSettings) -> None:
    """Let a run begin only if the user stands behind the address.

    Args:
        session: Knows whether the file was named by the user.
        loaded: The settings of the run.

    Raises:
        UsageError: the file was only found, and nobody said yes.
    """
    from docgen_core.settings.trust import claim_of

    claim = None if session.config_file is not None else claim_of(loaded)
    if claim is None or claim in (trusted := _trusted()):
        return
    if session.output.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise claim.refusal()
    if not click.confirm(f"{claim}. Do you trust this file?", err=True, default=False):
        raise claim.refusal()
    trusted.add(claim)


@click.command("trust", help=_HELP)
@click.option("--undo", is_flag=True, help="Forget the yes; docgen asks again.")
@common_options
def trust(session: Session, *, undo: bool) -> None:
    """Say yes, or take it back, without a run."""
    from docgen_core.settings.trust import claim_of

    claim = claim_of(session.settings())
    if claim is None:
        session.output.line(
            "Nothing to trust: the server's address is your own or on this machine."
        )
    else:
        _settle(_trusted(), claim, undo=undo)
        word = "No longer trusted" if undo else "Trusted"
        session.output.line(f"{word}: {claim}.")
    if session.output.json:
        session.output.document(
            {
                "file": None if claim is None else str(claim.file),
                "address": None if claim is None else claim.address,
                "trusted": claim is not None and not undo,
            }
        )


def _settle(trusted: TrustedClaims, claim: Claim, *, undo: bool) -> None:
    if undo:
        trusted.remove(claim)
    else:
        trusted.add(claim)


def _trusted() -> TrustedClaims:
    from docgen_core.settings.trust import TrustedClaims, default_folder

    return TrustedClaims(default_folder())
