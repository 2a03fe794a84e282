"""What the user decided about plugins: which run, in what order, and for how long."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import attrs

from docgen_core.plugins.discovery import EntryPoint, normalise

if TYPE_CHECKING:
    from docgen_core.settings import OrchestrationConfig

__all__ = ["PluginPolicy", "suggest"]

_IMPORT_SECONDS: Final = 20.0


def _names(value: Iterable[str]) -> tuple[str, ...]:
    return tuple(value)


def _providers(value: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(value))


@attrs.frozen(kw_only=True)
class PluginPolicy:
    """The settings that concern plugins.

    A name may be an entry point's or a distribution's; case and `-`, `_`, `.` do not matter.

    Attributes:
        disable: Plugins that do not run.
        only: When not empty, no other plugins run.
        order: Packs in the order in which they act; the others follow by name.
        providers: Deliverable id to the distribution that is to provide it.
        strict: Whether any broken plugin is an error, even one that is not needed.
        no_plugins: Whether no plugin runs at all.
        hook_timeout: Seconds that one hook call may take.
        import_timeout: Seconds that loading one plugin module may take.
    """

    disable: tuple[str, ...] = attrs.field(default=(), converter=_names)
    only: tuple[str, ...] = attrs.field(default=(), converter=_names)
    order: tuple[str, ...] = attrs.field(default=(), converter=_names)
    providers: Mapping[str, str] = attrs.field(factory=dict, converter=_providers)
    strict: bool = False
    no_plugins: bool = False
    hook_timeout: float = 30.0
    import_timeout: float = _IMPORT_SECONDS

    @classmethod
    def from_config(cls, config: OrchestrationConfig) -> PluginPolicy:
        """Take from the settings of a run what concerns plugins."""
        chosen = config.plugins
        return cls(
            disable=chosen.disable,
            only=chosen.only,
            order=chosen.pack_order,
            providers=config.providers,
            strict=chosen.strict,
            no_plugins=chosen.no_plugins,
            hook_timeout=chosen.hook_timeout,
            import_timeout=min(_IMPORT_SECONDS, chosen.hook_timeout),
        )

    def why_disabled(self, point: EntryPoint) -> str:
        """Say why `point` does not run; empty when it does."""
        if self.no_plugins:
            return "all plugins are switched off"
        if matches(point, self.disable):
            return "plugins.disable names it"
        if self.only and not matches(point, self.only):
            return "plugins.only does not name it"
        return ""

    def rank(self, point: EntryPoint) -> tuple[int, str, str]:
        """Give the sort key of a pack."""
        keys = _keys(point)
        wanted = [normalise(name) for name in self.order]
        place = next((i for i, name in enumerate(wanted) if name in keys), len(wanted))
        return place, point.name, point.distribution

    def unknown_names(self, points: Iterable[EntryPoint]) -> tuple[str, ...]:
        """Give one sentence for each name in the settings that no plugin answers to."""
        known = sorted({name for point in points for name in (point.name, point.distribution)})
        settings = (("disable", self.disable), ("only", self.only), ("order", self.order))
        return tuple(
            f"plugins.{key} names {name!r}, which is not installed{suggest(name, known)}"
            for key, names in settings
            for name in names
            if normalise(name) not in {normalise(other) for other in known}
        )


def matches(point: EntryPoint, names: Iterable[str]) -> bool:
    """Say whether one of `names` is the entry point's or its distribution's."""
    return any(normalise(name) in _keys(point) for name in names)


def suggest(name: str, known: Iterable[str]) -> str:
    """Give `; did you mean 'x'?` for the known name that is closest, or nothing."""
    by_key = {normalise(other): other for other in known}
    close = difflib.get_close_matches(normalise(name), by_key, n=1)
    return f"; did you mean {by_key[close[0]]!r}?" if close else ""


def _keys(point: EntryPoint) -> set[str]:
    return {normalise(point.name), normalise(point.distribution)}
