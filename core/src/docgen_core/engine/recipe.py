"""What a run was asked for, as data to keep, and back again for a replay."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from docgen_core import __version__
from docgen_core.engine.job import Tools
from docgen_core.errors import FileError, SettingsError
from docgen_core.lmstudio.types import ModelInfo, ServerInfo
from docgen_core.model import Brief, Generation
from docgen_core.settings import OrchestrationConfig, PluginSettings
from docgen_core.store import Recipe

__all__ = ["brief_of", "config_of", "equip", "recipe_of", "today"]

#: The settings that shape prompts and documents. The others say where and how to ask; the key is
#: a secret and is never kept.
_SHAPING: Final = (
    "model_name",
    "max_tokens",
    "temperature",
    "top_p",
    "seed",
    "merge_into_single_document",
    "include_table_of_contents",
    "language",
    "providers",
    "settings",
    "explicit",
    "given",
)


def today() -> str:
    """The date in day precision; SOURCE_DATE_EPOCH makes it reproducible."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal():
        moment = dt.datetime.fromtimestamp(int(epoch), tz=dt.UTC)
    else:
        moment = dt.datetime.now(tz=dt.UTC)
    return moment.date().isoformat()


def recipe_of(brief: Brief, tools: Tools, info: ServerInfo, run_id: str) -> Recipe:
    """Write down a run before it asks for anything.

    Args:
        brief: What the user wants.
        tools: What the run works with.
        info: The server.
        run_id: Names the run.
    """
    return Recipe(
        docgen=__version__,
        run_id=run_id,
        brief=attrs.asdict(brief),
        order=tools.plan.order,
        config=_config(tools.config),
        model={"id": tools.model.id, "context_length": tools.model.context_length},
        generation=_plain(tools.server_generation),
        releases=dict(tools.releases),
        server={"base_url": info.base_url, "kind": info.kind},
        date=today(),
    )


def brief_of(recipe: Recipe) -> Brief:
    """The recorded brief."""
    with _readable():
        return Brief(**recipe.brief)


def config_of(recipe: Recipe) -> OrchestrationConfig:
    """The recorded settings; those that a replay does not need have their defaults."""
    facts = dict(recipe.config)
    with _readable():
        return OrchestrationConfig(**{**facts, "plugins": PluginSettings(**facts["plugins"])})


def equip(tools: Tools, recipe: Recipe) -> Tools:
    """Give tools without a connection what the recorded run knew of its server and plugins."""
    with _readable():
        return attrs.evolve(
            tools,
            model=ModelInfo(**recipe.model),
            server_generation=Generation(**recipe.generation),
            releases=dict(recipe.releases),
        )


def _config(config: OrchestrationConfig) -> dict[str, Any]:
    facts: dict[str, Any] = {name: getattr(config, name) for name in _SHAPING}
    for name in ("templates_dir", "settings_folder"):
        folder = getattr(config, name)
        facts[name] = None if folder is None else str(folder.absolute())
    facts["plugins"] = attrs.asdict(config.plugins)
    return facts


def _plain(generation: Generation) -> Mapping[str, Any]:
    names = (field.name for field in attrs.fields(Generation))
    return {name: getattr(generation, name) for name in names}


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """Turn what this docgen cannot make of a recipe into a FileError."""
    try:
        yield
    except (TypeError, KeyError, SettingsError) as error:
        raise FileError(
            f"the recorded run cannot be read by this docgen: {error}",
            hint="Run the same `docgen generate` command again.",
        ) from error
