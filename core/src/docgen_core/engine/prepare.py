"""Prepares what the jobs of a run share: settings objects, hooks, templates, model facts."""

from __future__ import annotations

from typing import Any

from docgen_core.engine.connection import Connection
from docgen_core.engine.job import Tools
from docgen_core.engine.origins import pack_releases
from docgen_core.engine.plan import Plan
from docgen_core.engine.prompt import PromptGenerator
from docgen_core.errors import SettingsError
from docgen_core.lmstudio.tokens import TokenEstimator
from docgen_core.lmstudio.types import ModelInfo
from docgen_core.model import Generation
from docgen_core.plugins import Dispatcher, Registry
from docgen_core.settings import OrchestrationConfig, structure_settings
from docgen_core.templating import Templates

__all__ = [
    "make_dispatcher",
    "make_templates",
    "make_tools",
    "plan_settings",
    "settings_of",
]


def make_tools(
    config: OrchestrationConfig,
    registry: Registry,
    plan: Plan,
    settings: dict[str, Any],
    generator: PromptGenerator,
    connection: Connection | None,
) -> Tools:
    """Put together what the jobs of a run share; without a connection, for previews."""
    return Tools(
        config=config,
        plan=plan,
        dispatcher=make_dispatcher(config, registry),
        templates=make_templates(config, registry),
        generator=generator,
        estimator=TokenEstimator(),
        settings=settings,
        releases={
            **{key: registry.owner(key).release for key in plan.order},
            **pack_releases(registry),
        },
        model=ModelInfo(id="") if connection is None else connection.models[0],
        server_generation=Generation() if connection is None else connection.generation,
        server=_server_of(connection),
    )


def _server_of(connection: Connection | None) -> str:
    """A name that the server has in every run; one that docgen starts has a new port each time."""
    if connection is None or connection.started is not None:
        return "started by docgen"
    return connection.info.base_url


def make_dispatcher(config: OrchestrationConfig, registry: Registry) -> Dispatcher:
    """The way to the hooks. A pack sees its `[settings.<pack>]` table as read."""
    return Dispatcher(registry, settings_for=config.settings.get)


def make_templates(config: OrchestrationConfig, registry: Registry) -> Templates:
    """The way to the templates, the user's folder first."""
    return Templates.for_registry(registry, config.templates_dir)


def plan_settings(config: OrchestrationConfig, plan: Plan) -> dict[str, Any]:
    """Structure the settings of every planned deliverable.

    Raises:
        SettingsError: one or more tables are wrong; all problems of all tables.
    """
    found: dict[str, Any] = {}
    problems: list[str] = []
    for key, item in plan.deliverables.items():
        try:
            found[key] = settings_of(config, key, item.settings)
        except SettingsError as error:
            problems += error.problems
    if problems:
        raise SettingsError(tuple(problems), hint="Correct the tables in the configuration file.")
    return found


def settings_of(config: OrchestrationConfig, key: str, cls: type[Any] | None) -> Any:  # noqa: ANN401 - the plugin's class
    """The settings object of one deliverable, or None when it declares none.

    Raises:
        SettingsError: the table does not fit the class, or there is no class for it.
    """
    table = config.settings.get(key, {})
    if cls is not None:
        folder = config.settings_folder
        return structure_settings(cls, table, path=f"settings.{key}", folder=folder)
    if table:
        raise SettingsError((f"settings.{key}: {key} has no settings",))
    return None
