"""Settings of a run: the configuration class, and the way from files, variables and flags to it."""

from docgen_core.settings.config import CompletionMode, OrchestrationConfig, PluginSettings

__all__ = ["CompletionMode", "OrchestrationConfig", "PluginSettings"]
