"""Tries one deliverable, or one pack: its settings, its schema, its hooks and its template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

import attrs

from docgen_core.api import Deliverable, Draft, TemplateRef
from docgen_core.conformance.conduct_checks import Conduct
from docgen_core.conformance.examination import Request
from docgen_core.conformance.findings import Digests, Finding, Place
from docgen_core.conformance.hook_checks import Hooks
from docgen_core.conformance.places import Sources
from docgen_core.conformance.probe import Probe
from docgen_core.conformance.scenarios import Scenario, scenarios, usable_schema
from docgen_core.conformance.schema_checks import (
    check_answers,
    check_references,
    check_schema_class,
)
from docgen_core.conformance.settings_checks import check_settings
from docgen_core.conformance.template_checks import (
    check_rendering,
    check_template_file,
    check_words,
    languages_of,
)
from docgen_core.errors import DocgenError
from docgen_core.plugins import PluginPolicy, Registry
from docgen_core.plugins.discovery import DELIVERABLES
from docgen_core.plugins.dispatch import DEFAULT_TEMPLATE
from docgen_core.templating import Templates

__all__ = ["Bench", "Trial"]


@attrs.frozen(kw_only=True, eq=False)
class Bench:
    """What all trials of a check share.

    Attributes:
        request: What is checked.
        sources: The plugin's files.
        probe: Watches what its code does.
        begin: Told of everything that runs the plugin's code, before it runs.
        digests: A hash of each hook's result and its place, by what was called.
        registry: The plugin's own deliverables and those of others, without packs.
        templates: The templates of all of them.
    """

    request: Request
    sources: Sources
    probe: Probe
    begin: Callable[[str, Place], None]
    digests: Digests
    registry: Registry = attrs.field(init=False)
    templates: Templates = attrs.field(init=False)

    @registry.default
    def _make_registry(self) -> Registry:
        own = {(point.group, point.name) for point in self.request.points}
        others = [
            point
            for point in self.request.others
            if point.group == DELIVERABLES and (point.group, point.name) not in own
        ]
        policy = PluginPolicy(
            import_timeout=self.request.seconds, hook_timeout=self.request.seconds
        )
        return Registry(policy, entry_points=[*self.request.points, *others])

    @templates.default
    def _make_templates(self) -> Templates:
        return Templates.for_registry(self.registry)


class Trial:
    """The checks of one deliverable, or of one pack.

    Args:
        bench: What all trials share.
        hooks: The hooks of its module.
        item: The deliverable; for a pack, one that stands for any.
        is_owner: Whether the module owns the deliverable, as a pack does not.
    """

    def __init__(self, bench: Bench, hooks: Hooks, item: Deliverable, *, is_owner: bool) -> None:
        self._bench = bench
        self._hooks = hooks
        self._item = item
        self._is_owner = is_owner
        self._answerable = True
        self._ref: TemplateRef | None = None
        self._drafts: Mapping[Scenario, Draft] = {}

    def check_settings(self) -> Iterator[Finding]:
        """Check the settings class."""
        cls = self._item.settings
        if cls is not None:
            self._bench.begin(f"the settings of {self._item.id}", self._bench.sources.of_class(cls))
            yield from check_settings(cls, self._item.id, self._bench.sources)

    def check_schema(self) -> Iterator[Finding]:
        """Check the schema class and what it refers to."""
        file = self._hooks.place("get_deliverables", self._bench.sources).file
        yield from check_schema_class(self._item, self._bench.sources, file)
        refused = list(check_answers(self._item, self._bench.sources))
        self._answerable = not refused
        yield from refused
        wanted = {*self._item.needs, *self._item.uses}
        # An input that is not installed may bring ids that nobody here knows of.
        if usable_schema(self._item) is not None and len(self._inputs) == len(wanted):
            schemas = [each.schema for each in self._inputs if each.schema is not None]
            yield from check_references(self._item, schemas, self._bench.sources)

    def check_conduct(self) -> Iterator[Finding]:
        """Call the hooks in every situation."""
        conduct = Conduct(
            hooks=self._hooks,
            sources=self._bench.sources,
            probe=self._bench.probe,
            seconds=self._bench.request.seconds,
            begin=self._bench.begin,
            digests=self._bench.digests,
        )
        drafts: dict[Scenario, Draft] = {}
        for scenario in self._scenarios:
            conduct.instructions(self._item, scenario, is_owner=self._is_owner)
            self._ref = conduct.template(self._item, scenario) or self._ref
            drafts[scenario] = conduct.postprocess(self._item, scenario)
            conduct.merge(self._item, scenario, drafts[scenario].markdown)
            yield from conduct.take_findings()
        self._drafts = drafts

    def check_template(self) -> Iterator[Finding]:
        """Check the template and the words, and render the answers of every situation."""
        if not self._is_owner:
            return
        templates, ref = self._bench.templates, self._ref or DEFAULT_TEMPLATE
        self._bench.begin(f"the template of {self._item.id}", self._place)
        words = list(check_words(self._item, templates))
        yield from words
        if any(finding.code == "DG706" for finding in words):
            return
        problems = list(check_template_file(ref, self._item, templates, self._place))
        yield from problems
        if not problems:
            yield from self._check_rendering(ref)

    def _check_rendering(self, ref: TemplateRef) -> Iterator[Finding]:
        failed: set[tuple[str, int]] = set()
        for scenario, draft in self._drafts.items():
            for finding in check_rendering(
                ref,
                self._item,
                draft,
                scenario.context,
                templates=self._bench.templates,
                name=scenario.name,
            ):
                # What fails on a full answer need not be told of a smaller one, too.
                if finding.code != "DG704" or (finding.file, finding.line) not in failed:
                    yield finding
                failed.add((finding.file, finding.line))

    @property
    def _place(self) -> Place:
        return self._hooks.place("get_template", self._bench.sources)

    @cached_property
    def _inputs(self) -> tuple[Deliverable, ...]:
        """What it needs and uses, as far as that is installed and works."""
        found: list[Deliverable] = []
        for name in dict.fromkeys((*self._item.needs, *self._item.uses)):
            try:
                found.append(self._bench.registry.deliverable(name))
            except DocgenError:
                continue
        return tuple(found)

    @cached_property
    def _scenarios(self) -> tuple[Scenario, ...]:
        schema = self._item.schema
        if schema is not None and not (self._answerable and usable_schema(self._item)):
            return ()  # told by the checks of the schema; no answer can be made
        languages = languages_of(self._item, self._bench.templates)
        return tuple(scenarios(self._item, self._inputs, languages))
