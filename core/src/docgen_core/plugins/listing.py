"""Turns what is known about a plugin into its status and into sentences for people."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from docgen_core.plugins.discovery import (
    COMMANDS,
    DELIVERABLES,
    EXPORTERS,
    PACKS,
    SERVERS,
    EntryPoint,
    normalise,
)
from docgen_core.plugins.loader import LoadedObject, LoadedPlugin, LoadFailure
from docgen_core.plugins.policy import PluginPolicy
from docgen_core.plugins.status import PluginInfo, Status

__all__ = [
    "BROKEN",
    "Verdict",
    "broken",
    "describe",
    "judge",
    "kind",
    "noun",
    "pip_hint",
    "purpose",
    "sentence",
]

#: The states of a plugin that somebody has to do something about.
BROKEN: Final = frozenset({Status.FAILED, Status.INCOMPATIBLE, Status.CONFLICT})

_NOUNS: Final = {
    DELIVERABLES: "deliverable",
    PACKS: "pack",
    EXPORTERS: "export format",
    SERVERS: "server",
    COMMANDS: "command",
}
_DELIVERABLE_ID: Final = re.compile(r"[a-z][a-z0-9_]*")
_OTHER_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*")
_MODULE: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


@attrs.frozen(kw_only=True)
class Verdict:
    """What the metadata and the settings say about an entry point, before anything is loaded."""

    status: Status = Status.AVAILABLE
    reason: str = ""
    remedy: str = ""


def noun(group: str) -> str:
    """Say in one or two words what a group's entry points are."""
    return _NOUNS[group]


def kind(point: EntryPoint) -> str:
    """Say how an entry point loads: a module of hooks, once for all groups, or an object."""
    return "hooks" if point.group in {DELIVERABLES, PACKS} else point.group


def judge(points: Sequence[EntryPoint], policy: PluginPolicy) -> dict[EntryPoint, Verdict]:
    """Give a verdict for every entry point from metadata and settings alone."""
    verdicts = {point: _judge_alone(point, policy) for point in points}
    rivals: dict[tuple[str, str], list[EntryPoint]] = defaultdict(list)
    for point, verdict in verdicts.items():
        if verdict.status is Status.AVAILABLE:
            rivals[point.group, point.name].append(point)
    for group in rivals.values():
        verdicts.update(_settle(group, policy))
    return verdicts


def _judge_alone(point: EntryPoint, policy: PluginPolicy) -> Verdict:
    disabled = policy.why_disabled(point)
    if disabled:
        remedy = "Change the plugin settings to use it."
        return Verdict(status=Status.DISABLED, reason=disabled, remedy=remedy)
    invalid = _invalid(point)
    if invalid:
        return Verdict(status=Status.FAILED, reason=invalid, remedy=_upgrade(point.distribution))
    return Verdict()


def _invalid(point: EntryPoint) -> str:
    pattern = _DELIVERABLE_ID if point.group == DELIVERABLES else _OTHER_NAME
    if not pattern.fullmatch(point.name):
        return f"its entry-point name {point.name!r} must match {pattern.pattern}"
    if not _MODULE.fullmatch(point.module):
        return f"its entry point loads {point.value!r}, which is not a module name"
    if point.attribute and kind(point) == "hooks":
        return f"its entry point loads {point.value!r}, expected a module without an attribute"
    return ""


def _settle(rivals: Sequence[EntryPoint], policy: PluginPolicy) -> dict[EntryPoint, Verdict]:
    """Decide between the entry points that offer one name in one group."""
    first = rivals[0]
    provider = policy.providers.get(first.name, "") if first.group == DELIVERABLES else ""
    chosen = [p for p in rivals if normalise(p.distribution) == normalise(provider)]
    if len(chosen) == 1:
        reason = f"the settings choose {chosen[0].distribution} for {first.name!r}"
        lost = Verdict(status=Status.DISABLED, reason=reason, remedy=_decide(rivals))
        return {point: lost for point in rivals if point is not chosen[0]}
    if provider and not chosen:
        reason = f"the settings choose {provider!r} for {first.name!r}, which does not offer it"
    elif len(rivals) > 1:
        offers = " and ".join(point.release for point in rivals)
        reason = f"{offers} both offer the {noun(first.group)} {first.name!r}"
    else:
        return {}
    clash = Verdict(status=Status.CONFLICT, reason=reason, remedy=_decide(rivals))
    return dict.fromkeys(rivals, clash)


