"""docgen.lock: what a run's result depends on, written down, and held to with `--locked`."""

from __future__ import annotations

from docgen_core.pinning.compare import hold, pinned_model
from docgen_core.pinning.observe import observe
from docgen_core.pinning.pins import LOCK_NAME, Pins, PluginPin, TemplatePin, dumps, read_pins

__all__ = [
    "LOCK_NAME",
    "Pins",
    "PluginPin",
    "TemplatePin",
    "dumps",
    "hold",
    "observe",
    "pinned_model",
    "read_pins",
]
