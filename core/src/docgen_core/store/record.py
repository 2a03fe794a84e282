"""run.json: what a reader needs to know which model, prompt, plugin and parameters wrote what."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs

from docgen_core.errors import FileError
from docgen_core.store.atomic import read_text
from docgen_core.store.fields import strings
from docgen_core.store.requests import RequestRecord, requests_of

__all__ = ["RUN_FILE", "SCHEMA", "RunRecord", "SectionRecord", "read_run", "to_json"]

RUN_FILE = "run.json"
#: Raised when run.json changes in a way that an older docgen cannot read.
SCHEMA = 1


@attrs.frozen(kw_only=True)
class SectionRecord:
    """One deliverable's part of run.json.

    Attributes:
        id: The deliverable's id.
        title: Its section heading.
        status: `done`, `failed` or `not started`.
        error: Why it failed, or an empty string.
        text_from: Where this run did not write the section and the text of an earlier one is kept:
            when that run started (UTC). All but `status` and `error` is then said of that text.
        plugin: The distribution and version that owns it.
        model: The model that answered.
        parameters: What was sent besides the prompt.
        prompt_sha256: Hash of the rendered prompt.
        fingerprint: Hash over everything that decides the content.
        parts: Each thing that the fingerprint covers, and the template, by name; a hash, or the
            thing itself where it is short.
        usage: Token counts under the wire's names.
        finish_reason: Why the model stopped.
        attempts: Requests made by the run that wrote it.
        cached: Whether the answer came from the user's cache.
        seconds: From the first request to the section.
        time_to_first_token: Seconds, or None.
        inputs: Ids whose results entered the prompt.
        instructions_from: Who contributed to the instructions, in order.
        instructions: The same with distribution, version and hash of each one's part.
        template: The template's name and where it came from.
        warnings: What a reader should know.
        file: The section's file, relative to the folder.
        sha256: Hash of that file as docgen wrote it.
        rung: How a structured answer was got: `schema`, `prompt`, `repair` or `fields`; empty for
            free Markdown.
        rung_reason: Why it was not got in an earlier way; empty when it was the first.
    """

    id: str
    title: str = ""
    status: str = "not started"
    error: str = ""
    text_from: str = ""
    plugin: str = ""
    model: str = ""
    parameters: Mapping[str, Any] = attrs.field(factory=dict)
    prompt_sha256: str = ""
    fingerprint: str = ""
    parts: Mapping[str, str] = attrs.field(factory=dict)
    usage: Mapping[str, Any] = attrs.field(factory=dict)
    finish_reason: str = ""
    attempts: int = 0
    cached: bool = False
    seconds: float = 0.0
    time_to_first_token: float | None = None
    inputs: tuple[str, ...] = attrs.field(default=(), converter=strings)
    instructions_from: tuple[str, ...] = attrs.field(default=(), converter=strings)
    instructions: Mapping[str, Any] = attrs.field(factory=dict)
    template: str = ""
    warnings: tuple[str, ...] = attrs.field(default=(), converter=strings)
    file: str = ""
    sha256: str = ""
    rung: str = ""
    rung_reason: str = ""

    @property
    def has_text(self) -> bool:
        """Whether the folder has a text for it, of this run or an earlier one."""
        return self.status == "done" or bool(self.text_from)


@attrs.frozen(kw_only=True)
class RunRecord:
    """The whole of run.json. It never holds a secret.

    Attributes:
        docgen: The version that wrote it.
        status: `done`, `partial` or `interrupted`.
        brief_sha256: Hash of the brief's text.
        brief_title: The brief's title.
        language: The output language.
        server: Address and kind of the server.
        sections: One record for each deliverable, in reading order.
        files: For each file written, relative to the folder, its hash.
        started: When the run started (UTC, seconds precision, ISO 8601).
        seconds: How long it took.
        run_id: Names the run.
        requests: When each request waited, was read and was answered: those of this run, and
            before them those of earlier runs that made what was taken again.
        packs: The packs that acted, by name, each with its distribution and version.
        schema: The version of this layout.
    """

    docgen: str
    status: str
    brief_sha256: str
    brief_title: str
    language: str
    server: Mapping[str, str]
    sections: tuple[SectionRecord, ...]
    files: Mapping[str, str]
    started: str
    seconds: float
    run_id: str = ""
    requests: tuple[RequestRecord, ...] = ()
    packs: Mapping[str, str] = attrs.field(factory=dict)
    schema: int = SCHEMA

    def section(self, key: str) -> SectionRecord | None:
        """The record of one deliverable, or None."""
        return next((section for section in self.sections if section.id == key), None)


def to_json(record: RunRecord) -> str:
    """The record as JSON text with a final newline."""
    return json.dumps(attrs.asdict(record), indent=2, ensure_ascii=False, default=dict) + "\n"


def read_run(folder: Path) -> RunRecord | None:
    """Read the folder's run.json.

    Returns:
        The record, or None when there is none or it is damaged (a later run writes it anew).

    Raises:
        FileError: it cannot be read, or a newer docgen wrote it.
    """
    text = read_text(folder / RUN_FILE)
    if text is None:
        return None
    try:
        raw = json.loads(text)
        schema = int(raw["schema"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    if schema > SCHEMA:
        raise FileError(
            f"{folder / RUN_FILE} was written by a newer docgen ({raw.get('docgen', 'unknown')})",
            hint="Upgrade with `pip install -U docgen-core`, or choose another folder with -o.",
        )
    return _structure(raw)


def _structure(raw: dict[str, Any]) -> RunRecord | None:
    try:
        sections = tuple(
            SectionRecord(**_known(SectionRecord, item)) for item in raw.pop("sections")
        )
        requests = requests_of(raw.pop("requests", []))
        record = RunRecord(sections=sections, **_known(RunRecord, raw))
    except (TypeError, KeyError, AttributeError):
        return None
    named = (
        each if each.run else attrs.evolve(each, run=record.run_id, run_started=record.started)
        for each in requests
    )
    return attrs.evolve(record, requests=tuple(named))


#: What JSON holds for a field, by how its annotation begins.
_KINDS: Mapping[str, type | tuple[type, ...]] = MappingProxyType(
    {"str": str, "int": int, "bool": bool, "float": (int, float), "Mapping": dict}
)


def _known(cls: type[Any], facts: dict[str, Any]) -> dict[str, Any]:
    """The fields that this version knows; a later one may write more.

    Raises:
        TypeError: one holds what it cannot hold, because the file is damaged.
    """
    fields = {field.name: str(field.type) for field in attrs.fields(cls)}
    known = {name: value for name, value in facts.items() if name in fields}
    for name, value in known.items():
        if not _fits(value, fields[name]):
            raise TypeError(name)
    return known


def _fits(value: Any, annotation: str) -> bool:  # noqa: ANN401 - what JSON held
    kind = re.match(r"\w+", annotation)
    if value is None or kind is None:
        return annotation.endswith("None")
    if annotation == "tuple[str, ...]":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if annotation == "Mapping[str, str]":
        return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
    # Lists of records are looked at one by one.
    return isinstance(value, _KINDS.get(kind[0], object))