def _decide(rivals: Sequence[EntryPoint]) -> str:
    first = rivals[0]
    if first.group == DELIVERABLES:
        choice = f'[deliverables.{first.name}] provider = "{first.distribution}"'
        return f"Choose one in docgen.toml, for instance: {choice}"
    choice = f'plugins.disable = ["{rivals[-1].distribution}"]'
    return f"Uninstall one, or switch one off in docgen.toml, for instance: {choice}"


def describe(
    point: EntryPoint, verdict: Verdict, loaded: LoadedPlugin | LoadFailure | LoadedObject | None
) -> PluginInfo:
    """Put together all that is known about an entry point."""
    info = PluginInfo(
        name=point.name,
        group=point.group,
        distribution=point.distribution,
        version=point.version,
        module=point.value,
        status=verdict.status,
        reason=verdict.reason,
        remedy=verdict.remedy,
        deliverables=(point.name,) if point.group == DELIVERABLES else (),
        editable=point.editable,
    )
    return info if loaded is None or verdict.status is not Status.AVAILABLE else _add(info, loaded)


def _add(info: PluginInfo, loaded: LoadedPlugin | LoadFailure | LoadedObject) -> PluginInfo:
    remedy = _upgrade(info.distribution)
    if isinstance(loaded, LoadFailure):
        if loaded.status is Status.INCOMPATIBLE:
            remedy = f"Bring both up to date: pip install -U docgen-core {info.distribution}"
        return attrs.evolve(
            info,
            status=loaded.status,
            reason=loaded.reason,
            remedy=remedy,
            hooks=loaded.hooks,
        )
    if isinstance(loaded, LoadedObject):
        return attrs.evolve(info, status=Status.ACTIVE)
    if info.group == DELIVERABLES and loaded.find(info.name) is None:
        offered = ", ".join(item.id for item in loaded.deliverables) or "nothing"
        reason = f"get_deliverables offers no {info.name!r}; it returned: {offered}"
        return attrs.evolve(
            info, status=Status.FAILED, reason=reason, remedy=remedy, hooks=loaded.hooks
        )
    return attrs.evolve(info, status=Status.ACTIVE, hooks=loaded.hooks)


def _upgrade(distribution: str) -> str:
    return f"Try `pip install -U {distribution}`; `docgen plugins` shows every plugin's state."


def purpose(info: PluginInfo) -> str:
    """Say what a plugin is for: `deliverable 'glossary'`."""
    return f"{noun(info.group)} {info.name!r}"


def sentence(info: PluginInfo) -> str:
    """Say what is wrong with a plugin, naming it; a conflict's reason names both already."""
    return info.reason if info.status is Status.CONFLICT else f"{info.release}: {info.reason}"


def broken(infos: Iterable[PluginInfo]) -> tuple[str, ...]:
    """Give one sentence for each broken plugin; what one fault breaks is named together."""
    faults: dict[tuple[str, str], list[str]] = defaultdict(list)
    for info in infos:
        if info.status in BROKEN:
            names = faults[sentence(info), info.remedy]
            names.extend([info.name] if info.name not in names else [])
    return tuple(
        f"{fault} (affects {', '.join(names)}). {remedy}".rstrip()
        for (fault, remedy), names in faults.items()
    )


#: For where nothing is installed.
NONE_HINT: Final = "They come as plugins: `pip install docgen-plugin-...`."


def pip_hint(name: str, installed: Sequence[str]) -> str:
    """Say how to get the plugin for a name, by the rule that names distributions.

    Args:
        name: What was asked for.
        installed: What is there instead.
    """
    have = (
        f"Installed: {', '.join(installed)}." if installed else "Nothing of the kind is installed."
    )
    if not _OTHER_NAME.fullmatch(name):
        return have
    return f"{have} If it has a plugin of its own: pip install docgen-plugin-{normalise(name)}"
