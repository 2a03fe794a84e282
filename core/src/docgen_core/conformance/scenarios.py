"""The situations in which a plugin's hooks and template are tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs

from docgen_core.api import Brief, Deliverable, Draft, HookContext, InputResult
from docgen_core.conformance.examples import Ids, make_full, make_least, merged
from docgen_core.conformance.settings_checks import default_settings
from docgen_core.errors import DocgenError, SettingsError
from docgen_core.structure.ids import ids_in
from docgen_core.structure.slots import check_schema

__all__ = ["Scenario", "scenarios", "usable_schema"]

_BRIEF: Final = "# A booking app\n\nPeople book places in a climbing gym.\n"
_MARKDOWN: Final = """Here it is:

# Overview

Some *text* | with <marks> and **bold** words.

**Goals:** some text

## Details

- one
- two

```
# code
```
"""


@attrs.frozen(kw_only=True, eq=False)
class Scenario:
    """One situation.

    Attributes:
        name: `full` (every input and field is there) or `least` (only what is required).
        context: What the hooks may know.
        draft: The model's answer.
    """

    name: str
    context: HookContext
    draft: Draft


def scenarios(
    item: Deliverable, inputs: Sequence[Deliverable], languages: Sequence[str]
) -> Iterator[Scenario]:
    """Give the situations for a deliverable: full and least, each in every language.

    Args:
        item: The deliverable.
        inputs: The deliverables that it needs or uses, as far as they are installed.
        languages: The languages to try.
    """
    try:
        settings = default_settings(item.settings, item.id)
    except SettingsError:
        return  # told by the checks of the settings; no run would come as far as a hook
    full = [_input(each) for each in inputs]
    least = [attrs.evolve(each, markdown="x\n") for each in full if each.id in item.needs]
    known = merged(*(ids_in(each.data) for each in full))
    for language in languages:
        for name, given in (("full", full), ("least", least)):
            context = HookContext(
                brief=Brief.from_text(_BRIEF),
                inputs={each.id: each for each in given},
                settings=settings,
                language=language,
                run_id="check",
            )
            yield Scenario(name=name, context=context, draft=_draft(item, name, known))


def usable_schema(item: Deliverable) -> type[Any] | None:
    """Give a deliverable's schema when it is in order, or None."""
    return None if item.schema is None or check_schema(item.schema) else item.schema


def _input(item: Deliverable) -> InputResult:
    schema = usable_schema(item)
    data = None
    if schema is not None:
        try:
            data = make_full(schema, {})
        except (DocgenError, TypeError, ValueError):  # another plugin's fault, not this one's
            data = None
    return InputResult(id=item.id, title=item.title, markdown=_MARKDOWN, data=data)


def _draft(item: Deliverable, name: str, known: Ids) -> Draft:
    schema = usable_schema(item)
    markdown = _MARKDOWN if name == "full" else "x\n"
    if schema is None:
        return Draft(deliverable=item.id, markdown=markdown, model="check")
    data = make_full(schema, known) if name == "full" else make_least(schema)
    return Draft(deliverable=item.id, markdown="{}", data=data, model="check")
