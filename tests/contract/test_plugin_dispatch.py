"""The hooks as the engine calls them: owner, packs, and every way in which they can go wrong."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest

from docgen_core.api import (
    Brief,
    Deliverable,
    Document,
    Draft,
    HookContext,
    InputResult,
    Instructions,
    Section,
    TemplateRef,
    hookimpl,
)
from docgen_core.errors import DocgenError, HookError
from docgen_core.plugins import Dispatcher, EntryPoint, Fragment, PluginPolicy, Registry

CONTEXT = HookContext(brief=Brief.from_text("A CRM"), settings="the owner's")
DELIVERABLE = Deliverable(id="glossary", title="Glossary", summary="Terms.")
DRAFT = Draft(deliverable="glossary", markdown="text")
SECTION = Section(id="glossary", title="Glossary", markdown="text")

Hook = Callable[..., Any]


class Bench:
    """Builds a registry from plain functions, one module for each plugin."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._points: list[EntryPoint] = []

    def add(self, group: str, name: str, hooks: Mapping[str, Hook]) -> Bench:
        module = ModuleType(f"bench_{name}")
        for hook, function in hooks.items():
            setattr(module, hook, hookimpl(specname=hook)(function))
        self._monkeypatch.setitem(sys.modules, module.__name__, module)
        distribution = f"docs-{name}"
        point = EntryPoint(
            group=group, name=name, distribution=distribution, version="1.0", value=module.__name__
        )
        self._points.append(point)
        return self

    def owner(self, **hooks: Hook) -> Bench:
        base: dict[str, Hook] = {
            "get_deliverables": lambda: [DELIVERABLE],
            "get_instructions": lambda: "List the terms.",
        }
        return self.add("docgen.deliverables", "glossary", base | hooks)

    def pack(self, name: str, **hooks: Hook) -> Bench:
        return self.add("docgen.packs", name, hooks)

    def dispatcher(
        self, policy: PluginPolicy | None = None, settings: Mapping[str, object] | None = None
    ) -> Dispatcher:
        chosen = policy or PluginPolicy(hook_timeout=0.5)
        registry = Registry(chosen, entry_points=self._points)
        return Dispatcher(registry, settings_for=(settings or {}).get)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def instructions(dispatcher: Dispatcher) -> tuple[Fragment, ...]:
    return asyncio.run(dispatcher.instructions(DELIVERABLE, CONTEXT))


def postprocess(
    dispatcher: Dispatcher, draft: Draft = DRAFT, context: HookContext = CONTEXT
) -> tuple[Draft, tuple[str, ...]]:
    return asyncio.run(dispatcher.postprocess(DELIVERABLE, draft, context))


def merge(dispatcher: Dispatcher) -> tuple[Section | None, tuple[str, ...]]:
    document = Document(title="T")
    return asyncio.run(dispatcher.merge_section(DELIVERABLE, SECTION, None, document, CONTEXT))


def append(text: str) -> Hook:
    """A postprocess hook that adds a text."""

    def hook(draft: Draft) -> Draft:
        return attrs.evolve(draft, markdown=draft.markdown + text)

    return hook


def hang() -> None:
    threading.Event().wait()


def explode() -> None:
    msg = "boom"
    raise RuntimeError(msg)


def leave() -> None:
    raise SystemExit(7)


def loud() -> str:
    sys.stdout.write("noise" * 1_000_000)
    return "Quiet text."


def test_the_owners_instructions_come_first_and_packs_add_theirs(bench: Bench) -> None:
    """Each part keeps the name of where it comes from."""
    bench.owner().pack("tone", get_instructions=lambda: Instructions(text="Be brief."))
    bench.pack("silent", get_instructions=lambda: None)
    assert instructions(bench.dispatcher()) == (
        Fragment(source="docs-glossary", text="List the terms."),
        Fragment(source="tone", text="Be brief."),
    )


def test_a_pack_gets_its_own_settings(bench: Bench) -> None:
    """The owner keeps those of the deliverable."""
    bench.owner(get_instructions=lambda context: context.settings)
    bench.pack("tone", get_instructions=lambda context: context.settings)
    fragments = instructions(bench.dispatcher(settings={"tone": "the pack's"}))
    assert [fragment.text for fragment in fragments] == ["the owner's", "the pack's"]


