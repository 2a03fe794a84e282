"""The test kit for docgen and its plugins: a fake LM Studio that is a real HTTP server.

Opt-in: nothing in docgen imports it. It uses the standard library and attrs only.
"""

from __future__ import annotations

from docgen_core.testing.fake_lmstudio import FakeLMStudio
from docgen_core.testing.models import FakeModel
from docgen_core.testing.replies import Answer, Hold, Reply
from docgen_core.testing.server import default_answer
from docgen_core.testing.wire import RecordedRequest

__all__ = [
    "Answer",
    "FakeLMStudio",
    "FakeModel",
    "Hold",
    "RecordedRequest",
    "Reply",
    "default_answer",
]
