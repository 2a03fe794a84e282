"""Holds the troubleshooting table of docs/lm-studio.md to what docgen really says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from docgen_core import DocgenError, OrchestrationConfig, OrchestrationEngine
from docgen_core.testing import FakeLMStudio, FakeModel, Reply

PAGE = (Path(__file__).parents[2] / "docs/lm-studio.md").read_text("utf-8")
LOADED = FakeModel("qwen2.5-7b-instruct", loaded=True, context_length=16384)
HTML = "<html><title>Router</title></html>"
OVERFLOW = (
    "The number of tokens to keep from the initial prompt is greater than the context length "
    "(n_keep: 5000>= n_ctx: 4096). Try to load the model with a larger context length, or provide "
    "a shorter input."
)
SHARED_OVERFLOW = (
    'Engine protocol predict stream returned an error: {"code":500,"message":"Context size has '
    'been exceeded.","type":"server_error"}'
)


@attrs.frozen(kw_only=True)
class Trouble:
    """A server in a bad state, or one bad answer."""

    says: str
    server: Mapping[str, Any] = attrs.field(factory=dict)
    replies: tuple[Reply, ...] = ()
    settings: Mapping[str, Any] = attrs.field(factory=dict)
    path: str = "/v1"
    page: str = ""


TROUBLES = (
    Trouble(says="answered with a web page", page=HTML),
    Trouble(says="does not list models", path="/api"),
    Trouble(says="Unexpected endpoint", path="/elsewhere"),
    Trouble(says="refused the request", server={"token": "sk-lm-abcdefgh:01234567890123456789"}),
    Trouble(says="has no model", server={"models": ()}),
    Trouble(says="only embedding", server={"models": (FakeModel("nomic", kind="embedding"),)}),
    Trouble(
        says="in its place",
        server={"models": (FakeModel("m"),)},
        settings={"model_name": "qwen2.5-14b"},
    ),
    Trouble(says="No models loaded", server={"models": (FakeModel("m"),), "jit": False}),
    Trouble(
        says="Failed to load",
        replies=(
            Reply.error(400, 'Failed to load model "m". Error: insufficient system resources'),
        ),
    ),
    Trouble(says="Model unloaded", replies=(Reply.error(400, "Model unloaded."),)),
    Trouble(
        says="has crashed",
        replies=(
            Reply.error(
                400, "The model has crashed without additional information. (Exit code: null)"
            ),
        ),
    ),
    Trouble(says="tokens to keep", replies=(Reply.stream_error(OVERFLOW),)),
    Trouble(says="Context size", replies=(Reply.error(400, SHARED_OVERFLOW),)),
    Trouble(
        says="jinja",
        replies=(Reply.stream_error("Error rendering prompt with jinja template"),),
    ),
    Trouble(says="is empty", replies=(Reply.text(""),)),
    Trouble(says="no usable structured answer", replies=(Reply.raw_text("Sure! Here you go."),)),
)


def documented() -> list[str]:
    """The messages in the first column of the troubleshooting table."""
    table = PAGE.partition("| docgen says |")[2].partition("What is not an error")[0]
    return re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)


def _matches(pattern: str, message: str) -> bool:
    parts = [re.escape(part) for part in pattern.split("...")]
    return re.fullmatch(".*".join(parts) + ".*", message, re.DOTALL) is not None


def provoke(trouble: Trouble) -> DocgenError:
    """The error that a run meets."""
    with FakeLMStudio(**{"models": (LOADED,), **trouble.server}) as fake:
        fake.enqueue(*trouble.replies)
        if trouble.page:
            for path in ("/lmstudio-greeting", "/api/v1/models", "/api/v0/models", "/v1/models"):
                fake.override(path, Reply.body(trouble.page, content_type="text/html"))
        address = fake.base_url.removesuffix("/v1") + trouble.path
        return _run(address, trouble.settings)


def _run(address: str, settings: Mapping[str, Any]) -> DocgenError:
    config = OrchestrationConfig(
        lm_studio_base_url=address,
        server="lmstudio",
        max_retries_per_deliverable=0,
        **settings,
    )
    with OrchestrationEngine(config) as engine:
        if not engine.initialize():
            assert engine.error is not None
            return engine.error
        error = engine.orchestrate("A CRM", ["problem_statement"]).deliverable_results[0].error
    assert error is not None
    return error


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.says)
def test_each_message_stands_in_the_table(trouble: Trouble) -> None:
    """What docgen says is what the reader will look for."""
    error = provoke(trouble)
    assert trouble.says in error.message
    assert [line for line in documented() if _matches(line, error.message)], error.message


def test_a_server_that_is_not_started_stands_in_the_table() -> None:
    """The commonest trouble of all."""
    fake = FakeLMStudio()
    with fake:
        address = fake.base_url
    error = _run(address, {})
    assert _matches("Nothing answers at ...", error.message)
    assert "Nothing answers at ..." in documented()


def test_the_table_holds_nothing_that_is_not_tested() -> None:
    """Each message of the table belongs to one trouble above."""
    tested = [*(trouble.says for trouble in TROUBLES), "Nothing answers"]
    assert [line for line in documented() if not any(part in line for part in tested)] == []