@pytest.mark.parametrize(
    ("result", "what"),
    [
        (None, "returned NoneType, expected str or Instructions"),
        (3, "returned int, expected str or Instructions"),
        (" \n", "returned empty instructions"),
        ("x" * 200_001, "returned 200,001 bytes as the instructions, the limit is 200,000"),
    ],
    ids=["none", "number", "blank", "huge"],
)
def test_unusable_instructions_of_the_owner_are_an_error(
    bench: Bench, result: object, what: str
) -> None:
    """The message names the plugin, the hook, what came and what was expected."""
    bench.owner(get_instructions=lambda: result)
    with pytest.raises(HookError) as caught:
        instructions(bench.dispatcher())
    assert str(caught.value) == f"docs-glossary 1.0: get_instructions for 'glossary' {what}"
    assert 'plugins.disable = ["docs-glossary"]' in caught.value.hint


FAILING = pytest.mark.parametrize(
    ("hook", "what"),
    [
        (explode, "raised RuntimeError: boom"),
        (leave, "raised SystemExit: 7"),
        (hang, r"took longer than 0\.5 s"),
    ],
    ids=["raises", "exits", "hangs"],
)


@FAILING
@pytest.mark.parametrize("name", ["get_instructions", "get_template", "postprocess"])
def test_a_failing_owner_hook_is_a_hook_error(
    bench: Bench, name: str, hook: Hook, what: str
) -> None:
    """At every hook, whatever the plugin does."""
    dispatcher = bench.owner(**{name: hook}).dispatcher()
    calls: dict[str, Callable[[], object]] = {
        "get_instructions": lambda: instructions(dispatcher),
        "get_template": lambda: asyncio.run(dispatcher.template(DELIVERABLE, CONTEXT)),
        "postprocess": lambda: postprocess(dispatcher),
    }
    with pytest.raises(HookError, match=f"{name} for 'glossary' {what}"):
        calls[name]()


def test_a_hint_of_the_plugin_reaches_the_user(bench: Bench) -> None:
    """A plugin that raises docgen's own error may say what to do."""

    def refuse() -> None:
        msg = "no terms"
        raise DocgenError(msg, hint="Name three terms in the brief.")

    bench.owner(get_instructions=refuse)
    with pytest.raises(HookError, match="no terms") as caught:
        instructions(bench.dispatcher())
    assert caught.value.hint == "Name three terms in the brief."


