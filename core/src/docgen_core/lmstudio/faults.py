"""Turns whatever a server says went wrong into one of docgen's errors.

LM Studio answers most faults with status 400 and some with 200, so the text decides and the status
is only asked when the text says nothing.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import attrs

from docgen_core.errors import (
    AuthError,
    ConnectError,
    ContextLengthError,
    GenerationError,
    NoModelError,
    Retry,
    ServerError,
)

__all__ = [
    "Report",
    "broken_stream",
    "classify",
    "classify_body",
    "parse_retry_after",
    "redact",
    "reported_error",
]

_LONGEST = 500
_SECRET = re.compile(
    r"sk-[A-Za-z0-9_-]{2,}[A-Za-z0-9:_*.-]*"  # an API key, or the start of one
    r"|(?i:bearer\s+)[^\s\"',]+"
    r"|[^\s\"',]+\*{3,}[^\s\"',]*"  # what a server has masked itself still shows a part
)
_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|[\x00-\x1f\x7f]+"
)

_AUTH_HINT = (
    "Set the API key of the server (LM Studio: Developer > Server settings > Manage tokens) "
    "in LM_API_TOKEN or the settings."
)
_CONTEXT_HINT = (
    "Load the model with a larger context length, lower max_tokens, or shorten the brief."
)
_LOAD_HINT = "Load a model in LM Studio (Developer page) or with 'lms load', then try again."
_ADDRESS_HINT = "Check the base URL; LM Studio's default is http://127.0.0.1:1234/v1."
_SCHEMA_HINT = "The server cannot enforce this schema; ask for plain text or a simpler schema."
_TEMPLATE_HINT = "The model's chat template rejects the prompt; try another model or version."
_BUSY_HINT = "The server is busy; lower the concurrency or try again later."


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


@attrs.frozen
class _Rule:
    """What a text means. The first rule that matches wins."""

    pattern: re.Pattern[str] = attrs.field(converter=_compiled)
    error: type[ServerError]
    retry: Retry = Retry.NEVER
    hint: str = ""


_RULES = (
    _Rule(
        r"invalid_api_key|api token is required|malformed lm studio api token|unauthori[sz]ed"
        r"|(?:incorrect|invalid|missing) api[ _-]?key|permission denied",
        AuthError,
        hint=_AUTH_HINT,
    ),
    _Rule(r"context size has been exceeded", ContextLengthError, Retry.ALONE, _CONTEXT_HINT),
    _Rule(
        r"exceed_context_size|context_length_exceeded|n_keep: *\d+ *>= *n_ctx|tokens to keep from"
        r"|trying to keep the first|(?:maximum|max|reached) (?:model |context )+len(?:gth)?"
        r"|(?:exceeds?|than|beyond|overflows?) the (?:available |model'?s? |maximum )*context"
        r"|context overflow|prompt is too long",
        ContextLengthError,
        hint=_CONTEXT_HINT,
    ),
    _Rule(r"unexpected endpoint or method", ConnectError, hint=_ADDRESS_HINT),
    _Rule(r"no models? (?:is |are )?(?:currently )?loaded", NoModelError, hint=_LOAD_HINT),
    _Rule(r"model (?:has been |was )?(?:unloaded|reloaded)", GenerationError, Retry.SOON),
    _Rule(
        r"model_not_found|invalid model identifier|model .{0,300}?(?:not found|does not exist)",
        NoModelError,
        hint="Run 'docgen models' for what the server offers, or download the model.",
    ),
    _Rule(
        r"insufficient (?:system )?resources|model_load_failed|error loading model"
        r"|failed to load (?:the )?(?:\w+ )?(?:model|llm)",
        NoModelError,
        hint="Free memory, load the model with a shorter context, or choose a smaller one.",
    ),
    _Rule(r"loading model|model is (?:still )?loading", GenerationError, Retry.LATER, _BUSY_HINT),
    _Rule(
        r"response_format|json[ _]?schema|grammar|initialize samplers|pattern must start",
        GenerationError,
        hint=_SCHEMA_HINT,
    ),
    _Rule(r"jinja|prompt ?template|chat ?template", GenerationError, hint=_TEMPLATE_HINT),
    _Rule(
        r"unrecogni[sz]ed key|invalid_value|missing_required_parameter|reasoning setting"
        r"|does not expose reasoning|image is too large|does not support images?",
        GenerationError,
        hint="The server does not take this request; check the extra generation settings.",
    ),
    _Rule(r"has crashed|exit code:|llama_decode|out of memory", GenerationError, Retry.SOON),
    _Rule(
        r"fetch failed|channel error|compute error|socket hang up|econnreset|server disconnected",
        GenerationError,
        Retry.SOON,
    ),
    _Rule(
        r"rate limit|too many requests|overloaded|queue (?:is )?full|server (?:is )?busy"
        r"|no slot|maximum pending|unavailable_error|timed? ?out",
        GenerationError,
        Retry.LATER,
        _BUSY_HINT,
    ),
    # The engine's own client error: the same request fails again.
    _Rule(r"engine protocol.{0,80}returned 4\d\d", GenerationError),
    _Rule(r"engine protocol", GenerationError, Retry.SOON),
)
_BUSY = frozenset({408, 425, 429, 503, 529})
_PASSING = frozenset({500, 502, 504, 520, 521, 522, 523, 524})


@attrs.frozen(kw_only=True)
class Report:
    """An error as the server put it.

    Attributes:
        text: The message for people; empty when the server gave none.
        codes: Its `type` and `code`, space-separated, for matching only.
    """

    text: str
    codes: str = ""


def reported_error(payload: object) -> Report | None:
    """Return the error that a JSON answer or stream event reports, or None.

    Args:
        payload: The decoded JSON. `error` may be a text, an object or null; some servers report
            `message` or `detail` without it.
    """
    if not isinstance(payload, dict):
        return None
    error = payload.get("error")
    if isinstance(error, dict):
        codes = " ".join(str(error[key]) for key in ("type", "code") if error.get(key))
        return Report(text=_text_of(error) or _text_of(payload) or codes, codes=codes)
    if error:
        return Report(text=error if isinstance(error, str) else _text_of(payload))
    if "choices" in payload or "data" in payload or "models" in payload:
        return None
    if payload.get("object") == "error" or "detail" in payload:
        codes = " ".join(str(payload[key]) for key in ("type", "code") if payload.get(key))
        return Report(text=_text_of(payload), codes=codes)
    return None


def classify(
    report: Report, *, where: str, status: int | None = None, retry_after: float | None = None
) -> ServerError:
    """Make the error that says what the server reported, and what to do about it.

    Args:
        report: What the server said.
        where: The address, for the message.
        status: The HTTP status; None or 200 when the error came in a good answer or a stream.
        retry_after: Seconds that the server asked to wait.
    """
    if status in {401, 403}:
        return _refused(where, status)
    rule = _rule_for(report, status)
    if rule.error is AuthError:
        return _refused(where, status)
    text = redact(report.text)
    came = f" (HTTP {status})" if status is not None and status != 200 else ""  # noqa: PLR2004
    message = f"The server at {where} reported an error{came}: {text or 'it gave no reason'}"
    return rule.error(message, hint=rule.hint, retry=rule.retry, retry_after=retry_after)


def classify_body(
    body: bytes, *, where: str, status: int, retry_after: float | None = None
) -> ServerError:
    """Make the error for a whole answer that is not a completion.

    Args:
        body: The answer: JSON in any shape, HTML, plain text or nothing.
        where: The address, for the message.
        status: The HTTP status.
        retry_after: Seconds that the server asked to wait.
    """
    text = body.decode("utf-8", "replace").strip()
    report = reported_error(_json_of(text))
    if report is None and text[:1] == "<":
        title = re.search(r"<title[^>]*>(.{1,200}?)</title>", text, re.IGNORECASE | re.DOTALL)
        return _not_a_model_server(where, status, title[1] if title else "")
    # A body that is neither JSON nor HTML is the message itself.
    report = report or Report(text=text)
    if not report.text and status < 300:  # noqa: PLR2004
        message = f"The server at {where} sent an empty answer (HTTP {status})"
        return GenerationError(message, retry=Retry.SOON)
    return classify(report, where=where, status=status, retry_after=retry_after)


def broken_stream(problem: str) -> GenerationError:
    """Make the error for an answer that came damaged or incomplete; asking again may help."""
    hint = "If it happens again, look at the log of the model server."
    return GenerationError(f"The answer is unusable: {problem}", hint=hint, retry=Retry.SOON)


def redact(text: str, *secrets: str | None) -> str:
    """Return one short printable line without anything that looks like a key.

    Args:
        text: What came from outside.
        secrets: Known secrets to take out wherever they stand.
    """
    for secret in filter(None, secrets):
        text = text.replace(secret, "[redacted]")
    line = " ".join(_SECRET.sub("[redacted]", _CONTROL.sub(" ", text[: _LONGEST * 4])).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def parse_retry_after(value: str | None, *, now: datetime | None = None) -> float | None:
    """Return the seconds of a `Retry-After` header, or None for none or nonsense.

    Args:
        value: Seconds, or an HTTP date; a date in the past means 0.
        now: The current time, for dates.
    """
    if not value:
        return None
    if re.fullmatch(r"\s*\d{1,9}(?:\.\d{1,9})?\s*", value, re.ASCII):
        return float(value)
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())


def _rule_for(report: Report, status: int | None) -> _Rule:
    # On lines of their own: "unavailable_error" before "Loading model" is no "error loading model".
    text = f"{report.codes}\n{report.text}"[: _LONGEST * 8]
    for rule in _RULES:
        if rule.pattern.search(text):
            return rule
    if status in _BUSY:
        return _Rule("", GenerationError, Retry.LATER, _BUSY_HINT)
    if status in _PASSING or status is None or status < 400:  # noqa: PLR2004
        return _Rule("", GenerationError, Retry.SOON)
    if status in {404, 405} and not report.text:
        return _Rule("", ConnectError, hint=_ADDRESS_HINT)
    return _Rule("", GenerationError)


def _refused(where: str, status: int | None) -> AuthError:
    # The body quotes the first characters of the token: it is never repeated.
    code = f" (HTTP {status})" if status in {401, 403} else ""
    return AuthError(f"The server at {where} refused the request{code}", hint=_AUTH_HINT)


def _not_a_model_server(where: str, status: int, title: str) -> ServerError:
    shown = f" titled {redact(title)!r}" if title.strip() else ""
    message = f"{where} answered with a web page{shown} (HTTP {status}), not as a model server"
    if status in _BUSY | _PASSING:
        # A proxy's page about the server behind it.
        retry = Retry.LATER if status in _BUSY else Retry.SOON
        return GenerationError(message, hint=_BUSY_HINT, retry=retry)
    return ConnectError(message, hint=_ADDRESS_HINT)


def _text_of(holder: dict[str, object]) -> str:
    for key in ("message", "detail", "msg", "error"):
        value = holder.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, list) and value:
            return json.dumps(value)
    return ""


def _json_of(text: str) -> object:
    if text[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
