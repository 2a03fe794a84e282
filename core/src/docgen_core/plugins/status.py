"""What the user is told about an installed plugin: its status, why, and what to do about it."""

from __future__ import annotations

import enum

import attrs

__all__ = ["PluginInfo", "Status"]


class Status(enum.Enum):
    """Where a plugin stands."""

    #: Installed and not loaded yet.
    AVAILABLE = "available"
    #: Loaded and usable.
    ACTIVE = "active"
    #: Installed, but the settings switch it off.
    DISABLED = "disabled"
    #: It could not be imported, or its hooks are not valid.
    FAILED = "failed"
    #: It was written for a hook API that this core does not speak.
    INCOMPATIBLE = "incompatible"
    #: Several distributions offer the same name and nothing decides between them.
    CONFLICT = "conflict"


@attrs.frozen(kw_only=True)
class PluginInfo:
    """One line of `docgen plugins`: one entry point of one distribution.

    Attributes:
        name: The entry-point name, for a deliverable its id.
        group: The entry-point group, for instance `docgen.deliverables`.
        distribution: The distribution that offers it.
        version: That distribution's version.
        module: What the entry point loads.
        status: Where it stands.
        reason: Why it stands there; empty when available or active.
        remedy: What to do about it; empty when nothing needs doing.
        hooks: The hooks that its module implements, also those that are wrong; empty until it is
            loaded.
        deliverables: The deliverable ids that this entry point serves.
        editable: Whether the distribution is installed from a working folder.
    """

    name: str
    group: str
    distribution: str
    version: str
    module: str
    status: Status
    reason: str = ""
    remedy: str = ""
    hooks: tuple[str, ...] = ()
    deliverables: tuple[str, ...] = ()
    editable: bool = False

    @property
    def release(self) -> str:
        """Distribution and version as one text, for messages."""
        return f"{self.distribution} {self.version}"
