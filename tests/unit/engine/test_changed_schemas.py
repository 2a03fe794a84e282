"""A replay after a deliverable gained, lost or changed its schema: the text, or what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import attrs
import pytest
from support.shapes import People
from support.shop import Shop

from docgen_core import OrchestrationResult
from docgen_core.api import Draft, Field, tidy
from docgen_core.engine.replay import replay
from docgen_core.store.verify import verify
from docgen_core.testing import Reply


@attrs.frozen(kw_only=True)
class Notes:
    """Another schema than that of people."""

    notes: Annotated[tuple[str, ...], Field("the notes", least=1, most=3)]


def tidied(draft: Draft) -> Draft:
    """A hook that knows data only."""
    return attrs.evolve(draft, data=tidy(draft.data))


def recorded(shop: Shop, out: Path, schema: type | None) -> None:
    """A finished run of a deliverable, and of one that reads it."""
    shop.offer("a", schema=schema, api=(1, 1))
    shop.offer("b", "a")
    if schema is None:
        shop.fake.enqueue(Reply.text("Free *words* of a."), Reply.text("Words of b."))
    shop.engine().orchestrate("A CRM", ["a", "b"], output=out)


def replayed(shop: Shop, out: Path, schema: type | None) -> OrchestrationResult:
    """A replay after an upgrade, with the document gone."""
    (out / "document.md").unlink()
    shop.withdraw("a")
    hooks = {"postprocess": tidied} if schema is not None else None
    shop.offer("a", schema=schema, api=(1, 1), hooks=hooks)
    shop.fake.stop()
    return replay(out, registry=shop.engine().registry)


def test_free_markdown_is_shown_although_there_is_a_schema_now(shop: Shop, tmp_path: Path) -> None:
    """As it was written; hooks and templates for data do not see it."""
    recorded(shop, tmp_path, None)
    before = (tmp_path / "document.md").read_bytes()
    result = replayed(shop, tmp_path, People)
    assert result.exit_code == 0
    assert (tmp_path / "document.md").read_bytes() == before
    told = " ".join(result.deliverable_results[0].warnings)
    assert "it was written before its plugin asked for data" in told
    assert "`docgen generate` asks for it anew" in told


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (Notes, "the stored answer for a does not fit its schema any more"),
        (None, "the stored answer for a is data of a schema that it has no more"),
    ],
)
def test_data_of_another_schema_is_told_of(
    shop: Shop, tmp_path: Path, schema: type | None, told: str
) -> None:
    """The error says what is the matter and what to do; the document keeps the text."""
    recorded(shop, tmp_path, People)
    text = (tmp_path / "sections" / "a.md").read_text(encoding="utf-8").partition("\n\n")[2]
    result = replayed(shop, tmp_path, schema)
    first = result.deliverable_results[0]
    assert first.error is not None
    assert (result.exit_code, str(first.error)) == (5, told)
    assert "docgen generate" in first.error.hint
    assert text.splitlines()[-1] in (tmp_path / "document.md").read_text(encoding="utf-8")


def test_a_run_asks_anew(shop: Shop, tmp_path: Path) -> None:
    """Where the server can be asked, the schema is what counts."""
    recorded(shop, tmp_path, None)
    shop.withdraw("a")
    shop.offer("a", schema=People, api=(1, 1))
    chats = shop.fake.chats
    result = shop.engine().orchestrate("A CRM", ["a"], output=tmp_path)
    assert result.exit_code == 0
    assert isinstance(result.deliverable_results[0].data, People)
    assert shop.fake.chats == chats + 1


def test_data_of_before_goes_with_the_schema(shop: Shop, tmp_path: Path) -> None:
    """What other programs and exports read is of the text that stands there."""
    data = tmp_path / ".docgen" / "data" / "a.json"
    recorded(shop, tmp_path, People)
    assert data.exists()
    shop.withdraw("a")
    shop.offer("a")
    assert shop.engine().orchestrate("A CRM", ["a"], output=tmp_path).exit_code == 0
    assert not data.exists()
    assert all(each.sound for each in verify(tmp_path))
