"""What decides an answer, part by part, so that a change can be named and not only noticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Final

import attrs

if TYPE_CHECKING:
    from docgen_core.engine.parameters import Parameters
    from docgen_core.lmstudio.types import ChatRequest
    from docgen_core.model import Draft, InputResult
    from docgen_core.plugins.dispatch import Fragment

__all__ = ["PARTS", "digest", "fingerprint", "marked", "parts_of", "source_of"]

#: Raised when the way from answer to draft changes, so that stored answers are asked for anew.
_VERSION: Final = 2
#: Enough to tell two texts apart where nobody looks for a collision.
_SHORT: Final = 16
#: Structured answers are four levels deep; a plugin's own data may be anything.
_DEEPEST: Final = 20

#: How the names of parts begin, and what each one is called for people.
PARTS: Final[Mapping[str, str]] = {
    "brief": "the brief",
    "language": "the language",
    "model": "the model",
    "plugin": "the plugin's version",
    "wish": "the wish of `docgen refine`",
    "schema": "the schema",
    "settings": "the plugin's settings",
    "instructions": "the instructions of",
    "input": "the section",
    "parameter": "the parameter",
    "system": "the system text",
    "template": "the template",
    "prompt": "the prompt",
}


def digest(text: str) -> str:
    """A short hash of a text."""
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()[:_SHORT]


def source_of(draft: Draft) -> str:
    """A hash of what a section says, before its template lays it out.

    What depends on a section depends on this: another layout of the same content asks nobody.
    """
    return digest(f"{draft.markdown}\n{_plain(draft.data)}")


def marked(inputs: Iterable[InputResult], sources: Mapping[str, str]) -> list[InputResult]:
    """The inputs with a hash in place of their text, to write a prompt that names its inputs.

    Args:
        inputs: What enters the prompt.
        sources: For each id, the hash of what its section says.
    """
    marks = ((item, sources.get(item.id) or digest(item.markdown)) for item in inputs)
    return [attrs.evolve(item, title=item.id, markdown=f"[{mark}]") for item, mark in marks]


def parts_of(  # noqa: PLR0913 - one argument for each thing that decides
    *,
    brief: str,
    language: str,
    system: str,
    prompt: str,
    model: str,
    release: str,
    parameters: Parameters,
    fragments: Sequence[Fragment],
    inputs: Sequence[InputResult],
    settings: object = None,
    schema: str = "",
    wish: str = "",
) -> dict[str, str]:
    """Name everything that decides an answer.

    Args:
        brief: The brief's text.
        language: The output language.
        system: The system text.
        prompt: The prompt with marked inputs.
        model: The model that is asked first.
        release: Distribution and version that owns the deliverable.
        parameters: What is sent besides the prompt.
        fragments: Who contributed which instructions.
        inputs: The marked inputs.
        settings: The deliverable's settings object.
        schema: What the answer's structure is asked for with.
        wish: What a person asked to be different.
    """
    parts = {
        "brief": digest(brief),
        "language": language,
        "model": model,
        "plugin": release,
        "wish": wish,
        "schema": digest(schema) if schema else "",
        "settings": digest(_plain(settings)),
        "system": digest(system),
        "prompt": digest(prompt),
    }
    parts |= {f"instructions:{item.source}": digest(item.text) for item in fragments}
    parts |= {f"input:{item.id}": digest(item.markdown) for item in inputs}
    record = parameters.as_record()
    parts |= {f"parameter:{name}": json.dumps(record[name], default=str) for name in record}
    return parts


def fingerprint(request: ChatRequest, prompt: str, release: str, schema: str = "") -> str:
    """Hash what decides the answer: prompt, model, parameters, schema and the plugin's version.

    Args:
        request: What would be sent.
        prompt: The user message with marked inputs.
        release: Distribution and version that owns the deliverable.
        schema: What the answer's structure is asked for with.
    """
    system = [[item.role, item.content] for item in request.messages if item.role == "system"]
    facts = {
        "version": _VERSION,
        "plugin": release,
        "model": request.model,
        "messages": [*system, ["user", prompt]],
        "parameters": [request.max_tokens, request.temperature, request.top_p, request.seed],
        "extra": dict(request.extra),
        **({"schema": schema} if schema else {}),
    }
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()


def _plain(value: Any) -> str:  # noqa: ANN401 - a plugin's own class
    """Data as a text that is the same for equal data."""
    return json.dumps(_bare(value, _DEEPEST), ensure_ascii=False)


def _bare(value: Any, depth: int) -> Any:  # noqa: ANN401 - anything in, what JSON holds out
    """Data without what differs from one process to the next (order of sets, addresses)."""
    if value is None or isinstance(value, str | int | float):
        return value
    if attrs.has(type(value)):
        value = {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}
    if depth > 0 and isinstance(value, Mapping):
        pairs = {str(key): _bare(item, depth - 1) for key, item in value.items()}
        return dict(sorted(pairs.items()))
    if depth > 0 and isinstance(value, Sequence | AbstractSet):
        items = [_bare(item, depth - 1) for item in value]
        return items if isinstance(value, Sequence) else sorted(map(json.dumps, items))
    shown = str(value)
    return type(value).__name__ if " at 0x" in shown else shown
