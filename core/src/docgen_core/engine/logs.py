"""Sends docgen's log to stderr, when the user asked for it and only then."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

__all__ = ["logging_to_stderr"]

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@contextlib.contextmanager
def logging_to_stderr(level: str) -> Iterator[None]:
    """Attach a handler to docgen's own logger while the block runs; other loggers are left alone.

    Args:
        level: The least severe level to show, for instance `DEBUG`.
    """
    logger = logging.getLogger("docgen_core")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
