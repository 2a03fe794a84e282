"""Tells what the next run would do in a folder, and which changed input is the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

from docgen_core.document import normalise_section
from docgen_core.document.threeway import has_conflict
from docgen_core.engine.edits import section_of
from docgen_core.engine.fingerprint import PARTS
from docgen_core.engine.inspection import template_errors
from docgen_core.engine.job import Job, Tools
from docgen_core.engine.keep import whole_plan
from docgen_core.engine.nobody import Nobody
from docgen_core.engine.prepare import make_tools, plan_settings
from docgen_core.engine.prompt import PromptGenerator
from docgen_core.engine.recipe import brief_of, config_of, equip
from docgen_core.engine.record import all_parts
from docgen_core.engine.wishes import revisions_of
from docgen_core.errors import DocgenError, FileError, ServerError, SettingsError, TemplateError
from docgen_core.model import Brief, DeliverableResult
from docgen_core.plugins import Registry
from docgen_core.settings import OrchestrationConfig
from docgen_core.store import Recipe, RunRecord, SectionRecord
from docgen_core.store.atomic import require_folder
from docgen_core.store.view import FolderView

__all__ = [
    "FRESH",
    "STALE",
    "Change",
    "FolderStatus",
    "SectionStatus",
    "as_recorded",
    "look_at",
    "recorded_tools",
]

FRESH: Final = "up to date"
STALE: Final = "stale"
MISSING: Final = "missing"
FAILED: Final = "failed"
UNKNOWN: Final = "unknown"

#: The settings that an option of the last command keeps deciding.
_KEPT: Final = (
    "model_name",
    "max_tokens",
    "temperature",
    "top_p",
    "seed",
    "merge_into_single_document",
    "include_table_of_contents",
    "language",
)
#: Parts whose values are shown; the others are hashes.
_SHOWN: Final = ("language", "model", "plugin", "wish", "parameter")


@attrs.frozen(kw_only=True)
class Change:
    """One input of a section that is not as it was.

    Attributes:
        kind: `brief`, `language`, `model`, `plugin`, `wish`, `schema`, `settings`, `instructions`,
            `input` (an upstream section), `upstream` (one that will be asked for again),
            `parameter`, `system`, `template`, `layout`, `prompt`, `record` for an older run, or
            `run` where the last run did not write it and the text is of an earlier one.
        name: Which one, for instance the parameter's name or the section's id; may be empty.
        old: The recorded value where it is short, else empty.
        new: The value now where it is short, else empty.
    """

    kind: str
    name: str = ""
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        if self.kind == "upstream":
            return f"the section {self.name} will be written again"
        if self.kind == "run":
            return f"the last run did not write it; its text is of the run of {self.old}"
        if self.kind == "record":
            return "how it was asked for is not recorded"
        if self.kind == "layout":
            return "what docgen or a plugin makes of the answer"
        said = " ".join(filter(None, (PARTS[self.kind], self.name)))
        return f"{said}: {self.old or 'none'} -> {self.new or 'none'}" if self._short else said

    @property
    def _short(self) -> bool:
        return bool(self.old or self.new)


@attrs.frozen(kw_only=True)
class SectionStatus:
    """How one section stands.

    Attributes:
        id: The deliverable's id.
        state: `up to date`, `stale`, `missing`, `failed`, or `unknown` where it cannot be told.
        file: `unchanged`, `edited`, `conflict`, `missing`, or `-` without a file.
        changes: Why it is stale, one for each changed input.
        asks: Whether the next run would ask the model for it.
        error: Why it failed or cannot be told.
        wish: What `docgen refine` asked for, or empty.
    """

    id: str
    state: str
    file: str = "-"
    changes: tuple[Change, ...] = ()
    asks: bool = False
    error: str = ""
    wish: str = ""


@attrs.frozen(kw_only=True)
class FolderStatus:
    """How a run folder stands.

    Attributes:
        record: The last run.
        sections: One for each section, in reading order.
    """

    record: RunRecord
    sections: tuple[SectionStatus, ...]


def as_recorded(config: OrchestrationConfig, recipe: Recipe) -> OrchestrationConfig:
    """The settings of now, with what options gave to the last command: that is its repetition."""
    recorded = config_of(recipe)
    names = [name for name in _KEPT if name in recorded.given and name not in config.given]
    kept = {name: getattr(recorded, name) for name in names}
    explicit, given = config.explicit | kept.keys(), config.given | kept.keys()
    return attrs.evolve(config, **kept, explicit=explicit, given=given)


async def look_at(
    config: OrchestrationConfig,
    registry: Registry,
    folder: Path,
    *,
    brief: Brief | None = None,
    generator: PromptGenerator | None = None,
) -> FolderStatus:
    """Compare a run folder with what the same run would ask for now. No server is needed.

    The model is the recorded one, unless the settings name another. Nothing is written.

    Args:
        config: The settings of now.
        registry: The plugins.
        folder: The run folder.
        brief: The brief of now; None for the recorded one.
        generator: What writes the prompts, where a program replaced docgen's own.

    Raises:
        FileError: the folder holds no readable record.
        SettingsError: a deliverable's settings are wrong.
    """
    view, record = _open(folder)
    recipe = view.recipe
    if recipe is None:
        return FolderStatus(record=record, sections=_untold(view, record, "its recipe is missing"))
    now = as_recorded(config, recipe)
    try:
        plan = whole_plan(registry, recipe.order, record)
        settings = plan_settings(now, plan)
        tools = make_tools(now, registry, plan, settings, generator or PromptGenerator(), None)
    except SettingsError:
        raise
    except DocgenError as error:
        return FolderStatus(record=record, sections=_untold(view, record, str(error)))
    brief = brief or brief_of(recipe)
    tools = recorded_tools(tools, recipe)
    job = Job(
        brief,
        run_id="status",
        tools=tools,
        inquiry=Nobody(),
        folder=view,
        revisions=revisions_of(view, brief),
    )
    found: dict[str, SectionStatus] = {}
    for key in plan.order:
        status = await _compare(key, job, tools, view, found)
        found[key] = await _checked(status, job, tools, registry)
    rest = [item for item in record.sections if item.id not in found]
    sections = (*found.values(), *(_unknown(view, item, "its plugin is gone") for item in rest))
    return FolderStatus(record=record, sections=sections)


def _open(folder: Path) -> tuple[FolderView, RunRecord]:
    require_folder(folder)
    view = FolderView(folder)
    record = view.previous
    if record is None:
        hint = "Name the folder that `docgen generate -o` wrote to, or run that command again."
        if (Path(folder) / "run.json").exists():
            hint = "`docgen replay` writes it anew."
        raise FileError(f"{folder} holds no readable run.json", hint=hint)
    return view, record


def recorded_tools(tools: Tools, recipe: Recipe) -> Tools:
    """Tools with the recorded model and server defaults, and the plugins of now."""
    known = equip(tools, recipe)
    model = attrs.evolve(known.model, id=_model(tools.config, recipe))
    return attrs.evolve(known, model=model, releases=tools.releases)


def _model(config: OrchestrationConfig, recipe: Recipe) -> str:
    """The recorded model, unless the settings name another one now."""
    recorded = str(recipe.model["id"])
    before = config_of(recipe).model_name
    same = config.model_name in {None, "", before, recorded}
    return recorded if same else str(config.model_name)


def _untold(view: FolderView, record: RunRecord, why: str) -> tuple[SectionStatus, ...]:
    return tuple(_unknown(view, item, why) for item in record.sections)


def _unknown(view: FolderView, section: SectionRecord, why: str) -> SectionStatus:
    state = FAILED if section.status == "failed" else UNKNOWN
    error = section.error if state == FAILED else why
    return SectionStatus(id=section.id, state=state, file=_file(view, section), error=error)


def _file(view: FolderView, section: SectionRecord) -> str:
    state = view.file_state(section)
    if state == "edited" and has_conflict(view.section_text(section)):
        return "conflict"
    return state


async def _compare(
    key: str, job: Job, tools: Tools, view: FolderView, before: Mapping[str, SectionStatus]
) -> SectionStatus:
    record = None if view.previous is None else view.previous.section(key)
    revision = job.revisions.get(key)
    result = job.results[key] = await job.write(key)
    status = SectionStatus(
        id=key,
        state=MISSING,
        file="-" if record is None else _file(view, record),
        asks=True,
        wish="" if revision is None else revision.wish,
    )
    if record is None or not (record.has_text or record.status == "failed"):
        return status
    if not record.has_text:
        return attrs.evolve(status, state=FAILED, error=record.error)
    question, error = job.questions.get(key), _obstacle(key, result, tools, before)
    if question is None or error:
        return attrs.evolve(status, state=UNKNOWN, asks=False, error=error)
    again = any(before[item].asks for item in tools.plan.inputs[key] if item in before)
    asks = again or not view.holds(key, question.fingerprint)
    # While a conflict stands nothing is merged into the file, so a run would change nothing.
    settled = status.file == "conflict" or _as_rendered(result, view)
    if not (asks or record.text_from) and question.fingerprint == record.fingerprint and settled:
        return attrs.evolve(
            status, state=MISSING if status.file == "missing" else FRESH, asks=False
        )
    upstream = [item for item in tools.plan.inputs[key] if item in before and before[item].asks]
    changes = _changes(record.parts, all_parts(key, job, tools), upstream)
    if record.text_from:
        known = (change for change in changes if change.kind != "layout")
        changes = (Change(kind="run", old=record.text_from), *known)
    return attrs.evolve(status, state=STALE, changes=changes, asks=asks, error=record.error)


def _obstacle(
    key: str, result: DeliverableResult, tools: Tools, before: Mapping[str, SectionStatus]
) -> str:
    """Why the section could not be written today, however the server answers; or empty."""
    needs = tools.plan.deliverables[key].needs
    lost = [need for need in needs if need in before and before[need].state == UNKNOWN]
    if lost:
        return f"it needs {lost[0]}"
    # That an answer is not stored is no obstacle: it would be asked for.
    known = result.success or isinstance(result.error, ServerError)
    return "" if known else result.error_message or ""


async def _checked(
    status: SectionStatus, job: Job, tools: Tools, registry: Registry
) -> SectionStatus:
    """Where the template is what cannot be used, the same is said as `docgen validate` says."""
    result = job.results[status.id]
    if status.state != UNKNOWN or not isinstance(result.error, TemplateError):
        return status
    problems = await template_errors(tools.config, registry, status.id)
    return attrs.evolve(status, error="; ".join(problems) or status.error)


def _as_rendered(result: DeliverableResult, view: FolderView) -> bool:
    """Whether rendering the answer today gives the text that stands in the folder."""
    if not result.success:
        return True
    return normalise_section(section_of(result))[0] == view.generated(str(result.deliverable_type))


def _changes(
    old: Mapping[str, str], new: Mapping[str, str], upstream: Sequence[str]
) -> tuple[Change, ...]:
    """The parts that differ; the prompt as a whole only when nothing else says why."""
    changes = [Change(kind="upstream", name=key) for key in upstream]
    if not old:
        return tuple(changes) or (Change(kind="record"),)
    told = {f"input:{key}" for key in upstream}
    names = [name for name in dict.fromkeys([*new, *old]) if old.get(name) != new.get(name)]
    names = [name for name in names if name not in told]
    named = [name for name in names if name != "prompt"]
    changes += [_change(name, old, new) for name in named or (() if changes else names)]
    return tuple(changes) or (Change(kind="layout"),)


def _change(part: str, old: Mapping[str, str], new: Mapping[str, str]) -> Change:
    kind, _, name = part.partition(":")
    if kind not in _SHOWN:
        return Change(kind=kind, name=name)
    return Change(kind=kind, name=name, old=old.get(part, ""), new=new.get(part, ""))
