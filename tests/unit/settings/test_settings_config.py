"""OrchestrationConfig: defaults, what Python callers may pass, and the errors they get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core import OrchestrationConfig as PublicConfig
from docgen_core.errors import SettingsError, UsageError
from docgen_core.settings import CompletionMode, OrchestrationConfig, PluginSettings

DEFAULTS = {
    "lm_studio_base_url": "http://127.0.0.1:1234/v1",
    "lm_studio_api_key": None,
    "model_name": None,
    "max_tokens": 2048,
    "temperature": 0.7,
    "top_p": 0.9,
    "completion_mode": CompletionMode.SEQUENTIAL,
    "merge_into_single_document": True,
    "include_table_of_contents": True,
    "max_retries_per_deliverable": 3,
    "request_timeout": 60.0,
    "enable_logging": False,
    "log_level": "INFO",
    "concurrency": None,
}

REFUSED = [
    ("temperature", 2.1, "a number from 0 to 2"),
    ("temperature", -0.1, "a number from 0 to 2"),
    ("temperature", "hot", "a number from 0 to 2"),
    ("temperature", True, "a number from 0 to 2"),
    ("temperature", float("nan"), "a number from 0 to 2"),
    ("top_p", 0, "a number above 0 and up to 1"),
    ("top_p", 1.01, "a number above 0 and up to 1"),
    ("max_tokens", 0, "a whole number from 1"),
    ("max_tokens", 1.5, "a whole number from 1"),
    ("max_tokens", True, "a whole number from 1"),
    ("concurrency", 0, "nothing or a whole number from 1"),
    ("max_retries_per_deliverable", -1, "a whole number from 0"),
    ("request_timeout", 0, "a number above 0"),
    ("first_token_timeout", float("inf"), "a number above 0"),
    ("total_timeout", 10**400, "a number above 0"),
    ("connect_timeout", None, "a number above 0"),
    ("seed", 2**63, "nothing or a whole number of at most 64 bits"),
    ("log_level", "LOUD", "one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
    ("language", "not a tag", "a language tag like en or pt-BR"),
    ("server", "Über", "auto, lmstudio or the name of a server plugin"),
    ("formats", "html", "a list, each item a format name like html"),
    ("formats", ("../x",), "a list, each item a format name like html"),
    ("fallback_models", (1,), "a list, each item a text that is not empty"),
    ("enable_logging", "false", "true or false"),
    ("completion_mode", "", "a text that is not empty"),
    ("templates_dir", 3, "nothing or a path"),
]

BAD_URLS = ["127.0.0.1:1234", "ftp://host/v1", "http://", "http://host:port", "http://a b", 3, ""]


def _config(name: str, value: Any) -> OrchestrationConfig:
    arguments: dict[str, Any] = {name: value}
    return OrchestrationConfig(**arguments)


@pytest.mark.parametrize(("name", "value"), DEFAULTS.items())
def test_default(name: str, value: object) -> None:
    """Each documented field has its documented default."""
    assert value == getattr(OrchestrationConfig(), name)


def test_it_is_the_class_that_the_package_exports() -> None:
    """`from docgen_core import OrchestrationConfig` gives this class."""
    assert PublicConfig is OrchestrationConfig


@pytest.mark.parametrize(("name", "value", "expected"), REFUSED)
def test_refused_value(name: str, value: object, expected: str) -> None:
    """A value out of range names the field and what was expected."""
    with pytest.raises(SettingsError) as caught:
        _config(name, value)
    (problem,) = caught.value.problems
    assert problem.startswith(f"{name}: got ")
    assert problem.endswith(f", expected {expected}")


@pytest.mark.parametrize("value", BAD_URLS)
def test_refused_address(value: object) -> None:
    """An address needs http or https and a host."""
    with pytest.raises(SettingsError, match="expected an address like"):
        _config("lm_studio_base_url", value)


def test_all_problems_are_reported_together() -> None:
    """One error carries a line for every wrong argument."""
    with pytest.raises(SettingsError) as caught:
        OrchestrationConfig(temperature=9, max_tokens=0, log_level="no")
    assert [problem.partition(":")[0] for problem in caught.value.problems] == [
        "max_tokens",
        "temperature",
        "log_level",
    ]


def test_error_is_a_usage_error_with_a_hint() -> None:
    """Wrong arguments are wrong usage, and the hint says whose arguments."""
    with pytest.raises(UsageError) as caught:
        OrchestrationConfig(temperature=9)
    assert (
        caught.value.exit_code,
        caught.value.hint,
    ) == (2, "Correct the arguments given to OrchestrationConfig.")


def test_credentials_in_an_address_are_refused_and_not_shown() -> None:
    """A URL with a password is no place for one, not even in the message."""
    with pytest.raises(SettingsError) as caught:
        OrchestrationConfig(lm_studio_base_url="http://me:hunter2@host/v1")
    assert "hunter2" not in str(caught.value)


def test_api_key_is_never_shown() -> None:
    """Neither repr nor the refusal of a malformed key contains it."""
    with pytest.raises(SettingsError) as caught:
        OrchestrationConfig(lm_studio_api_key="hush hush")
    assert "hush" not in str(caught.value)
    assert "hush" not in repr(OrchestrationConfig(lm_studio_api_key="hush"))


@pytest.mark.parametrize("mode", list(CompletionMode))
def test_mode_by_its_name(mode: CompletionMode) -> None:
    """The name of a mode stands for the mode."""
    assert OrchestrationConfig(completion_mode=mode.value).completion_mode is mode


def test_unknown_mode_stays_a_name() -> None:
    """Subclasses of the engine add modes of their own."""
    assert OrchestrationConfig(completion_mode="custom").completion_mode == "custom"


def test_convenient_values_take_the_form_of_their_field() -> None:
    """Whole numbers, lists, path texts and lower-case levels are accepted."""
    config = OrchestrationConfig(
        temperature=1,
        formats=["html"],  # type: ignore[arg-type] # a list is taken for a tuple
        templates_dir="tpl",  # type: ignore[arg-type] # a text is taken for a path
        log_level="debug",
    )
    assert (1.0, ("html",), Path("tpl"), "DEBUG") == (
        config.temperature,
        config.formats,
        config.templates_dir,
        config.log_level,
    )


def test_evolve_checks_again() -> None:
    """A changed copy is held to the same rules."""
    with pytest.raises(SettingsError):
        attrs.evolve(OrchestrationConfig(), temperature=5)


def test_plugin_settings_are_checked() -> None:
    """The nested settings have rules too."""
    with pytest.raises(SettingsError, match="hook_timeout: got 0"):
        PluginSettings(hook_timeout=0)


def test_tables_cannot_be_changed_afterwards() -> None:
    """The configuration is frozen through and through."""
    config = OrchestrationConfig(providers={"a": "b"})
    with pytest.raises(TypeError):
        config.providers["a"] = "c"  # type: ignore[index] # that is the point


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())


@given(
    name=st.sampled_from([field.name for field in attrs.fields(OrchestrationConfig)][:22]),
    value=ANYTHING,
)
def test_any_value_is_taken_or_refused_with_a_settings_error(name: str, value: object) -> None:
    """No value of any type gets past the rules with another exception."""
    try:
        _config(name, value)
    except SettingsError as error:
        assert error.problems[0].startswith(f"{name}: ")  # noqa: PT017 - either way is right
