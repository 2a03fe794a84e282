from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import attrs
import pytest
from support.shop import Shop

from docgen_core.api import HookContext
from docgen_core.engine import OrchestrationResult
from docgen_core.engine.replay import replay
from docgen_core.errors import FileError
from docgen_core.testing import Reply

BRIEF = "# CRM\n\nDevelop a CRM tool for small businesses."


@attrs.frozen(kw_only=True)
class Look:
    """Settings with what TOML can hold and JSON cannot."""

    since: dt.date = dt.date(2020, 1, 1)


def offered(shop: Shop) -> Shop:
    """Two deliverables; the second needs the first and shows its own setting."""
    shop.offer("problem")
    shop.offer(
        "personas",
        "problem",
        settings=Look,
        hooks={"get_instructions": lambda context: f"Write since {context.settings.since}."},
    )
    return shop


def run(shop: Shop, out: Path, **config: Any) -> OrchestrationResult:
    """A finished run with answers of its own."""
    shop.fake.enqueue(Reply.text("Leads get lost."), Reply.text("Anna the plumber."))
    return shop.engine(**config).orchestrate(BRIEF, ["personas"], output=out)


def again(shop: Shop, out: Path) -> OrchestrationResult:
    """A replay with the shop's plugins, after the server has gone."""
    shop.fake.stop()
    return replay(out, registry=shop.engine().registry)


def shown(out: Path) -> dict[str, bytes]:
    """What people read."""
    files = [*out.glob("*.*"), *out.glob("sections/*")]
    return {str(path.relative_to(out)): path.read_bytes() for path in files if path.is_file()}


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({}, id="defaults"),
        pytest.param({"include_table_of_contents": False, "language": "de"}, id="language"),
        pytest.param({"merge_into_single_document": False}, id="sections only"),
        pytest.param({"temperature": 0.1, "seed": 7, "max_tokens": 99}, id="parameters"),
        pytest.param({"settings": {"personas": {"since": dt.date(2026, 2, 3)}}}, id="settings"),
    ],
)
def test_what_was_removed_comes_back_byte_for_byte(
    shop: Shop, tmp_path: Path, config: dict[str, Any]
) -> None:
    """Sections and document, with the settings of the run and no server."""
    run(offered(shop), tmp_path, **config)
    before = shown(tmp_path)
    for name in before:
        if name != "run.json":
            (tmp_path / name).unlink()
    shutil.rmtree(tmp_path / ".docgen" / "generated")
    result = again(shop, tmp_path)
    assert result.success_count == 2
    assert shown(tmp_path) == before


def test_an_untouched_folder_keeps_every_byte(shop: Shop, tmp_path: Path) -> None:
    """run.json too: it still says who wrote what, and when."""
    run(offered(shop), tmp_path)
    before = shown(tmp_path)
    again(shop, tmp_path)
    assert shown(tmp_path) == before


