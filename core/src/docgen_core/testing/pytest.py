"""Fixtures for the tests of plugins.

Opt-in, with one line in a conftest.py at the top of the tests:

    pytest_plugins = ["docgen_core.testing.pytest"]

Nothing of it loads by itself: installing docgen adds nothing to other projects' tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from docgen_core.engine import OrchestrationEngine
from docgen_core.engine.result import OrchestrationResult
from docgen_core.settings import OrchestrationConfig
from docgen_core.testing.fake_lmstudio import FakeLMStudio

__all__ = ["Generate", "fake_lm_studio", "generate"]


@pytest.fixture
def fake_lm_studio() -> Iterator[FakeLMStudio]:
    """A fake LM Studio: a real HTTP server on this machine, with one loaded model.

    Without further ado it answers every request with text that fits what was asked; `enqueue`
    scripts the next answers, one `Reply` for each request.
    """
    with FakeLMStudio() as fake:
        yield fake


@attrs.frozen
class Generate:
    """Runs deliverables through the real engine against the fake server.

        def test_a_whole_run(generate):
            result = generate("A booking app", "glossary").result("glossary")
            assert result.success

    Attributes:
        server: The server that answers.
        folder: The run folder of runs that are given none.
    """

    server: FakeLMStudio
    folder: Path

    def __call__(
        self,
        brief: str,
        *deliverables: str,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        output: Path | None = None,
        **config: Any,  # noqa: ANN401 - any field of the configuration
    ) -> OrchestrationResult:
        """Write deliverables, and what they need, from a brief.

        Args:
            brief: What the user wants.
            deliverables: Their ids.
            settings: Plugin settings by deliverable id, as under `[settings.<id>]`.
            output: The run folder; None for the test's own.
            config: Fields of `OrchestrationConfig`, for instance `language="de"`.

        Returns:
            The result of the run, whether it succeeded or not.

        Raises:
            DocgenError: the run could not begin, for instance for want of a plugin.
        """
        defaults: dict[str, Any] = {"lm_studio_base_url": self.server.base_url, "cache": "off"}
        chosen = OrchestrationConfig(**{**defaults, **config, "settings": dict(settings or {})})
        wanted: Sequence[str] = deliverables
        with OrchestrationEngine(chosen) as engine:
            return engine.orchestrate(brief, list(wanted), output=output or self.folder)


@pytest.fixture
def generate(fake_lm_studio: FakeLMStudio, tmp_path: Path) -> Generate:
    """A function that runs deliverables through the real engine against `fake_lm_studio`."""
    return Generate(server=fake_lm_studio, folder=tmp_path / "docgen-out")
