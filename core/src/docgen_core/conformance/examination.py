"""Walks through the stages of a check, module by module and deliverable by deliverable.

Runs in the process that is made for a check. What the checks of a later stage import may be
heavy; nothing heavy may be imported before the plugin's modules are.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from docgen_core.api import Deliverable, Exporter, ServerProvider
from docgen_core.conformance.findings import Digests, Finding, Place
from docgen_core.conformance.hook_checks import Hooks, check_deliverables, check_hooks, read_hooks
from docgen_core.conformance.import_checks import check_import, check_private_imports
from docgen_core.conformance.places import Sources
from docgen_core.conformance.probe import Probe
from docgen_core.plugins.discovery import DELIVERABLES, EXPORTERS, PACKS, SERVERS, EntryPoint

if TYPE_CHECKING:
    from docgen_core.conformance.trial import Trial

__all__ = ["Examination", "Request"]

#: What a pack's hooks are called for.
_ANY: Final = Deliverable(id="any_deliverable", title="Any deliverable", summary="For packs.")

Stage = Callable[[], Iterable[Finding]]


@attrs.frozen(kw_only=True)
class Request:
    """What a check is told.

    Attributes:
        points: The entry points of the distribution.
        chosen: Those among them that are to be checked.
        others: The entry points of all other installed distributions.
        places: Where each entry point is written, in the order of `points`.
        seconds: How long importing a module, or one call of a hook, may take.
    """

    points: tuple[EntryPoint, ...]
    chosen: tuple[EntryPoint, ...]
    others: tuple[EntryPoint, ...]
    places: tuple[Place, ...]
    seconds: float

    def place_of(self, point: EntryPoint) -> Place:
        """Give the line in which an entry point is written."""
        return self.places[self.points.index(point)]


class Examination:
    """One check of one distribution.

    Args:
        request: What to check.
        begin: Told of everything that runs the plugin's code, before it runs.
    """

    def __init__(self, request: Request, begin: Callable[[str, Place], None]) -> None:
        self.digests: Digests = {}
        self._request = request
        self._begin = begin
        names = sorted({point.module for point in request.points})
        self._sources = Sources(root for name in names for root in _roots(name))
        self._probe = Probe(self._sources.of_frame)
        self._hooks: dict[str, Hooks] = {}
        self._offered: list[tuple[Hooks, Deliverable, bool]] = []
        self._tried: list[Trial] | None = None

    @property
    def checked(self) -> tuple[str, ...]:
        """What was checked, by the names of the entry points."""
        return tuple(point.name for point in self._request.chosen)

    def stages(self) -> Mapping[str, Stage]:
        """Give the stages in order, by name, each with what it runs."""
        return {
            "import": self._import,
            "hooks": self._read_hooks,
            "export": self._export,
            "settings": lambda: (f for trial in self._trials() for f in trial.check_settings()),
            "schema": lambda: (f for trial in self._trials() for f in trial.check_schema()),
            "conduct": lambda: (f for trial in self._trials() for f in trial.check_conduct()),
            "template": lambda: (f for trial in self._trials() for f in trial.check_template()),
        }

    def refusals(self) -> Iterator[Finding]:
        """Ask docgen itself about each module: one that it refuses has no conduct to check."""
        from docgen_core.plugins.loader import LoadFailure, load_plugin

        for name in self._modules():
            loaded = load_plugin(name, timeout=self._request.seconds)
            if isinstance(loaded, LoadFailure):
                start = Place(getattr(sys.modules[name], "__file__", None) or "", 1)
                yield Finding.at(start, "DG300", f"{name}: {loaded.reason}")

    def _modules(self) -> Mapping[str, EntryPoint]:
        """Each module of hooks with the first entry point that names it."""
        first: dict[str, EntryPoint] = {}
        for point in self._request.chosen:
            if _has_hooks(point) and not point.attribute:
                first.setdefault(point.module, point)
        return first

    def _objects(self) -> Sequence[EntryPoint]:
        """The exporters, servers and commands."""
        return [point for point in self._request.chosen if not _has_hooks(point)]

    def _import(self) -> Iterator[Finding]:
        hooks, others = self._modules(), {point.module: point for point in self._objects()}
        for name, point in {**others, **hooks}.items():
            place = self._request.place_of(point)
            self._begin(f"importing {name}", place)
            for finding in check_import(
                name,
                self._sources,
                self._probe,
                seconds=self._request.seconds,
                light=name in hooks,
            ):
                known = finding.file != ""
                yield finding if known else attrs.evolve(finding, file=place.file, line=place.line)
        yield from check_private_imports(self._sources)

    def _read_hooks(self) -> Iterator[Finding]:
        for name in self._modules():
            hooks = self._hooks[name] = read_hooks(sys.modules[name])
            yield from check_hooks(hooks, self._sources)
            yield from self._read_offers(name, hooks)
        for point in self._objects():
            self._begin(f"loading {point.value}", self._request.place_of(point))
            yield from self._load(point)

    def _load(self, point: EntryPoint) -> Iterator[Finding]:
        """Load an exporter, a server or a command as docgen does."""
        from docgen_core.plugins.loader import LoadFailure, load_object

        expected = {EXPORTERS: Exporter, SERVERS: ServerProvider}.get(point.group)
        seconds = self._request.seconds
        found = load_object(point.module, point.attribute, expected=expected, timeout=seconds)
        if isinstance(found, LoadFailure):
            message = f"{point.value}: {found.reason}"
            yield Finding.at(self._request.place_of(point), "DG308", message)

    def _export(self) -> Iterator[Finding]:
        """Have each exporter write files."""
        exporters = [point for point in self._request.chosen if point.group == EXPORTERS]
        if not exporters:
            return
        from docgen_core.conformance.export_checks import ExportTrial

        for point in exporters:
            yield from ExportTrial(
                point=point,
                place=self._request.place_of(point),
                sources=self._sources,
                probe=self._probe,
                seconds=self._request.seconds,
                begin=self._begin,
                digests=self.digests,
            ).check()

    def _read_offers(self, name: str, hooks: Hooks) -> Iterator[Finding]:
        own = [p for p in self._request.points if p.module == name and p.group == DELIVERABLES]
        if not own:
            self._offered.append((hooks, _ANY, False))
            return
        place = hooks.place("get_deliverables", self._sources)
        self._begin("get_deliverables", place)
        seconds = self._request.seconds
        offered, faults = check_deliverables(hooks, self._sources, seconds=seconds)
        yield from faults
        if "get_instructions" not in hooks.functions:
            yield Finding.at(place, "DG304", f"{name} implements no get_instructions")
        if not faults:
            yield from self._compare(own, offered, place)
        wanted = {point.name for point in own if point in self._request.chosen}
        self._offered += [(hooks, item, True) for item in offered if item.id in wanted]

    def _compare(
        self, own: Sequence[EntryPoint], offered: Sequence[Deliverable], place: Place
    ) -> Iterator[Finding]:
        """Compare the entry points of a module with what it offers."""
        ids = {item.id for item in offered}
        for point in own:
            if point.name not in ids and point in self._request.chosen:
                have = ", ".join(sorted(ids)) or "nothing"
                message = f"get_deliverables offers no {point.name!r}, but {have}"
                yield Finding.at(self._request.place_of(point), "DG106", message)
        for item in offered:
            if item.id not in {point.name for point in own}:
                line = self._sources.of_call(place.file, "Deliverable", item.id)
                yield Finding.at(line, "DG105", f"{item.id!r} has no entry point")

    def _trials(self) -> Sequence[Trial]:
        from docgen_core.conformance.trial import Bench, Trial

        if self._tried is None:
            bench = Bench(
                request=self._request,
                sources=self._sources,
                probe=self._probe,
                begin=self._begin,
                digests=self.digests,
            )
            self._tried = [
                Trial(bench, hooks, item, is_owner=is_owner)
                for hooks, item, is_owner in self._offered
            ]
        return self._tried


def _has_hooks(point: EntryPoint) -> bool:
    return point.group in {DELIVERABLES, PACKS}


def _roots(module: str) -> Iterator[Path]:
    """Give the folder or file in which a module's package lives, without importing anything."""
    top, *rest = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return
    if spec is None:
        return
    if not spec.submodule_search_locations:
        yield Path(spec.origin or "")
        return
    for folder in map(Path, spec.submodule_search_locations):
        if spec.origin is not None or not rest:
            yield folder
        else:  # a namespace, in which others live, too
            within = folder / rest[0]
            yield within if within.is_dir() else within.with_suffix(".py")
