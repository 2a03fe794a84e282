"""The data of a docgen.lock, written as TOML that is the same on every machine, and read back."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from docgen_core.errors import FileError
from docgen_core.store.fields import strings

__all__ = ["LOCK_NAME", "Pins", "PluginPin", "TemplatePin", "dumps", "read_pins"]

LOCK_NAME: Final = "docgen.lock"
#: Raised when the file changes in a way that an older docgen cannot read.
_SCHEMA: Final = 1
_HEADER: Final = (
    "Written by `docgen lock`. `docgen generate --locked` refuses what differs from it."
)
_AGAIN: Final = "Write it again: `docgen lock`."


@attrs.frozen(kw_only=True)
class PluginPin:
    """One installed distribution with plugins.

    Attributes:
        distribution: Its name.
        version: Its version.
        sha256: Hash of its files.
        offers: What it offers, as `group name`, sorted.
    """

    distribution: str
    version: str
    sha256: str
    offers: tuple[str, ...] = attrs.field(default=(), converter=strings)


@attrs.frozen(kw_only=True)
class TemplatePin:
    """One template name and the file that stands for it.

    Attributes:
        name: The template's name.
        origin: Where the file came from: `project`, `pack:...`, `plugin:...` or `shared`.
        sha256: Hash of its text.
    """

    name: str
    origin: str
    sha256: str


@attrs.frozen(kw_only=True)
class Pins:
    """All that a run's result depends on, besides the brief.

    Attributes:
        docgen: The version of docgen-core.
        api: The hook API, as `major.minor`.
        model: The model's id; empty when it is left open.
        settings: The settings that shape a result and are not left to their defaults, by key.
        plugins: The distributions whose plugins are used, by name.
        templates: Every template, by name; None when they were not looked at.
    """

    docgen: str
    api: str
    model: str = ""
    settings: Mapping[str, Any] = attrs.field(factory=dict)
    plugins: tuple[PluginPin, ...] = ()
    templates: tuple[TemplatePin, ...] = ()


def dumps(pins: Pins) -> str:
    """Write the pins as TOML. Equal pins give equal text; there is no path and no address in it."""
    import tomlkit

    document = tomlkit.document()
    document.add(tomlkit.comment(_HEADER))
    facts: dict[str, Any] = {"schema": _SCHEMA, "docgen": pins.docgen, "api": pins.api}
    facts |= {"model": pins.model} if pins.model else {}
    facts["settings"] = {key: pins.settings[key] for key in sorted(pins.settings)}
    facts["plugins"] = [
        {**attrs.asdict(pin), "offers": list(pin.offers)}
        for pin in sorted(pins.plugins, key=lambda pin: pin.distribution)
    ]
    facts["templates"] = [
        attrs.asdict(pin) for pin in sorted(pins.templates, key=lambda pin: pin.name)
    ]
    document.update(facts)
    return document.as_string()


def read_pins(path: Path) -> Pins:
    """Read a docgen.lock.

    Raises:
        FileError: there is none, it cannot be read, or a newer docgen wrote it.
    """
    try:
        facts = tomllib.loads(path.read_bytes().decode("utf-8"))
        return _pins(facts)
    except FileNotFoundError as error:
        msg = f"there is no lock file {path}"
        raise FileError(msg, hint="`docgen lock` writes one.") from error
    except OSError as error:
        msg = f"cannot read the lock file {path}: {error.strerror or error}"
        raise FileError(msg, hint="Check the path and its permissions.") from error
    except KeyError as error:
        msg = f"the lock file {path} cannot be used: {error.args[0]} is missing"
        raise FileError(msg, hint=_AGAIN) from error
    except ValueError as error:
        msg = f"the lock file {path} cannot be used: {error}"
        raise FileError(msg, hint=_AGAIN) from error
    except (TypeError, AttributeError) as error:
        msg = f"the lock file {path} cannot be used: an entry has other keys than docgen writes"
        raise FileError(msg, hint=_AGAIN) from error


def _pins(facts: dict[str, Any]) -> Pins:
    schema = facts.pop("schema")
    if schema != _SCHEMA:
        msg = f"its layout is {schema}, and this docgen reads {_SCHEMA}"
        raise ValueError(msg)
    return Pins(
        docgen=str(facts["docgen"]),
        api=str(facts["api"]),
        model=str(facts.get("model", "")),
        settings=dict(facts.get("settings", {})),
        plugins=tuple(PluginPin(**pin) for pin in facts.get("plugins", ())),
        templates=tuple(TemplatePin(**pin) for pin in facts.get("templates", ())),
    )
