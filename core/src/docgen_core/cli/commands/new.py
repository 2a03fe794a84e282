"""`docgen new`: begins a plugin of one's own."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session

__all__ = ["new"]

_HELP = """Begin a plugin of your own.

A plugin is a Python package: one deliverable, several, or a pack that acts on all of them. What is
written installs and passes its own tests as it is; put your content in.

\b
Examples:
  docgen new deliverable
  docgen new deliverable --no-input id=risk_log
"""

_DELIVERABLE_HELP = """Write the folder of a new plugin, ready to be installed and tested.

On a terminal you are asked for what is not given as KEY=VALUE. The keys are: id, title, summary,
parts (the ids, for several), needs, answer (structured or free), acts_as (for a pack:
house_style, legal_footer or glossary), distribution, author, licence (Apache-2.0, MIT or
Proprietary). It needs cookiecutter: pip install "docgen-core[new]"

\b
Examples:
  docgen new deliverable
  docgen new deliverable --no-input id=risk_log needs=glossary
  docgen new deliverable --variant several id=adr parts=adr_context,adr_decisions
  docgen new deliverable --variant pack id=acme_style acts_as=house_style
"""


@click.group(help=_HELP, invoke_without_command=True)
@click.pass_context
@common_options
def new(session: Session, ctx: click.Context) -> None:
    """Show the help when nothing was named."""
    if ctx.invoked_subcommand is None:
        session.output.line(ctx.get_help())
        if session.output.json:
            session.output.document({"commands": sorted(new.commands)})


@new.command("deliverable", help=_DELIVERABLE_HELP)
@click.argument("answers", nargs=-1, metavar="[KEY=VALUE]...")
@click.option(
    "--variant",
    type=click.Choice(["one", "several", "pack"]),
    help="One deliverable, several in one package, or a pack that acts on all.  [default: one]",
)
@click.option("--no-input", is_flag=True, help="Ask nothing; take the defaults.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="DIR",
    help="Folder in which the plugin's folder is made.  [default: the current one]",
)
@common_options
def new_deliverable(
    session: Session, answers: tuple[str, ...], variant: str | None, *, no_input: bool, output: Path
) -> None:
    """Collect the answers, write the folder, and say what comes next."""
    from docgen_core.cli.scaffold import write_scaffold

    given = _answers(answers)
    if variant is not None:
        given["variant"] = variant
    ask = not (no_input or session.output.json) and sys.stdin.isatty()
    folder = write_scaffold(given, output, ask=ask)
    if session.output.json:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        names = [path.relative_to(folder).as_posix() for path in files]
        session.output.document({"folder": str(folder), "files": names})
    for line in _next_steps(_shown(folder)):
        session.output.line(line)


def _answers(pairs: tuple[str, ...]) -> dict[str, str]:
    from docgen_core.errors import UsageError

    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        msg = f"{wrong[0]!r} is not of the form KEY=VALUE"
        raise UsageError(msg, hint="For instance: docgen new deliverable id=risk_log")
    return {key.strip(): value for key, _, value in (pair.partition("=") for pair in pairs)}


def _shown(folder: Path) -> Path:
    """The folder as a user would name it from here."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _next_steps(folder: Path) -> tuple[str, ...]:
    return (
        f"Made {folder}. Next:",
        f"  pip install -e {folder} pytest",
        f"  python -m pytest -q {folder}",
        "  docgen plugins",
    )
