"""Writes the events of a run to the log, and the log to stderr where the user asked for it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from docgen_core.events import (
    AttemptFailed,
    AttemptStarted,
    DeliverableFinished,
    DeliverableStarted,
    Event,
    Notice,
    RunFinished,
    RunStarted,
    ServerChosen,
)
from docgen_core.model import DeliverableResult
from docgen_core.plain import clean

__all__ = ["log_event", "logging_to_stderr", "quiet_by_default"]

_log = logging.getLogger("docgen_core.run")
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _PlainFormatter(logging.Formatter):
    """Formats a record without terminal escapes: it may quote a server, a model or a plugin."""

    def format(self, record: logging.LogRecord) -> str:
        return clean(super().format(record))


def quiet_by_default() -> None:
    """Keep the standard library from printing docgen's warnings where no log is configured."""
    logger = logging.getLogger("docgen_core")
    if not any(isinstance(handler, logging.NullHandler) for handler in logger.handlers):
        logger.addHandler(logging.NullHandler())


@contextlib.contextmanager
def logging_to_stderr(level: str) -> Iterator[None]:
    """Attach a handler to docgen's own logger while the block runs; other loggers are left alone.

    Args:
        level: The least severe level to show, for instance `DEBUG`.
    """
    logger = logging.getLogger("docgen_core")
    handler = logging.StreamHandler()
    handler.setFormatter(_PlainFormatter(_FORMAT))
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def log_event(event: Event) -> None:
    """Write an event to the log; pieces of text are not logged."""
    match event:
        case ServerChosen():
            _log.info("using model %s of %s", event.model, event.base_url)
        case RunStarted():
            _log.info("run %s writes %s", event.run_id, ", ".join(event.deliverables))
        case DeliverableStarted():
            _log.debug("%s: started", event.deliverable)
        case AttemptStarted():
            _log.debug("%s: attempt %d asks %s", event.deliverable, event.attempt, event.model)
        case AttemptFailed():
            _log_failed_attempt(event)
        case DeliverableFinished():
            _log_result(event.result)
        case Notice():
            _log.info("%s", event.message)
        case RunFinished():
            _log.info(
                "%d written, %d failed, %.1f s",
                event.success_count,
                event.error_count,
                event.elapsed,
            )
        case _:
            return


def _log_failed_attempt(event: AttemptFailed) -> None:
    after = "giving up" if event.retry_in is None else f"trying again in {event.retry_in:.1f} s"
    _log.warning(
        "%s: attempt %d failed (%s); %s", event.deliverable, event.attempt, event.error, after
    )


def _log_result(result: DeliverableResult) -> None:
    if result.error is not None:
        _log.error("%s: failed: %s", result.deliverable_type, result.error)
        return
    tokens = 0 if result.usage is None else result.usage.completion_tokens
    kept = "taken from the run folder" if result.reused else ""
    how = "taken from the cache" if result.cached else kept or f"{result.execution_time:.1f} s"
    _log.info("%s: %d tokens, %s", result.deliverable_type, tokens, how)
    for warning in result.warnings:
        _log.warning("%s: %s", result.deliverable_type, warning)
