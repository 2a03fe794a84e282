"""The test kit for docgen and its plugins: a fake LM Studio, and the contract of plugins as tests.

Opt-in: nothing in docgen imports it. It uses the standard library and attrs only; fixtures for
pytest are in `docgen_core.testing.pytest`.
"""

from __future__ import annotations

from docgen_core.testing.contract import DeliverableContract
from docgen_core.testing.fake_lmstudio import FakeLMStudio
from docgen_core.testing.models import FakeModel
from docgen_core.testing.replies import Answer, Hold, Reply
from docgen_core.testing.server import default_answer
from docgen_core.testing.wire import RecordedRequest

__all__ = [
    "Answer",
    "DeliverableContract",
    "FakeLMStudio",
    "FakeModel",
    "Hold",
    "RecordedRequest",
    "Reply",
    "default_answer",
]
