"""OrchestrationConfig: every setting of a run, with its rule, its name in files and its help."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from docgen_core.errors import SettingsError
from docgen_core.settings import rules
from docgen_core.settings.coerce import (
    as_float,
    as_level,
    as_mapping,
    as_names,
    as_path,
    as_tuple,
)
from docgen_core.settings.rules import Rule

__all__ = [
    "CompletionMode",
    "OrchestrationConfig",
    "PluginSettings",
    "field_problems",
    "keys",
    "rule_of",
]

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_LANGUAGE = r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"
_NAME = r"[a-z][a-z0-9_-]*"
_INT64 = 2**63


class CompletionMode(enum.StrEnum):
    """How the deliverables of a run are asked for. Every mode gives the same document layout."""

    #: One after another.
    SEQUENTIAL = "sequential"
    #: As many at once as the server answers faster.
    BATCH = "batch"
    #: One after another, the text shown as it arrives.
    STREAMING = "streaming"


def _as_mode(value: object) -> object:
    members = {member.value: member for member in CompletionMode}
    return members.get(value, value) if isinstance(value, str) else value


def _setting(
    default: object,
    rule: Rule,
    help_text: str,
    *,
    key: str = "",
    env: str = "",
    read: Rule | None = None,
    convert: Callable[[object], object] | None = None,
) -> Any:  # noqa: ANN401 - stands where attrs.field stands
    # A file or a variable cannot say None; there, absence is what leaves a value out.
    read = read or attrs.evolve(rule, expected=rule.expected.removeprefix(rules.ABSENT_OR))
    names = {"key": key, "env": env or key.upper()}
    metadata = {**names, "rule": rule, "read": read, "help": help_text}
    shown = not rule.secret
    return attrs.field(default=default, metadata=metadata, converter=convert, repr=shown)


def keys(cls: type[Any]) -> Iterator[tuple[str, attrs.Attribute[Any]]]:
    """Yield (key, field) for each field of a settings class that files and variables may name."""
    for field in attrs.fields(cls):
        if field.metadata.get("key"):
            yield field.metadata["key"], field


def rule_of(field: attrs.Attribute[Any], *, read: bool = False) -> Rule | None:
    """Return the rule that a field was declared with, or None.

    Args:
        field: A field of a settings class.
        read: Take the rule for files, variables and flags, which may be narrower than Python's.
    """
    rule = field.metadata.get("read" if read else "rule")
    return rule if isinstance(rule, Rule) else None


def field_problems(instance: attrs.AttrsInstance) -> tuple[str, ...]:
    """Return a line for each field of `instance` whose value its rule refuses."""
    found = []
    for field in attrs.fields(type(instance)):
        rule = rule_of(field)
        problem = rule.problem(getattr(instance, field.name)) if rule else None
        if problem is not None:
            found.append(f"{field.name}: {problem}")
    return tuple(found)


def _check(instance: attrs.AttrsInstance) -> None:
    problems = field_problems(instance)
    if problems:
        name = type(instance).__name__
        raise SettingsError(problems, hint=f"Correct the arguments given to {name}.")


@attrs.frozen(kw_only=True)
class PluginSettings:
    """Which plugins may take part, and how strictly they are held to their promises.

    Raises:
        SettingsError: one or more values are out of range; all are named.

    Attributes:
        disable: Names of entry points or distributions that are not used.
        only: When not empty, the only entry points or distributions that are used.
        pack_order: Packs that act first, in this order; the others follow by name.
        strict: Whether a broken plugin stops the command even if the run does not need it.
        no_plugins: Whether all plugins are left out.
        hook_timeout: Seconds that one hook may take.
    """

    disable: tuple[str, ...] = _setting(
        (),
        rules.sequence(rules.text()),
        "Plugins (entry points or distributions) that are not used.",
        key="disable",
        env="DISABLE_PLUGINS",
        convert=as_tuple,
    )
    only: tuple[str, ...] = _setting(
        (),
        rules.sequence(rules.text()),
        "The only plugins that are used; empty means all.",
        key="only",
        env="ONLY_PLUGINS",
        convert=as_tuple,
    )
    pack_order: tuple[str, ...] = _setting(
        (),
        rules.sequence(rules.text()),
        "Packs that act first, in this order.",
        key="pack_order",
        convert=as_tuple,
    )
    strict: bool = _setting(
        default=False,
        rule=rules.flag(),
        help_text="Stop when any plugin is broken, even one that is not needed.",
        key="strict",
        env="STRICT_PLUGINS",
    )
    no_plugins: bool = _setting(
        default=False,
        rule=rules.flag(),
        help_text="Leave out all plugins.",
        key="no_plugins",
        env="NO_PLUGINS",
    )
    hook_timeout: float = _setting(
        30.0,
        rules.number(0, above=True),
        "Seconds that one plugin hook may take; loading a plugin may take as long, at most 20.",
        key="hook_timeout",
        convert=as_float,
    )

    def __attrs_post_init__(self) -> None:
        _check(self)


@attrs.frozen(kw_only=True)
class OrchestrationConfig:
    """Every setting of a run. All have defaults; wrong values are reported together.

    Raises:
        SettingsError: one or more values have the wrong type or are out of range.

    Attributes:
        lm_studio_base_url: The server's OpenAI-compatible root.
        lm_studio_api_key: The token to send, or None. It is never shown or written.
        model_name: The model to ask, or None for the best one that the server has.
        fallback_models: Models to try when `model_name` is not there, in order.
        max_tokens: The most tokens that one answer may have.
        temperature: Sampling temperature, 0 to 2.
        top_p: Nucleus sampling mass, above 0 and up to 1.
        seed: Sampling seed, or None for the server's choice.
        completion_mode: A `CompletionMode`, or the name of a mode that a subclass adds.
        concurrency: The most requests at once, or None for what the server takes.
        merge_into_single_document: Whether one document is put together from the sections.
        include_table_of_contents: Whether that document has a table of contents.
        max_retries_per_deliverable: How often a failed request is sent again.
        request_timeout: Seconds of silence allowed once the answer has begun.
        first_token_timeout: Seconds until the answer begins.
        total_timeout: Seconds for one whole answer.
        connect_timeout: Seconds until the connection stands.
        language: The output language as a BCP 47 tag.
        server: `auto`, `lmstudio`, or the name of an installed server plugin.
        enable_logging: Whether docgen writes its log to stderr.
        log_level: The least severe level that is logged.
        cache: `auto` to take answers from the user's cache where asking again would give the same
            (temperature 0, or a seed), `always` for every request, `off`.
        cache_size_mb: Megabytes that the cache may hold; what was not used for longest goes first.
        formats: Further formats to write beside Markdown.
        templates_dir: A folder of templates that win over those of plugins, or None.
        plugins: Which plugins take part.
        providers: Deliverable id to the distribution that provides it, where two offer one.
        settings: The raw `[settings.<id>]` tables.
        settings_folder: The folder that relative paths in those tables begin in: that of the file
            they were read from; None for the current one.
        explicit: Names of fields that the user set; empty when that is not known.
        given: Names of those that were set for one command only, by its options.
    """

    lm_studio_base_url: str = _setting(
        "http://127.0.0.1:1234/v1",
        rules.url(),
        "The address of the model server.",
        key="base_url",
    )
    lm_studio_api_key: str | None = _setting(
        None,
        rules.optional(rules.secret()),
        'The server\'s token; in a file only as { env = "NAME" }.',
        key="api_key",
    )
    model_name: str | None = _setting(
        None,
        rules.optional(rules.text()),
        "The model to ask; without it, the best one that the server has.",
        key="model",
    )
    fallback_models: tuple[str, ...] = _setting(
        (),
        rules.sequence(rules.text()),
        "Models to try when the first one is not there, in order.",
        key="fallback_models",
        convert=as_tuple,
    )
    max_tokens: int = _setting(
        2048,
        rules.whole(1),
        "The most tokens that one answer may have.",
        key="max_tokens",
    )
    temperature: float = _setting(
        0.7,
        rules.number(0, 2),
        "Sampling temperature: low is steady, high is varied.",
        key="temperature",
        convert=as_float,
    )
    top_p: float = _setting(
        0.9,
        rules.number(0, 1, above=True),
        "Nucleus sampling mass.",
        key="top_p",
        convert=as_float,
    )
    seed: int | None = _setting(
        None,
        attrs.evolve(
            rules.optional(rules.whole(-_INT64, _INT64 - 1)),
            expected=rules.ABSENT_OR + "a whole number of at most 64 bits",
        ),
        "Sampling seed, for answers that repeat.",
        key="seed",
    )
    completion_mode: CompletionMode | str = _setting(  # noqa: RUF009 - an attrs field
        CompletionMode.SEQUENTIAL,
        rules.text(),
        "sequential, batch or streaming.",
        key="mode",
        read=rules.one_of(*CompletionMode),
        convert=_as_mode,
    )
    concurrency: int | None = _setting(
        None,
        rules.optional(rules.whole(1)),
        "The most requests at once in batch mode; auto lets the server's own figures decide.",
        key="concurrency",
        read=attrs.evolve(rules.whole(1), expected="auto or a whole number from 1"),
    )
    merge_into_single_document: bool = _setting(
        default=True,
        rule=rules.flag(),
        help_text="Put the sections together into one document.",
        key="merge",
    )
    include_table_of_contents: bool = _setting(
        default=True,
        rule=rules.flag(),
        help_text="Begin the document with a table of contents.",
        key="toc",
    )
    max_retries_per_deliverable: int = _setting(
        3,
        rules.whole(0),
        "How often a failed request is sent again.",
        key="max_retries",
    )
    request_timeout: float = _setting(
        60.0,
        rules.number(0, above=True),
        "Seconds of silence allowed once an answer has begun.",
        key="timeout",
        convert=as_float,
    )
    first_token_timeout: float = _setting(
        600.0,
        rules.number(0, above=True),
        "Seconds until an answer begins: loading the model and reading the prompt.",
        key="first_token_timeout",
        convert=as_float,
    )
    total_timeout: float = _setting(
        3600.0,
        rules.number(0, above=True),
        "Seconds for one whole answer.",
        key="total_timeout",
        convert=as_float,
    )
    connect_timeout: float = _setting(
        5.0,
        rules.number(0, above=True),
        "Seconds until the connection stands.",
        key="connect_timeout",
        convert=as_float,
    )
    language: str = _setting(
        "en",
        rules.matching(_LANGUAGE, "a language tag like en or pt-BR"),
        "The language of the documents.",
        key="language",
    )
    server: str = _setting(
        "auto",
        rules.matching(_NAME, "auto, lmstudio or the name of a server plugin"),
        "Which server to use.",
        key="server",
    )
    enable_logging: bool = _setting(
        default=False,
        rule=rules.flag(),
        help_text="Write the log to stderr.",
        key="enable_logging",
    )
    log_level: str = _setting(
        "INFO",
        rules.one_of(*LOG_LEVELS),
        "The least severe level that is logged.",
        key="log_level",
        convert=as_level,
    )
    cache: str = _setting(
        "auto",
        rules.one_of("auto", "always", "off"),
        "Take answers from the cache: where asking again would give the same (temperature 0 or a "
        "seed), always, or never.",
        key="cache",
    )
    cache_size_mb: int = _setting(
        500,
        rules.whole(0),
        "Megabytes of answers that the cache may hold.",
        key="cache_size_mb",
    )
    formats: tuple[str, ...] = _setting(
        (),
        rules.sequence(rules.matching(_NAME, "a format name like html")),
        "Further formats to write beside Markdown.",
        key="formats",
        convert=as_tuple,
    )
    templates_dir: Path | None = _setting(  # noqa: RUF009 - an attrs field
        None,
        rules.optional(rules.path()),
        "A folder of templates that win over those of plugins.",
        key="templates_dir",
        convert=as_path,
    )
    plugins: PluginSettings = attrs.field(factory=PluginSettings)
    providers: Mapping[str, str] = attrs.field(factory=dict, converter=as_mapping)
    settings: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict, converter=as_mapping)
    settings_folder: Path | None = attrs.field(default=None, converter=as_path)
    explicit: frozenset[str] = attrs.field(default=frozenset(), converter=as_names)
    given: frozenset[str] = attrs.field(default=frozenset(), converter=as_names)

    def __attrs_post_init__(self) -> None:
        _check(self)
