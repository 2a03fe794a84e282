"""Checks of what the hooks do when they are called."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from docgen_core.api import Deliverable, Document, Draft, Instructions, Section, TemplateRef
from docgen_core.cli.facts import plain
from docgen_core.conformance.findings import Digests, Finding, Place
from docgen_core.conformance.hook_checks import Hooks
from docgen_core.conformance.import_checks import hanging_place
from docgen_core.conformance.places import Sources
from docgen_core.conformance.probe import Act, Probe
from docgen_core.conformance.scenarios import Scenario
from docgen_core.plugins import isolate
from docgen_core.plugins.dispatch import INSTRUCTIONS_LIMIT, MARKDOWN_LIMIT

__all__ = ["Conduct"]

_ACTS: Final[Mapping[str, str]] = {"network": "DG608", "files": "DG609", "process": "DG610"}

#: What each hook may return, None left out.
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "get_instructions": (str, Instructions),
    "get_template": (TemplateRef,),
    "postprocess": (Draft,),
    "merge_section": (Section,),
}


@attrs.define(kw_only=True)
class Conduct:
    """Calls the hooks of one module as docgen would, and watches.

    Attributes:
        hooks: The module's hooks.
        sources: The plugin's files.
        probe: Watches what they do.
        seconds: How long one call may take.
        begin: Told of every call before it is made.
        digests: A hash of each result and its hook's place, by what was called.
    """

    hooks: Hooks
    sources: Sources
    probe: Probe
    seconds: float
    begin: Callable[[str, Place], None]
    digests: Digests = attrs.field(factory=dict)
    _dead: set[str] = attrs.field(factory=set)
    _found: list[Finding] = attrs.field(factory=list)

    def take_findings(self) -> Iterator[Finding]:
        """Give what was found since the last time."""
        while self._found:
            yield self._found.pop(0)

    def instructions(self, item: Deliverable, scenario: Scenario, *, is_owner: bool) -> None:
        """Try get_instructions."""
        result = self._twice("get_instructions", item, scenario, {})
        text = result.text if isinstance(result, Instructions) else result
        written = "get_instructions" in self.hooks.functions
        if is_owner and written and (text is None or (isinstance(text, str) and not text.strip())):
            self._wrong("get_instructions", "returned no instructions")
        self._limit("get_instructions", text, INSTRUCTIONS_LIMIT)

    def template(self, item: Deliverable, scenario: Scenario) -> TemplateRef | None:
        """Try get_template and give its answer."""
        result = self._twice("get_template", item, scenario, {})
        return result if isinstance(result, TemplateRef) else None

    def postprocess(self, item: Deliverable, scenario: Scenario) -> Draft:
        """Try postprocess, again on its own result, and give that."""
        hook = "postprocess"
        first = self._twice(hook, item, scenario, {"draft": scenario.draft})
        if not isinstance(first, Draft):
            return scenario.draft
        if not self._check_draft(item, scenario.draft, first):
            return scenario.draft
        again = self._call(hook, item, scenario, {"draft": first})
        if isinstance(again, Draft) and _differ(again, first):
            message = f"{hook} of {item.id} changes what it returned before"
            self._add("DG607", hook, message)
        return first

    def merge(self, item: Deliverable, scenario: Scenario, markdown: str) -> None:
        """Try merge_section, for a new document and for one with the section in it."""
        hook = "merge_section"
        new = Section(id=item.id, title=item.title, markdown=markdown)
        old = attrs.evolve(new, markdown="Old text.\n", edited=True)
        for existing in (None, old):
            document = Document(title="A booking app", sections=(existing,) if existing else ())
            given = {"section": new, "existing": existing, "document": document}
            result = self._twice(hook, item, scenario, given)
            if not isinstance(result, Section):
                continue
            if result.id != item.id:
                self._wrong(hook, f"returned a section with the id {result.id!r}")
            self._limit(hook, result.markdown, MARKDOWN_LIMIT)

    def _check_draft(self, item: Deliverable, before: Draft, after: Draft) -> bool:
        markdown: object = after.markdown
        schema = None if before.data is None else type(before.data)
        if after.deliverable != item.id:
            self._wrong("postprocess", f"returned a draft of {after.deliverable!r}")
        elif not isinstance(markdown, str):
            got = type(markdown).__name__
            self._wrong("postprocess", f"returned {got} as draft.markdown")
        elif schema is not None and not isinstance(after.data, schema):
            got = type(after.data).__name__
            self._wrong("postprocess", f"returned {got} as draft.data, not {schema.__name__}")
        else:
            self._limit("postprocess", after.markdown, MARKDOWN_LIMIT)
            return len(after.markdown) <= MARKDOWN_LIMIT
        return False

    def _twice(
        self, hook: str, item: Deliverable, scenario: Scenario, given: Mapping[str, Any]
    ) -> object:
        """Call a hook twice with the same arguments and give the first result."""
        before = _frozen([scenario.context, item, given])
        first = self._call(hook, item, scenario, given)
        if _frozen([scenario.context, item, given]) != before:
            self._add("DG605", hook, f"{hook} of {item.id} changes what it was given")
            return first
        if first is None:
            return None
        if not isinstance(first, _TYPES[hook]):
            expected = " or ".join(each.__name__ for each in _TYPES[hook])
            self._wrong(hook, f"returned {type(first).__name__}, expected {expected}")
            return None
        second = self._call(hook, item, scenario, given)
        if hook not in self._dead and _differ(first, second):
            self._add("DG606", hook, f"{hook} of {item.id} gives another result the second time")
        key = f"{hook} of {item.id} ({scenario.name}, {scenario.context.language})"
        digest = hashlib.sha256(_frozen(first).encode()).hexdigest()
        self.digests[key] = (digest, *attrs.astuple(self._place(hook)))
        return first

    def _call(
        self, hook: str, item: Deliverable, scenario: Scenario, given: Mapping[str, Any]
    ) -> object:
        if hook not in self.hooks.functions or hook in self._dead:
            return None
        caller = getattr(self.hooks.manager.hook, hook)
        label = f"{hook} of {item.id}"
        self.begin(label, self._place(hook))
        self.probe.watch(forbid=True)
        outcome = isolate.call(
            lambda: caller(deliverable=item, context=scenario.context, **given),
            timeout=self.seconds,
            label=label,
        )
        acts = self.probe.stop()
        self._judge(hook, label, outcome, acts)
        return outcome.value[0] if outcome.value else None

    def _judge(
        self, hook: str, label: str, outcome: isolate.Outcome[Any], acts: Sequence[Act]
    ) -> None:
        acts = [act for act in acts if act.kind in _ACTS]
        for act in acts:
            self._found.append(Finding.at(act.place, _ACTS[act.kind], f"{label}: {act.what}"))
        if outcome.output_size:
            self._add("DG611", hook, f"{label} prints {outcome.output_size:,} bytes")
        if outcome.timed_out:
            self._dead.add(hook)
            place = hanging_place(label, self.sources)
            message = f"{label} is not done after {self.seconds:g} s"
            self._found.append(
                Finding.at(place if place.file else self._place(hook), "DG602", message)
            )
        elif not outcome.ok:
            self._dead.add(hook)
            if not acts:
                place = self.sources.of_error(outcome.error, self._place(hook))
                self._found.append(Finding.at(place, "DG601", f"{label} {outcome.reason}"))

    def _limit(self, hook: str, text: object, limit: int) -> None:
        size = len(text.encode("utf-8", errors="replace")) if isinstance(text, str) else 0
        if size > limit:
            self._dead.add(hook)
            self._add("DG604", hook, f"{hook} returned {size:,} bytes, the limit is {limit:,}")

    def _wrong(self, hook: str, what: str) -> None:
        if hook not in self._dead:
            self._dead.add(hook)
            self._add("DG603", hook, f"{hook} {what}")

    def _add(self, code: str, hook: str, message: str) -> None:
        self._found.append(Finding.at(self._place(hook), code, message))

    def _place(self, hook: str) -> Place:
        return self.hooks.place(hook, self.sources)


def _frozen(value: object) -> str:
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, default=str)


def _differ(left: object, right: object) -> bool:
    return _frozen(left) != _frozen(right)
