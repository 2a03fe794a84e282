"""Finds, loads and calls plugins, so that a broken one never takes docgen down."""

from __future__ import annotations

from docgen_core.plugins.discovery import (
    COMMANDS,
    DELIVERABLES,
    EXPORTERS,
    GROUPS,
    PACKS,
    SERVERS,
    EntryPoint,
    discover,
)
from docgen_core.plugins.dispatch import Dispatcher, Fragment
from docgen_core.plugins.policy import PluginPolicy
from docgen_core.plugins.registry import Registry
from docgen_core.plugins.status import PluginInfo, Status

__all__ = [
    "COMMANDS",
    "DELIVERABLES",
    "EXPORTERS",
    "GROUPS",
    "PACKS",
    "SERVERS",
    "Dispatcher",
    "EntryPoint",
    "Fragment",
    "PluginInfo",
    "PluginPolicy",
    "Registry",
    "Status",
    "discover",
]
