"""Knows every installed plugin and its status, and loads one when something needs it.

A failed plugin stops only what needs it: listing never raises, asking for a broken plugin does.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final, NoReturn

import attrs

from docgen_core.api import Deliverable, Exporter, ServerProvider
from docgen_core.errors import (
    MissingPluginError,
    PluginConflictError,
    PluginError,
    PluginIncompatibleError,
    PluginLoadError,
    UnknownDeliverableError,
)
from docgen_core.plugins import listing
from docgen_core.plugins.discovery import (
    DELIVERABLES,
    EXPORTERS,
    PACKS,
    SERVERS,
    Discovery,
    EntryPoint,
    discover,
)
from docgen_core.plugins.loader import (
    LoadedObject,
    LoadedPlugin,
    LoadFailure,
    load_object,
    load_plugin,
)
from docgen_core.plugins.policy import PluginPolicy, suggest
from docgen_core.plugins.status import PluginInfo, Status

__all__ = ["Member", "Registry"]

_ERRORS: Final = {
    Status.FAILED: PluginLoadError,
    Status.INCOMPATIBLE: PluginIncompatibleError,
    Status.CONFLICT: PluginConflictError,
    Status.DISABLED: MissingPluginError,
}

#: What the groups promise whose entry points do not load hooks.
_PROTOCOLS: Final[dict[str, type]] = {EXPORTERS: Exporter, SERVERS: ServerProvider}

_Loaded = LoadedPlugin | LoadedObject | LoadFailure


@attrs.frozen(kw_only=True, eq=False)
class Member:
    """A plugin that takes part in a run: what is known about it, and its hooks."""

    info: PluginInfo
    plugin: LoadedPlugin


class Registry:
    """The installed plugins.

    Args:
        policy: What the user decided about plugins.
        entry_points: The entry points to use instead of what is installed.
    """

    def __init__(
        self,
        policy: PluginPolicy | None = None,
        entry_points: Sequence[EntryPoint] | None = None,
    ) -> None:
        self.policy = policy or PluginPolicy()
        self._given = None if entry_points is None else tuple(sorted(entry_points))
        self._loads: dict[tuple[str, str], _Loaded] = {}
        self._dropped: dict[EntryPoint, str] = {}
        self._lock = threading.RLock()

    @cached_property
    def _discovery(self) -> Discovery:
        return discover() if self._given is None else Discovery(entry_points=self._given)

    @cached_property
    def _verdicts(self) -> dict[EntryPoint, listing.Verdict]:
        return listing.judge(self._discovery.entry_points, self.policy)

    def plugins(self) -> tuple[PluginInfo, ...]:
        """List every installed plugin with its status, without importing any."""
        return tuple(self._info(point) for point in self._discovery.entry_points)

    def load_all(self) -> tuple[PluginInfo, ...]:
        """Load every plugin that is not switched off, and list them.

        Raises:
            PluginError: one is broken, and the policy is strict.
        """
        for point in self._discovery.entry_points:
            self._load(point)
            if self.policy.strict and self._info(point).status in listing.BROKEN:
                raise self._error(point)
        return self.plugins()

    def used(self) -> tuple[EntryPoint, ...]:
        """Give every entry point that is not switched off, sorted, without importing any."""
        return tuple(filter(self._wanted, self._discovery.entry_points))

    def names(self, group: str) -> tuple[str, ...]:
        """Give the names that are offered in an entry-point group and not switched off, sorted."""
        points = self._points(group)
        return tuple(sorted({point.name for point in points if self._wanted(point)}))

    def deliverable_ids(self) -> tuple[str, ...]:
        """Give the ids of every deliverable that is offered, sorted, without importing any."""
        return self.names(DELIVERABLES)

    def why_no_deliverables(self) -> tuple[str, str]:
        """Say why there is none, and what would help; for where `deliverable_ids` is empty."""
        if any(self._points(DELIVERABLES)):
            hint = (
                "`docgen plugins` lists them; look at --no-plugins and the lists in the settings."
            )
            return "every installed deliverable is switched off", hint
        return "no deliverable plugin is installed", listing.NONE_HINT

    def deliverable(self, name: str, *, needed_by: str = "") -> Deliverable:
        """Give a deliverable, loading the plugin that owns it.

        Args:
            name: The deliverable's id.
            needed_by: The id of the deliverable that needs it, for the message.

        Raises:
            UnknownDeliverableError: no installed plugin offers it.
            MissingPluginError: the same, but another deliverable needs it; or it is switched off.
            PluginError: its plugin is broken, incompatible or in conflict.
        """
        offered = self.member(name, needed_by=needed_by).plugin.deliverables
        return next(item for item in offered if item.id == name)

    def owner(self, name: str) -> PluginInfo:
        """Tell which plugin owns a deliverable, loading it. Raises what `deliverable` raises."""
        return self.member(name).info

    def member(self, name: str, *, needed_by: str = "") -> Member:
        """Give a deliverable's owner with its hooks. Raises what `deliverable` raises."""
        point = self._one(DELIVERABLES, name) or self._raise_unknown(name, needed_by)
        loaded = self._load(point)
        info = self._info(point)
        if not isinstance(loaded, LoadedPlugin) or info.status is not Status.ACTIVE:
            raise self._error(point)
        return Member(info=info, plugin=loaded)

    def packs(self) -> tuple[PluginInfo, ...]:
        """Give the enabled packs in the order in which they act. Broken ones are left out.

        Raises:
            PluginError: one is broken, and the policy is strict.
        """
        return tuple(member.info for member in self.pack_members())

    def pack_members(self) -> tuple[Member, ...]:
        """Give the enabled packs with their hooks. Raises what `packs` raises."""
        points = sorted(filter(self._wanted, self._points(PACKS)), key=self.policy.rank)
        members = (self._pack_member(point) for point in points)
        return tuple(member for member in members if member is not None)

    def _pack_member(self, point: EntryPoint) -> Member | None:
        loaded = self._load(point)
        info = self._info(point)
        if isinstance(loaded, LoadedPlugin) and info.status is Status.ACTIVE:
            return Member(info=info, plugin=loaded)
        if self.policy.strict:
            raise self._error(point)
        return None

    def load_object(self, group: str, name: str) -> object:
        """Load an exporter, a server provider or a command.

        Args:
            group: The entry-point group.
            name: The name in it, for instance `html`.

        Returns:
            What the entry point loads; where that is a class, an instance of it.

        Raises:
            MissingPluginError: nothing installed offers it.
            PluginError: what offers it is broken, incompatible or in conflict.
        """
        point = self._one(group, name)
        if point is None:
            raise self._missing(group, name)
        loaded = self._load(point)
        if not isinstance(loaded, LoadedObject):
            raise self._error(point)
        return loaded.value

    def warnings(self) -> tuple[str, ...]:
        """Give one sentence for each thing about the plugins that a user should know by now."""
        points = self._discovery.entry_points
        broken = listing.broken(self._info(point) for point in points)
        return (*self._discovery.warnings, *self.policy.unknown_names(points), *broken)

    def unknown_tables(self, names: Iterable[str]) -> dict[str, str]:
        """Say of each `[settings.<name>]` table that no installed plugin has the name.

        Args:
            names: The tables' names.
        """
        known = sorted({point.name for point in self._discovery.entry_points})
        strange = (name for name in names if name not in known)
        return {x: f"no installed plugin is called {x!r}{suggest(x, known)}" for x in strange}

    def drop_pack(self, pack: PluginInfo, reason: str) -> None:
        """Leave a pack out from now on, because it hung.

        Args:
            pack: The pack.
            reason: What it did, as one line.
        """
        for point in self._points(PACKS):
            if (point.name, point.distribution) == (pack.name, pack.distribution):
                self._dropped[point] = reason

    def _points(self, group: str) -> Iterable[EntryPoint]:
        return (point for point in self._discovery.entry_points if point.group == group)

    def _wanted(self, point: EntryPoint) -> bool:
        return self._verdicts[point].status is not Status.DISABLED

    def _one(self, group: str, name: str) -> EntryPoint | None:
        """Give the entry point that stands for a name: a wanted one if there is any."""
        points = [point for point in self._points(group) if point.name == name]
        return next(filter(self._wanted, points), points[0] if points else None)

    def _load(self, point: EntryPoint) -> _Loaded | None:
        """Load what an entry point names, once; None when its metadata forbids it."""
        if self._verdicts[point].status is not Status.AVAILABLE:
            return None
        key = (listing.kind(point), point.value)
        with self._lock:
            if key not in self._loads:
                self._loads[key] = self._load_now(point)
            return self._loads[key]

    def _load_now(self, point: EntryPoint) -> _Loaded:
        timeout = self.policy.import_timeout
        if point.group in {DELIVERABLES, PACKS}:
            return load_plugin(point.module, timeout=timeout)
        expected = _PROTOCOLS.get(point.group)
        return load_object(point.module, point.attribute, expected=expected, timeout=timeout)

    def _info(self, point: EntryPoint) -> PluginInfo:
        loaded = self._loads.get((listing.kind(point), point.value))
        verdict = self._verdicts[point]
        if point in self._dropped:
            remedy = f'Switch it off with plugins.disable = ["{point.distribution}"].'
            reason = self._dropped[point]
            verdict = listing.Verdict(status=Status.FAILED, reason=reason, remedy=remedy)
        return listing.describe(point, verdict, loaded)

    def _error(self, point: EntryPoint) -> PluginError:
        info = self._info(point)
        message = f"{listing.purpose(info)} cannot be used: {listing.sentence(info)}"
        error = _ERRORS[info.status](message, hint=info.remedy)
        loaded = self._loads.get((listing.kind(point), point.value))
        error.__cause__ = loaded.error if isinstance(loaded, LoadFailure) else None
        return error

    def _raise_unknown(self, name: str, needed_by: str) -> NoReturn:
        ids = self.deliverable_ids()
        if needed_by:
            msg = f"deliverable {needed_by!r} needs {name!r}, which no installed plugin offers"
            raise MissingPluginError(msg, hint=listing.pip_hint(name, ids))
        msg = f"unknown deliverable {name!r}: no installed plugin offers it{suggest(name, ids)}"
        raise UnknownDeliverableError(msg, hint=listing.pip_hint(name, ids))

    def _missing(self, group: str, name: str) -> MissingPluginError:
        names = self.names(group)
        msg = f"no installed plugin offers the {listing.noun(group)} {name!r}{suggest(name, names)}"
        return MissingPluginError(msg, hint=listing.pip_hint(name, names))
