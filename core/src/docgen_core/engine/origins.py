"""Says which plugins and packs, by version, took part in a section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from docgen_core.engine.job import Job, Tools
from docgen_core.plugins import Registry
from docgen_core.store import SectionRecord
from docgen_core.store.atomic import sha256

__all__ = ["fragments", "pack_releases", "packs_of", "recorded_writers", "writers"]

#: How the packs stand among the releases of a run, beside the deliverables' ids.
_PACK: Final = "pack:"


def pack_releases(registry: Registry) -> dict[str, str]:
    """Distribution and version of each pack that acts, under `pack:<name>`."""
    return {f"{_PACK}{info.name}": info.release for info in registry.packs()}


def packs_of(tools: Tools) -> dict[str, str]:
    """The packs of a run by name, each with its distribution and version."""
    return {
        key.removeprefix(_PACK): release
        for key, release in tools.releases.items()
        if key.startswith(_PACK)
    }


def fragments(key: str, job: Job, tools: Tools) -> dict[str, Mapping[str, Any]]:
    """Who wrote which part of a section's instructions: version and hash by source, in order.

    Args:
        key: The deliverable's id.
        job: Knows what was asked.
        tools: Knows the releases.
    """
    question = job.questions.get(key)
    if question is None:
        return {}
    owner, *packs = question.fragments
    found = {owner.source: {"release": tools.releases.get(key, ""), "sha256": sha256(owner.text)}}
    for pack in packs:
        release = tools.releases.get(f"{_PACK}{pack.source}", "")
        found[pack.source] = {"release": release, "sha256": sha256(pack.text)}
    return dict(found)


def writers(key: str, job: Job, tools: Tools) -> list[str]:
    """The plugin and the packs whose instructions a section follows, each with its version."""
    owner = tools.releases.get(key, "")
    _, *packs = fragments(key, job, tools).items() or [("", {})]
    return [owner, *(f"{name} ({facts['release']})" for name, facts in packs)]


def recorded_writers(section: SectionRecord) -> list[str]:
    """The same of a section that an earlier run recorded."""
    packs = list(section.instructions.items())[1:]
    told = (f"{name} ({facts['release']})" for name, facts in packs if isinstance(facts, dict))
    return [section.plugin, *told]
