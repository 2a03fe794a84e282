"""Checks of what an exporter does when it exports: some documents, each of them twice."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from docgen_core.api import DocgenError, Document
from docgen_core.conformance.documents import documents
from docgen_core.conformance.findings import EXPORT, Digests, Finding, Place
from docgen_core.conformance.places import Sources
from docgen_core.conformance.probe import Act, Probe
from docgen_core.engine.export import Format, load_formats
from docgen_core.errors import PluginError, SettingsError
from docgen_core.plugins import PluginPolicy, Registry, isolate
from docgen_core.plugins.discovery import EntryPoint

__all__ = ["ExportTrial"]

#: An export may take so many times as long as a hook: a minute, where nobody says otherwise.
_PATIENCE: Final = 6.0
_ACTS: Final[Mapping[str, str]] = {"network": "DG808", "files": "DG804"}


@attrs.frozen(kw_only=True)
class _Done:
    """What became of one export: the hash of the file, or None, and what was wrong."""

    digest: str | None
    findings: tuple[Finding, ...]


@attrs.frozen(kw_only=True)
class ExportTrial:
    """The checks of one exporter.

    Attributes:
        point: Its entry point.
        place: Where that is written.
        sources: The plugin's files.
        probe: Watches what its code does.
        seconds: How long a hook may take; an export may take six times as long.
        begin: Told of every export before it is made.
        digests: The hash of each file, by what was exported.
    """

    point: EntryPoint
    place: Place
    sources: Sources
    probe: Probe
    seconds: float
    begin: Callable[[str, Place], None]
    digests: Digests

    def check(self) -> Iterator[Finding]:
        """Export each document twice, until a fault is found."""
        policy = PluginPolicy(import_timeout=self.seconds, hook_timeout=self.seconds)
        registry = Registry(policy, entry_points=[self.point])
        try:
            (item,) = load_formats(registry, [self.point.name])
        except SettingsError:
            return  # it cannot be used without settings that only a user knows
        except PluginError as error:
            yield Finding.at(self.place, "DG801", error.message)
            return
        for kind, document in documents().items():
            findings = list(self._check_document(item, kind, document))
            yield from findings
            if findings:
                return

    def _check_document(self, item: Format, kind: str, document: Document) -> Iterator[Finding]:
        name = f"{EXPORT}a {kind} as {self.point.name}"
        where = self._place_of(item)
        first = self._export(item, name, document)
        yield from first.findings
        if first.findings or first.digest is None:
            return
        self.digests[name] = (first.digest, *attrs.astuple(where))
        second = self._export(item, name, document)
        yield from second.findings
        if not second.findings and second.digest != first.digest:
            yield Finding.at(where, "DG806", f"{name} gives another file the second time")

    def _export(self, item: Format, name: str, document: Document) -> _Done:
        where = self._place_of(item)
        self.begin(name, where)
        with (
            tempfile.TemporaryDirectory(prefix="docgen-export-") as folder,
            _scratch(folder) as out,
        ):
            target = out / f"document{item.suffix}"
            extra = {} if item.settings is None else {"settings": item.settings}
            self.probe.watch(forbid=True, within=(os.path.realpath(folder),))
            outcome = isolate.call(
                lambda: item.exporter.export(document, target, **extra),
                timeout=self.seconds * _PATIENCE,
                label=name,
            )
            acts = self.probe.stop()
            findings = tuple(self._judge(name, where, outcome, acts))
            if not (findings or isinstance(outcome.error, DocgenError)):
                findings = tuple(_judge_files(name, where, target))
            written = target.is_file() and not findings
            digest = hashlib.sha256(target.read_bytes()).hexdigest() if written else None
        return _Done(digest=digest, findings=findings)

    def _judge(
        self, name: str, where: Place, outcome: isolate.Outcome[Any], acts: Sequence[Act]
    ) -> Iterator[Finding]:
        told = [act for act in acts if act.kind in _ACTS]
        for act in told:
            yield Finding.at(act.place, _ACTS[act.kind], f"{name} does this: {act.what}")
        if outcome.timed_out:
            yield Finding.at(where, "DG807", f"{name} {outcome.reason}")
        elif outcome.ok:
            if not _is_said(outcome.value):
                kind = type(outcome.value).__name__
                yield Finding.at(where, "DG809", f"{name} returned {kind}")
        elif not told and not isinstance(outcome.error, DocgenError):
            place = self.sources.of_error(outcome.error, where)
            yield Finding.at(place, "DG802", f"{name} {outcome.reason}")

    def _place_of(self, item: Format) -> Place:
        place = self.sources.of_function(item.exporter.export)
        return place if place.file else self.place


@contextlib.contextmanager
def _scratch(folder: str) -> Iterator[Path]:
    """Give the folder for the file, with a place for temporary files beside it."""
    out, temporary = Path(folder, "out"), Path(folder, "temporary")
    out.mkdir()
    temporary.mkdir()
    before, variable = tempfile.tempdir, os.environ.get("TMPDIR")
    tempfile.tempdir = os.environ["TMPDIR"] = str(temporary)
    try:
        yield out
    finally:
        tempfile.tempdir = before
        os.environ.pop("TMPDIR")
        if variable is not None:
            os.environ["TMPDIR"] = variable


def _judge_files(name: str, where: Place, target: Path) -> Iterator[Finding]:
    if target.is_symlink() or not target.is_file():
        yield Finding.at(where, "DG803", f"{name} writes no {target.name}")
        return
    folder = target.parent.parent
    left = sorted(
        path.name
        for part in (target.parent, folder / "temporary")
        for path in part.iterdir()
        if path != target
    )
    if left:
        yield Finding.at(where, "DG805", f"{name} leaves {', '.join(left)[:200]}")


def _is_said(value: object) -> bool:
    sentences = isinstance(value, tuple) and all(isinstance(each, str) for each in value)
    return value is None or sentences
