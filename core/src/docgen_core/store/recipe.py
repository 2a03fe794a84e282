"""The recipe: what a run was asked for, kept so that its document can be made again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from docgen_core.errors import FileError
from docgen_core.store.atomic import file_errors
from docgen_core.store.disk import Disk
from docgen_core.store.fields import strings
from docgen_core.store.objects import frame, is_newer, unframe

__all__ = ["RECIPE_FILE", "Recipe", "decode_recipe", "encode_recipe", "read_recipe"]

RECIPE_FILE: Final = ".docgen/recipe"

_TIMES: Final = {kind.__name__: kind for kind in (dt.datetime, dt.date, dt.time)}


@attrs.frozen(kw_only=True)
class Recipe:
    """What decides a document, besides the answers and the plugins. It never holds a secret.

    Attributes:
        docgen: The version that wrote it.
        run_id: Names the run, as run.json does.
        brief: The brief: `text`, `title` and `source`.
        order: Deliverable ids in reading order.
        config: The settings that shape prompts and document, by field name.
        model: `id` and `context_length` of the model that is asked first.
        generation: The server's sampling defaults.
        releases: Distribution and version that owned each deliverable.
        server: Address and kind of the server.
        date: The date on the title page.
    """

    docgen: str
    run_id: str
    brief: Mapping[str, str]
    order: tuple[str, ...] = attrs.field(converter=strings)
    config: Mapping[str, Any]
    model: Mapping[str, Any]
    generation: Mapping[str, Any]
    releases: Mapping[str, str]
    server: Mapping[str, str]
    date: str


def encode_recipe(recipe: Recipe) -> bytes:
    """The file's content, with the header that objects have."""
    facts = attrs.asdict(recipe)
    return frame(json.dumps(facts, default=_to_json, sort_keys=True, indent=1).encode("ascii"))


def decode_recipe(data: bytes) -> Recipe | None:
    """What `encode_recipe` was given, or None when the content is damaged."""
    body = unframe(data)
    if body is None:
        return None
    try:
        return Recipe(**json.loads(body, object_hook=_from_json))
    except (ValueError, TypeError):
        return None


def read_recipe(folder: Path, disk: Disk | None = None) -> Recipe | None:
    """Read a run folder's recipe.

    Returns:
        The recipe, or None when there is none or it is damaged.

    Raises:
        FileError: it cannot be read, or a newer docgen wrote it.
    """
    path = folder / RECIPE_FILE
    with file_errors("read", path):
        try:
            data = (disk or Disk()).read(path)
        except FileNotFoundError:
            return None
    if is_newer(data):
        raise FileError(
            f"{path} was written by a newer docgen",
            hint="Upgrade with `pip install -U docgen-core`, or choose another folder with -o.",
        )
    return decode_recipe(data)


def _to_json(value: object) -> Any:  # noqa: ANN401 - what JSON can hold
    """What a settings file can hold and JSON cannot: dates, times, read-only tables, sets."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if type(value) in _TIMES.values():
        return {"$": type(value).__name__, "is": value.isoformat()}  # type: ignore[attr-defined] # dates and times have it
    return str(value)


def _from_json(table: dict[str, Any]) -> Any:  # noqa: ANN401 - a table, or a date or time
    kind = _TIMES.get(str(table.get("$")))
    return table if kind is None else kind.fromisoformat(table["is"])
