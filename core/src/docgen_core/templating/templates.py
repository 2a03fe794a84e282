"""The one door to templates: finding, listing, checking and rendering them.

Model output goes in as a variable and is never compiled. Nothing that an untrusted template is
part of runs in this process.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from docgen_core.api import Deliverable, Draft, HookContext, TemplateRef
from docgen_core.errors import DocgenError, TemplateError
from docgen_core.plugins import isolate
from docgen_core.plugins.registry import Registry
from docgen_core.templating.check import (
    SECTION_VARIABLES,
    Closure,
    Problem,
    check_template,
    close_over,
)
from docgen_core.templating.engine import (
    Fault,
    locate,
    make_environment,
    make_reader,
    render_bounded,
)
from docgen_core.templating.sources import (
    Found,
    ProjectSource,
    Source,
    Winner,
    registry_sources,
)
from docgen_core.templating.view import escaped_view
from docgen_core.templating.wording import TITLE, WORDS_FILE, Tables, choose_words, read_words

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["Templates"]

T = TypeVar("T")

_TIME_LIMIT: Final = 10.0


class Templates:
    """All templates that a run can use.

    Templates are read once: a file that changes later is seen by the next `Templates`.

    Args:
        sources: Where installed packages keep theirs, the first that has a name winning.
        project_folder: The user's own templates, which win over all others, or None. They render
            in a process of their own, from plain data.
        time_limit: Seconds that rendering one template may take.

    Attributes:
        project_folder: As given.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        project_folder: Path | None = None,
        *,
        time_limit: float = _TIME_LIMIT,
    ) -> None:
        project = () if project_folder is None else (ProjectSource(project_folder),)
        self.project_folder = project_folder
        self._sources: tuple[Source, ...] = (*project, *sources)
        self._time_limit = time_limit
        self._found: dict[str, Found | None] = {}
        self._closures: dict[str, Closure] = {}
        self._words: dict[str, tuple[Tables, ...]] = {}

    @classmethod
    def for_registry(cls, registry: Registry, project_folder: Path | None = None) -> Templates:
        """Use the templates of the installed packs and plugins and the shared ones.

        Args:
            registry: The installed plugins.
            project_folder: The folder with the user's own templates, or None.
        """
        return cls(registry_sources(registry), project_folder)

    def render(self, ref: TemplateRef, /, **variables: object) -> str:
        """Render a template to Markdown.

        Args:
            ref: The template.
            variables: What it sees.

        Raises:
            TemplateError: it is missing, malformed, uses something undefined, or goes beyond a
                limit of time, memory or output.
        """
        job = partial(self._render, ref.name, variables)
        outcome = isolate.call(job, timeout=self._time_limit, label=f"render {ref.name}")
        return self._result(ref.name, outcome)

    async def arender(self, ref: TemplateRef, /, **variables: object) -> str:
        """Do what `render` does without holding up the event loop."""
        job = partial(self._render, ref.name, variables)
        outcome = await isolate.call_async(
            job, timeout=self._time_limit, label=f"render {ref.name}"
        )
        return self._result(ref.name, outcome)

    async def arender_section(
        self, ref: TemplateRef, /, *, deliverable: Deliverable, draft: Draft, context: HookContext
    ) -> str:
        """Render the template of a deliverable's section.

        Args:
            ref: The template. It sees what `SECTION_VARIABLES` names; of the draft's data it sees
                a copy whose texts are escaped.
            deliverable: Whose section it is.
            draft: The post-processed answer.
            context: What the hooks know; its language decides the words.

        Raises:
            TemplateError: as `render` does, or a `words.toml` is malformed.
        """
        words = self.words(deliverable.id, context.language)
        return await self.arender(
            ref,
            deliverable=deliverable,
            draft=draft,
            data=escaped_view(draft.data),
            layout=_layout(deliverable, draft, words),
            context=context,
            words=escaped_view(words),
        )

    def words(self, owner: str, language: str) -> dict[str, str]:
        """Give a deliverable's own words for a language, in English where it has none.

        Args:
            owner: The deliverable's id.
            language: A BCP 47 tag.

        Returns:
            Plain text by key, from every `words.toml` of the loader chain, the first one winning
            key by key; those of a folder named as the deliverable come before those of all.

        Raises:
            TemplateError: a `words.toml` is malformed or cannot be read.
        """
        if owner not in self._words:
            self._words[owner] = tuple(map(read_words, self._words_files(owner)))
        return choose_words(self._words[owner], language)

    def title(self, deliverable: Deliverable, language: str) -> str:
        """Give a section's title as plain text: `title` of its words, or else its own.

        Raises:
            TemplateError: a `words.toml` is malformed or cannot be read.
        """
        title = " ".join(self.words(deliverable.id, language).get(TITLE, "").split())
        return title or deliverable.title

    def which(self, name: str) -> Winner:
        """Tell which file a template name stands for.

        Raises:
            TemplateError: no source has it.
        """
        found = self._need(name)
        return Winner(name=name, origin=found.origin, path=found.path)

    def digest(self, name: str) -> str:
        """Hash a template with all that it refers to, so that a change of any of them shows.

        Raises:
            TemplateError: no source has it.
        """
        job = partial(self._digest, name)
        outcome = isolate.call(job, timeout=self._time_limit, label=f"read {name}")
        return self._result(name, outcome)

    def layers(self, name: str) -> tuple[Found, ...]:
        """Give every file of that name, the winner first; what follows is overridden.

        Raises:
            TemplateError: a file cannot be read.
        """
        files = (source.find(name) for source in self._sources)
        return tuple(found for found in files if found is not None)

    def list(self) -> tuple[Winner, ...]:
        """List every template with the file that wins, by name."""
        names = {name for source in self._sources for name in source.names()}
        return tuple(self.which(name) for name in sorted(names))

    def check(self, name: str, variables: Iterable[str] = SECTION_VARIABLES) -> tuple[Problem, ...]:
        """Look for mistakes in a template and in all that it refers to, without running it.

        Args:
            name: The template.
            variables: The names of the variables that it will see.

        Raises:
            TemplateError: no source has it.
        """
        known = tuple(variables)
        job = partial(self._check, name, known)
        outcome = isolate.call(job, timeout=self._time_limit, label=f"check {name}")
        return self._result(name, outcome)

    def check_section(
        self, name: str, deliverable: Deliverable, language: str
    ) -> tuple[Problem, ...]:
        """Look for mistakes in the template of a section, without running it.

        Besides what `check` finds: fields that the deliverable's schema class does not have, words
        that there are not, and words of the project folder that nothing asks for.

        Args:
            name: The template.
            deliverable: Whose section it is.
            language: The language of the words.

        Raises:
            TemplateError: no source has it, or a `words.toml` is malformed.
        """
        job = partial(self._check_section, name, deliverable, language)
        outcome = isolate.call(job, timeout=self._time_limit, label=f"check {name}")
        return self._result(name, outcome)

    @cached_property
    def _environment(self) -> Environment:
        return make_environment(self._find)

    @cached_property
    def _reader(self) -> Environment:
        return make_reader()

    def _digest(self, name: str) -> str | Fault:
        self._need(name)
        files = self._closure(name).templates
        text = "".join(f"{file}\n{files[file].text}\0" for file in sorted(files))
        return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()

    def _words_files(self, owner: str) -> tuple[Found, ...]:
        names = (f"{owner}/{WORDS_FILE}", WORDS_FILE)
        return tuple(found for name in names for found in self.layers(name))

    def _check_section(
        self, name: str, deliverable: Deliverable, language: str
    ) -> tuple[Problem, ...] | Fault:
        # Imported here because it imports jinja2.
        from docgen_core.templating.section_check import check_section

        self._need(name)
        files = self._words_files(deliverable.id)
        return check_section(name, self._closure(name), deliverable, language, files)

    def _check(self, name: str, known: tuple[str, ...]) -> tuple[Problem, ...] | Fault:
        self._need(name)
        return check_template(name, self._closure(name), known)

    def _render(self, name: str, variables: Mapping[str, Any]) -> str | Fault:
        self._need(name)
        closure = self._closure(name)
        if all(found.trusted for found in closure.templates.values()):
            return render_bounded(self._environment, name, variables)
        # Imported here so that a run without project templates pays nothing for it.
        from docgen_core.templating.confine import render_confined

        # A little less than the time limit, so that the process is gone when that is reached.
        limit = self._time_limit * 0.9
        return render_confined(name, closure.templates.values(), variables, timeout=limit)

    def _closure(self, name: str) -> Closure:
        if name not in self._closures:
            closure = close_over(self._reader, name, self._find)
            if closure.computed:
                # The name is known only at run time, so it may turn out to be any of them.
                others = {winner.name: self._need(winner.name) for winner in self.list()}
                closure = attrs.evolve(closure, templates={**others, **closure.templates})
            self._closures[name] = closure
        return self._closures[name]

    def _find(self, name: str) -> Found | None:
        if name not in self._found:
            found = (source.find(name) for source in self._sources)
            self._found[name] = next((item for item in found if item is not None), None)
        return self._found[name]

    def _need(self, name: str) -> Found:
        found = self._find(name)
        if found is None:
            msg = f"there is no template {name!r}"
            raise TemplateError(msg, hint=self._hint(name))
        return found

    def _hint(self, name: str) -> str:
        names = {other for source in self._sources for other in source.names()}
        # Who gives the id of a deliverable means what stands in the folder of that name.
        within = sorted(other for other in names if other.startswith(f"{name}/"))
        close = within or difflib.get_close_matches(name, sorted(names), n=1)
        if not close:
            return "`docgen templates list` shows them all."
        return f"Did you mean {' or '.join(map(repr, close))}?"

    def _result(self, name: str, outcome: isolate.Outcome[T | Fault]) -> T:
        if isinstance(outcome.error, DocgenError):
            raise outcome.error
        if outcome.ok and not isinstance(outcome.value, Fault):
            return outcome.value  # type: ignore[return-value] # T may itself be None
        fault = outcome.value if isinstance(outcome.value, Fault) else self._fault(outcome)
        raise self._error(name, fault) from outcome.error

    def _fault(self, outcome: isolate.Outcome[T]) -> Fault:
        if outcome.error is None:
            return Fault(message=f"it {outcome.reason}")
        files = (found.path for found in tuple(self._found.values()) if found is not None)
        return locate(outcome.error, f"it {outcome.reason}", files)

    def _error(self, name: str, fault: Fault) -> TemplateError:
        found = self._find(name)
        if not fault.file and found is not None:
            fault = attrs.evolve(fault, file=found.path)
        hint = (
            "Fix the template, or take it away to use the next in line: "
            f"`docgen templates which {name}` names the file in use."
        )
        return TemplateError(f"template {name!r} failed: {fault}", hint=hint)


def _layout(deliverable: Deliverable, draft: Draft, words: Mapping[str, str]) -> str:
    if deliverable.schema is None or not isinstance(draft.data, deliverable.schema):
        return draft.markdown
    # Imported here: a run without structured deliverables does without.
    from docgen_core.templating.layout import lay_out

    return lay_out(draft.data, words)
