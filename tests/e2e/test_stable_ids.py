"""The ids of items stay when a section is written again, by a run or by `docgen refine`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command_line import Docgen

from docgen_core.testing import FakeLMStudio, Reply

_PLUGIN = """
    from typing import Annotated

    import attrs
    from docgen_core.api import Deliverable, Field, Identity, hookimpl

    @attrs.frozen(kw_only=True)
    class Person:
        id: Annotated[str, Identity("P")] = ""
        name: Annotated[str, Field("the person's name")]

    @attrs.frozen(kw_only=True)
    class People:
        people: Annotated[tuple[Person, ...], Field("the people", least=1, most=5)]

    @hookimpl
    def get_deliverables():
        item = Deliverable(
            id="people", title="People", summary="Who.", schema=People, api=(1, 1)
        )
        return [item]

    @hookimpl
    def get_instructions():
        return "Name the people."
"""


@pytest.fixture
def docgen(tmp_path: Path) -> Docgen:
    site = tmp_path / "site"
    site.mkdir()
    made = Docgen(folder=tmp_path, site=site)
    made.install("people-plugin", _PLUGIN, {"docgen.deliverables": ["people"]})
    return made


def names(fake: FakeLMStudio, *people: str) -> None:
    """Let the model name these people."""
    answer = json.dumps({"people": [{"name": name} for name in people]})
    fake.respond = lambda _: Reply.raw_text(answer)


def run(docgen: Docgen, fake: FakeLMStudio, *arguments: str) -> dict[str, str]:
    """Run a command and read the ids of the people by name."""
    done = docgen(*arguments, "-o", "out", "--no-cache", DOCGEN_BASE_URL=fake.base_url)
    assert done.returncode == 0, done.stderr
    data = (docgen.folder / "out" / ".docgen" / "data" / "people.json").read_text()
    return {item["name"]: item["id"] for item in json.loads(data)["people"]}


def test_an_added_item_renumbers_nobody(docgen: Docgen, fake: FakeLMStudio) -> None:
    """It gets a new number, wherever it stands."""
    names(fake, "Ann the seller", "Bob the buyer")
    first = run(docgen, fake, "generate", "A CRM")
    assert first == {"Ann the seller": "P1", "Bob the buyer": "P2"}
    names(fake, "Cid the clerk", "Ann the seller", "Bob the buyer")
    assert run(docgen, fake, "generate", "A CRM", "--seed", "3") == {**first, "Cid the clerk": "P3"}


def test_a_refinement_renumbers_nobody_and_reuses_no_number(
    docgen: Docgen, fake: FakeLMStudio
) -> None:
    """A number whose item is gone stays unused."""
    names(fake, "Ann the seller", "Bob the buyer")
    run(docgen, fake, "generate", "A CRM")
    names(fake, "Bob the buyer", "Cid the clerk")
    refined = run(docgen, fake, "refine", "people", "no sellers")
    assert refined == {"Bob the buyer": "P2", "Cid the clerk": "P3"}
