"""The engine's methods for a folder that is there already: how it stands, and what to change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docgen_core.engine.briefs import as_brief
from docgen_core.engine.loop import OwnLoop
from docgen_core.engine.prompt import PromptGenerator
from docgen_core.engine.workshop import Workshop
from docgen_core.model import Brief
from docgen_core.plugins import Registry
from docgen_core.settings import OrchestrationConfig

if TYPE_CHECKING:
    from docgen_core.engine.freshness import FolderStatus
    from docgen_core.engine.inspection import Preview
    from docgen_core.engine.refine import Refinement, Study

__all__ = ["Upkeep"]


class Upkeep:
    """What `OrchestrationEngine` can do with a run folder besides running again."""

    config: OrchestrationConfig
    registry: Registry
    prompt_generator: PromptGenerator
    _workshop: Workshop
    _loop: OwnLoop

    def status(self, output: Path | str, user_input: str | Brief | None = None) -> FolderStatus:
        """Say how a run folder stands: what is up to date, stale and why, edited, missing.

        Args:
            output: The run folder.
            user_input: The brief to compare with; None for the recorded one.

        Raises:
            FileError: the folder holds no readable record.
            SettingsError: a deliverable's settings are wrong.
        """
        return self._loop.run(self.astatus(output, user_input))

    async def astatus(
        self, output: Path | str, user_input: str | Brief | None = None
    ) -> FolderStatus:
        """The async twin of `status`."""
        from docgen_core.engine.freshness import look_at

        brief = None if user_input is None else as_brief(user_input)
        folder, generator = Path(output), self.prompt_generator
        return await look_at(self.config, self.registry, folder, brief=brief, generator=generator)

    def refine(self, deliverable_type: str, wish: str, *, output: Path | str) -> Refinement:
        """Write one section of a run folder again, with a wish and its present text.

        Hand edits are merged as in a run. The wish is kept in the folder, so that a later run
        heeds it; what depends on the section is stale until then.

        Args:
            deliverable_type: The deliverable's id.
            wish: What is to be different, in a person's words.
            output: The run folder.

        Raises:
            UsageError: the wish is empty, or the folder holds no such section.
            FileError: the folder holds no readable record, or cannot be written.
            PluginError: a plugin that is needed cannot be used.
            ServerError: no server, no model, or not authorised.
        """
        return self._loop.run(self.arefine(deliverable_type, wish, output=output))

    async def arefine(self, deliverable_type: str, wish: str, *, output: Path | str) -> Refinement:
        """The async twin of `refine`."""
        from docgen_core.engine.refine import refine

        return await refine(self._study(output), deliverable_type, wish, workshop=self._workshop)

    def undo_refine(self, deliverable_type: str, *, output: Path | str) -> Refinement:
        """Take the latest wish for a section back; the text before it is used again.

        No server is needed. When the text before it is not stored any more (the brief has
        changed), the next run asks for it.

        Args:
            deliverable_type: The deliverable's id.
            output: The run folder.

        Raises:
            UsageError: there is no wish to take back.
            FileError: the folder holds no readable record, or cannot be written.
            PluginError: a plugin that is needed cannot be used.
        """
        return self._loop.run(self.aundo_refine(deliverable_type, output=output))

    async def aundo_refine(self, deliverable_type: str, *, output: Path | str) -> Refinement:
        """The async twin of `undo_refine`."""
        from docgen_core.engine.refine import undo

        return await undo(self._study(output), deliverable_type)

    def preview_refine(self, deliverable_type: str, wish: str, *, output: Path | str) -> Preview:
        """Show the prompt that `refine` would send; no server is needed."""
        return self._loop.run(self.apreview_refine(deliverable_type, wish, output=output))

    async def apreview_refine(
        self, deliverable_type: str, wish: str, *, output: Path | str
    ) -> Preview:
        """The async twin of `preview_refine`."""
        from docgen_core.engine.refine import preview

        return await preview(self._study(output), deliverable_type, wish)

    def _study(self, output: Path | str) -> Study:
        from docgen_core.engine.refine import Study

        return Study(
            config=self.config,
            registry=self.registry,
            generator=self.prompt_generator,
            folder=Path(output),
        )