def test_the_date_is_the_recorded_one(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much later it is."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    run(offered(shop), tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    before = shown(tmp_path)
    (tmp_path / "document.md").unlink()
    again(shop, tmp_path)
    assert shown(tmp_path) == before
    assert b"1970-01-01" in before["document.md"]


def test_an_edited_section_is_kept(shop: Shop, tmp_path: Path) -> None:
    """In its file and in the document."""
    run(offered(shop), tmp_path)
    (tmp_path / "sections" / "problem.md").write_text("# Problem\n\nMy own words.\n")
    again(shop, tmp_path)
    assert b"My own words." in shown(tmp_path)["document.md"]
    assert shown(tmp_path)["sections/problem.md"] == b"# Problem\n\nMy own words.\n"


def test_a_lost_record_is_written_anew(shop: Shop, tmp_path: Path) -> None:
    """With the model, prompt hash and parameters that the answers and the recipe tell."""
    run(offered(shop), tmp_path)
    record = tmp_path / "run.json"
    before = json.loads(record.read_text())
    record.unlink()
    again(shop, tmp_path)
    after = json.loads(record.read_text())
    for told in (before, after):
        _forget_times(told)
    assert after == before


def _forget_times(told: dict[str, Any]) -> None:
    """Nothing else says when each thing happened."""
    for name in ("seconds", "started", "requests"):
        del told[name]
    for section in told["sections"]:
        del section["seconds"], section["time_to_first_token"]


def test_a_lost_answer_leaves_the_document_as_it_is(shop: Shop, tmp_path: Path) -> None:
    """What needs it cannot be made either; nothing that stands is thinned out."""
    run(offered(shop), tmp_path)
    before = shown(tmp_path)
    for path in (tmp_path / ".docgen" / "objects").glob("??/*"):
        if b"Leads" in path.read_bytes():
            path.write_bytes(path.read_bytes()[:-1])
    result = again(shop, tmp_path)
    assert [r.error_message for r in result.deliverable_results] == [
        "the answer for problem is not stored",
        "personas cannot be made again without problem",
    ]
    assert result.exit_code == 5
    assert shown(tmp_path) == before
    assert any("damaged" in warning for warning in result.warnings)
    assert any("left as it is" in warning for warning in result.warnings)


def test_of_an_unfinished_run_what_is_finished_is_shown(shop: Shop, tmp_path: Path) -> None:
    """The first deliverable has an answer, the second failed."""
    offered(shop)
    shop.fake.enqueue(Reply.text("Leads get lost."), Reply.error(400, "bad grammar"))
    shop.engine().orchestrate(BRIEF, ["personas"], output=tmp_path)
    (tmp_path / "document.md").unlink()
    result = again(shop, tmp_path)
    assert (result.success_count, result.error_count) == (1, 1)
    assert b"Leads get lost." in shown(tmp_path)["document.md"]


def test_an_answer_to_a_prompt_that_changed_since_is_shown_with_a_warning(
    shop: Shop, tmp_path: Path
) -> None:
    """As after an upgrade of the plugin."""
    wording = ["Write."]
    shop.offer("problem", hooks={"get_instructions": lambda: wording[0]})
    shop.fake.enqueue(Reply.text("Leads get lost."))
    shop.engine().orchestrate(BRIEF, output=tmp_path)
    before = shown(tmp_path)
    wording[0] = "Write better."
    result = again(shop, tmp_path)
    assert shown(tmp_path) == before
    assert "the recorded prompt" in result.deliverable_results[0].warnings[-1]


def test_an_answer_of_an_earlier_brief_is_never_shown(shop: Shop, tmp_path: Path) -> None:
    """The folder's last run asked something else and got no answer."""
    shop.offer("problem")
    shop.engine().orchestrate(BRIEF, output=tmp_path)
    kept = (tmp_path / "run.json").read_bytes()
    shop.fake.enqueue(Reply.error(400, "bad grammar"))
    shop.engine().orchestrate("Another brief", output=tmp_path)
    (tmp_path / "run.json").write_bytes(kept)
    assert again(shop, tmp_path).success_count == 0


def test_no_secret_is_kept(shop: Shop, tmp_path: Path) -> None:
    """The key is not among the recorded settings."""
    shop.offer("problem")
    shop.engine(lm_studio_api_key="sk-planted").orchestrate(BRIEF, output=tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if b"sk-planted" in path.read_bytes()]


@pytest.mark.parametrize("kind", ["no folder", "empty", "damaged"])
def test_where_nothing_is_recorded_there_is_nothing_to_replay(tmp_path: Path, kind: str) -> None:
    """And no folder is made."""
    out = tmp_path / "out"
    if kind != "no folder":
        (out / ".docgen").mkdir(parents=True)
    if kind == "damaged":
        (out / ".docgen" / "recipe").write_bytes(b"x")
    with pytest.raises(FileError, match=r"no readable record|there is no folder"):
        replay(out)
    assert out.exists() == (kind != "no folder")


@attrs.frozen(kw_only=True)
class Corporate:
    """A setting that is a path."""

    logo: Path = Path("none")


def test_paths_in_settings_are_those_of_the_run(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They begin in the folder of the settings file, wherever the replay is started."""
    seen: list[Path] = []

    def instructions(context: HookContext) -> str:
        seen.append(context.settings.logo)
        return "Write."

    shop.offer("cover", settings=Corporate, hooks={"get_instructions": instructions})
    tables = {"cover": {"logo": "logo.png"}}
    engine = shop.engine(settings=tables, settings_folder=tmp_path / "project")
    engine.orchestrate(BRIEF, ["cover"], output=tmp_path / "out")
    monkeypatch.chdir(tmp_path / "out")
    again(shop, tmp_path / "out")
    assert set(seen) == {tmp_path / "project" / "logo.png"}
