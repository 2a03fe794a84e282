"""`docgen plugins doctor`: what is wrong with the plugins, and what to do about each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session
from docgen_core.cli.text import count

if TYPE_CHECKING:
    from docgen_core.engine import OrchestrationEngine
    from docgen_core.plugins import PluginInfo, Registry
    from docgen_core.settings import OrchestrationConfig

__all__ = ["check_plugins"]

_HELP = """Look for everything that is wrong with the plugins.

Every plugin is loaded, and its settings, its templates and what it needs are checked; no server is
contacted. Each finding says what to do. The exit code is 0 when all is well, otherwise 3.

\b
Examples:
  docgen plugins doctor
  docgen plugins doctor --json | jq '.problems[].remedy'
"""


class Finding(NamedTuple):
    """One thing that is wrong: with what, what, and what to do."""

    subject: str
    problem: str
    remedy: str


@click.command("doctor", help=_HELP)
@common_options
def check_plugins(session: Session) -> int:
    """Make every check and say what was found."""
    loaded = session.settings()
    with session.engine(loaded) as engine:
        infos = engine.registry.load_all()
        findings = tuple(_examine(engine, infos))
    if session.output.json:
        facts = [finding._asdict() for finding in findings]
        session.output.document({"ok": not findings, "problems": facts})
    for finding in findings:
        session.output.line(f"{finding.subject}: {finding.problem}")
        session.output.line(f"  {finding.remedy}")
    session.output.line(_summary(infos, findings))
    return 3 if findings else 0


def _summary(infos: tuple[PluginInfo, ...], findings: tuple[Finding, ...]) -> str:
    if findings:
        return f"\n{count(len(findings), 'problem')} in {count(len(infos), 'plugin')}."
    return f"{count(len(infos), 'plugin')}, nothing is wrong."


def _examine(engine: OrchestrationEngine, infos: tuple[PluginInfo, ...]) -> Iterator[Finding]:
    registry, config = engine.registry, engine.config
    yield from _broken(infos)
    yield from _told_by_metadata(registry, infos)
    active = _active_deliverables(infos)
    yield from _unmet_needs(registry, active)
    wrong = tuple(_wrong_settings(registry, config, infos))
    yield from wrong
    # A template is checked with the settings, so that wrong ones would be told once more.
    told = {finding.subject for finding in wrong}
    yield from _wrong_templates(engine, [key for key in active if f"[settings.{key}]" not in told])


def _active_deliverables(infos: Iterable[PluginInfo]) -> tuple[str, ...]:
    from docgen_core.plugins import DELIVERABLES, Status

    active = (info for info in infos if info.status is Status.ACTIVE)
    return tuple(info.name for info in active if info.group == DELIVERABLES)


def _broken(infos: Iterable[PluginInfo]) -> Iterator[Finding]:
    from docgen_core.plugins.listing import BROKEN, purpose

    for info in infos:
        if info.status in BROKEN:
            subject = f"{purpose(info)} of {info.release}"
            yield Finding(subject, f"{info.status.value}: {info.reason}", info.remedy)


def _told_by_metadata(registry: Registry, infos: Iterable[PluginInfo]) -> Iterator[Finding]:
    """Damaged or doubled packages, and names in the settings that nothing has."""
    from docgen_core.plugins.listing import broken

    told = broken(infos)
    for warning in registry.warnings():
        if warning not in told:
            text, _, remedy = warning.partition(" To tidy up: ")
            fallback = "Correct the name in the settings, or install the package again."
            yield Finding("packages", text.rstrip("."), remedy or fallback)


def _unmet_needs(registry: Registry, active: Iterable[str]) -> Iterator[Finding]:
    from docgen_core.plugins.listing import pip_hint

    offered = registry.deliverable_ids()
    for key in active:
        for need in registry.deliverable(key).needs:
            if need not in offered:
                problem = f"needs {need!r}, which nothing offers or which is switched off"
                yield Finding(f"deliverable {key!r}", problem, pip_hint(need, offered))


def _wrong_settings(
    registry: Registry, config: OrchestrationConfig, infos: Iterable[PluginInfo]
) -> Iterator[Finding]:
    from docgen_core.errors import SettingsError

    names = {info.name for info in infos}
    active = _active_deliverables(infos)
    for key, problem in registry.unknown_tables(config.settings).items():
        yield Finding(f"[settings.{key}]", problem, "Correct the name, or remove the table.")
    for key in config.settings:
        if key in active:
            try:
                _structure(registry.deliverable(key).settings, config, key)
            except SettingsError as error:
                remedy = f"`docgen config settings {key}` shows what may be set."
                yield from (Finding(f"[settings.{key}]", line, remedy) for line in error.problems)
    for key, provider in config.providers.items():
        if key not in names:
            problem = f"{provider!r} is chosen for {key!r}, which no installed plugin offers"
            yield Finding(f"[deliverables.{key}]", problem, "Install it, or remove the table.")


def _structure(cls: type[Any] | None, config: OrchestrationConfig, key: str) -> None:
    from docgen_core.errors import SettingsError
    from docgen_core.settings import structure_settings

    if cls is None:
        raise SettingsError((f"settings.{key}: {key} has no settings",))
    folder = config.settings_folder
    structure_settings(cls, config.settings[key], path=f"settings.{key}", folder=folder)


def _wrong_templates(engine: OrchestrationEngine, active: Iterable[str]) -> Iterator[Finding]:
    for key, verdict in engine.validate_deliverable_templates().items():
        if key in active or key.endswith(".j2"):
            for problem in verdict["errors"]:
                remedy = "`docgen templates which` names the file in use; correct it there."
                yield Finding(f"template of {key!r}", problem, remedy)