def test_what_a_hook_prints_does_not_reach_the_terminal(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    """Standard output belongs to docgen's own result."""
    bench.owner(get_instructions=loud)
    assert instructions(bench.dispatcher())[0].text == "Quiet text."
    assert capfd.readouterr() == ("", "")


def test_the_shared_template_is_the_default(bench: Bench) -> None:
    """A plugin without a template still renders."""
    dispatcher = bench.owner().dispatcher()
    ref = asyncio.run(dispatcher.template(DELIVERABLE, CONTEXT))
    assert ref == TemplateRef("section.md.j2")


def test_the_owner_names_its_template(bench: Bench) -> None:
    """It is a reference, not a text."""
    dispatcher = bench.owner(get_template=lambda: TemplateRef("glossary/a.md.j2")).dispatcher()
    ref = asyncio.run(dispatcher.template(DELIVERABLE, CONTEXT))
    assert ref.name == "glossary/a.md.j2"


@pytest.mark.parametrize("result", ["a.md.j2", TemplateRef(3)])  # type: ignore[arg-type] # the fault under test
def test_a_template_that_is_no_reference_is_an_error(bench: Bench, result: object) -> None:
    """Text would be compiled without a file name for messages."""
    dispatcher = bench.owner(get_template=lambda: result).dispatcher()
    with pytest.raises(HookError, match="get_template"):
        asyncio.run(dispatcher.template(DELIVERABLE, CONTEXT))


def test_postprocess_is_a_fold_of_owner_and_packs_in_order(bench: Bench) -> None:
    """Each gets what the one before returned; None changes nothing."""
    bench.owner(postprocess=append(" owner")).pack("b", postprocess=append(" b"))
    bench.pack("a", postprocess=append(" a")).pack("c", postprocess=lambda: None)
    policy = PluginPolicy(order=("b",))
    draft, warnings = postprocess(bench.dispatcher(policy))
    assert (draft.markdown, warnings) == ("text owner b a", ())


@pytest.mark.parametrize(
    ("result", "what"),
    [
        ("text", "returned str, expected Draft or None"),
        (attrs.evolve(DRAFT, deliverable="other"), "returned a draft of 'other'"),
        (Draft(deliverable="glossary", markdown=3), "returned int as draft.markdown"),  # type: ignore[arg-type] # the fault under test
        (attrs.evolve(DRAFT, markdown="x" * 10_000_001), "10,000,001 bytes as draft.markdown"),
    ],
    ids=["wrong-type", "wrong-id", "wrong-field", "huge"],
)
def test_an_unusable_draft_fails_the_owner(bench: Bench, result: object, what: str) -> None:
    """Checked once, at the boundary."""
    bench.owner(postprocess=lambda: result)
    with pytest.raises(HookError, match=what):
        postprocess(bench.dispatcher())


@pytest.mark.parametrize("hook", [explode, leave, lambda: "text"], ids=["raises", "exits", "type"])
def test_a_failing_pack_is_skipped_with_a_warning(bench: Bench, hook: Hook) -> None:
    """The packs beside it still act."""
    bench.owner().pack("bad", postprocess=hook).pack("good", postprocess=append(" good"))
    draft, warnings = postprocess(bench.dispatcher())
    assert draft.markdown == "text good"
    assert len(warnings) == 1
    assert warnings[0].startswith("docs-bad 1.0: postprocess for 'glossary'")
    assert warnings[0].endswith("the pack was skipped")


def test_a_failing_pack_is_an_error_when_strict(bench: Bench) -> None:
    """The strict policy lets nothing pass."""
    bench.owner().pack("bad", postprocess=explode)
    with pytest.raises(HookError, match="docs-bad"):
        postprocess(bench.dispatcher(PluginPolicy(strict=True)))


def test_a_hanging_pack_is_left_out_from_then_on(bench: Bench) -> None:
    """Otherwise every deliverable would wait for it again."""
    dispatcher = bench.owner().pack("slow", postprocess=hang).dispatcher()
    assert len(postprocess(dispatcher)[1]) == 1
    assert postprocess(dispatcher)[1] == ()


def test_a_hook_cannot_change_what_others_see(bench: Bench) -> None:
    """Structured data may hold lists, so each hook gets a copy of its own."""

    def spoil(draft: Draft, context: HookContext) -> None:
        draft.data.append("spoilt")
        context.inputs["personas"].data.clear()

    inputs = {"personas": InputResult(id="personas", title="P", markdown="", data=["Ann"])}
    context = attrs.evolve(CONTEXT, inputs=inputs)
    draft = attrs.evolve(DRAFT, data=["kept"])
    result, _ = postprocess(bench.owner(postprocess=spoil).dispatcher(), draft, context)
    assert (result.data, context.inputs["personas"].data) == (["kept"], ["Ann"])


@attrs.define
class LooseSettings:
    """Settings that their author did not freeze."""

    count: int = 1


def test_force_does_not_change_what_others_see_either(bench: Bench) -> None:
    """Every argument is the hook's own: frozen objects give way to `object.__setattr__`."""
    spoil = object.__setattr__

    def force(
        deliverable: Deliverable, section: Section, document: Document, context: HookContext
    ) -> None:
        spoil(deliverable, "title", "spoilt")
        spoil(section, "markdown", "spoilt")
        spoil(document.sections[0], "title", "spoilt")
        spoil(context.brief, "text", "spoilt")
        spoil(context.inputs["personas"], "markdown", "spoilt")
        context.settings.count = 9

    inputs = {"personas": InputResult(id="personas", title="P", markdown="Ann")}
    context = attrs.evolve(CONTEXT, inputs=inputs, settings=LooseSettings())
    document = Document(title="T", sections=(attrs.evolve(SECTION),))
    dispatcher = bench.owner(merge_section=force).dispatcher()
    section = attrs.evolve(SECTION)
    before = repr((DELIVERABLE, section, document, context))
    merged = dispatcher.merge_section(DELIVERABLE, section, None, document, context)
    assert asyncio.run(merged) == (None, ())
    assert repr((DELIVERABLE, section, document, context)) == before


def test_a_hook_that_assigns_to_its_input_fails(bench: Bench) -> None:
    """The data classes are frozen."""

    def assign(draft: Draft) -> None:
        draft.markdown = "changed"  # type: ignore[misc] # the fault under test

    bench.owner(postprocess=assign)
    with pytest.raises(HookError, match="FrozenInstanceError"):
        postprocess(bench.dispatcher())


def test_cancelling_a_run_does_not_wait_for_a_hook(bench: Bench) -> None:
    """Ctrl-C ends the run although a plugin hangs; its cancellation is not the plugin's error."""
    inside = threading.Event()

    def wait() -> None:
        inside.set()
        hang()

    async def cancel() -> bool:
        dispatcher = bench.owner(get_instructions=wait).dispatcher(PluginPolicy(hook_timeout=60))
        task = asyncio.create_task(dispatcher.instructions(DELIVERABLE, CONTEXT))
        await asyncio.to_thread(inside.wait)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(cancel())


def test_the_first_merge_answer_wins(bench: Bench) -> None:
    """The owner is asked before the packs, and None passes the question on."""
    bench.owner(merge_section=lambda: None)
    for name in ("first", "second"):
        answer = attrs.evolve(SECTION, markdown=name)
        bench.pack(name, merge_section=lambda answer=answer: answer)
    bench.pack("bad", merge_section=explode)
    merged, warnings = merge(bench.dispatcher())
    assert merged is not None
    assert merged.markdown == "first"
    assert [warning.split(":")[0] for warning in warnings] == ["docs-bad 1.0"]


def test_nobody_deciding_leaves_the_merge_to_the_core(bench: Bench) -> None:
    """None means the core's own way."""
    assert merge(bench.owner().dispatcher()) == (None, ())


@pytest.mark.parametrize("result", ["text", attrs.evolve(SECTION, id="other")])
def test_an_unusable_section_is_left_out(bench: Bench, result: object) -> None:
    """Another id would put the text under another deliverable; the packs are still asked."""
    bench.owner(merge_section=lambda: result).pack("good", merge_section=lambda: SECTION)
    merged, warnings = merge(bench.dispatcher())
    assert (merged, len(warnings)) == (SECTION, 1)
    assert "merge_section for 'glossary' returned" in warnings[0]


@FAILING
def test_a_failing_merge_leaves_the_section_to_the_core(
    bench: Bench, hook: Hook, what: str
) -> None:
    """The answers are paid for by then: what is lost is the plugin's say, not the document."""
    merged, warnings = merge(bench.owner(merge_section=hook).dispatcher())
    assert merged is None
    assert re.search(f"merge_section for 'glossary' {what}", warnings[0])


def test_a_failing_merge_is_an_error_when_strict(bench: Bench) -> None:
    """The strict policy lets nothing pass."""
    bench.owner(merge_section=explode)
    with pytest.raises(HookError, match="merge_section for 'glossary' raised"):
        merge(bench.dispatcher(PluginPolicy(strict=True)))


def test_data_that_cannot_be_copied_is_blamed_on_its_maker(bench: Bench) -> None:
    """The hooks after it get copies; they are not at fault."""

    def lock(draft: Draft) -> Draft:
        return attrs.evolve(draft, data=threading.Lock())

    bench.owner(postprocess=lock).pack("next", postprocess=append(" next"))
    with pytest.raises(HookError, match=r"docs-glossary 1\.0: .* cannot be copied"):
        postprocess(bench.dispatcher())


def test_data_is_parted_from_the_plugin_that_made_it(bench: Bench) -> None:
    """What it keeps for itself and changes later is another object."""
    own = ["kept"]

    def owner(draft: Draft) -> Draft:
        return attrs.evolve(draft, data=own)

    def late() -> None:
        own.clear()

    bench.owner(postprocess=owner).pack("late", postprocess=late)
    draft, _ = postprocess(bench.dispatcher())
    assert draft.data == ["kept"]


def test_a_hook_cannot_move_docgen_to_another_folder(bench: Bench, tmp_path: Path) -> None:
    """Relative paths on the command line must keep their meaning."""
    here = Path.cwd()
    bench.owner(postprocess=lambda: os.chdir(tmp_path))
    postprocess(bench.dispatcher())
    assert Path.cwd() == here
