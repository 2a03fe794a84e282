"""load_settings: the four sources, who wins, and every problem at once."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.errors import FileError, SettingsError
from docgen_core.settings import CompletionMode, LoadedSettings, load_settings

FILE_PROBLEMS = [
    ("temprature = 1", "temprature: unknown key; did you mean temperature?"),
    ("plugin = {}", "plugin: unknown key; did you mean plugins?"),
    ('temperature = "0.5"', "temperature: got '0.5', expected a number from 0 to 2"),
    ("temperature = 3", "temperature: got 3.0, expected a number from 0 to 2"),
    ("temperature = true", "temperature: got True, expected a number from 0 to 2"),
    ("max_tokens = 5.0", "max_tokens: got 5.0, expected a whole number from 1"),
    ('toc = "false"', "toc: got 'false', expected true or false"),
    ("toc = 0", "toc: got 0, expected true or false"),
    ('formats = "html"', "formats: got 'html', expected a list, each item a format name like html"),
    ("model = 3", "model: got 3, expected a text that is not empty"),
    ('mode = "fast"', "mode: got 'fast', expected one of sequential, batch, streaming"),
    ('concurrency = "all"', "concurrency: got 'all', expected auto or a whole number from 1"),
    ("plugins = 1", "plugins: got 1, expected a table"),
    ("[plugins]\nony = []", "plugins.ony: unknown key; did you mean only?"),
    ("[plugins]\nno_plugins = true", "plugins.no_plugins: unknown key"),
    ("[plugins]\nhook_timeout = 0", "plugins.hook_timeout: got 0.0, expected a number above 0"),
    ("[settings]\npersonas = 1", "settings.personas: got 1, expected a table"),
    ("[deliverables.personas]\nprovider = 1", "expected a distribution's name"),
    ("[deliverables.personas]\nprovidr = 1", "unknown key; did you mean provider?"),
    ("[deliverables]\npersonas = 1", "deliverables.personas: got 1, expected a table"),
    ('api_key = "abc"', 'api_key: expected { env = "NAME" }, because a secret'),
    ('api_key = { env = "NO" }', "api_key: the environment variable 'NO' is not set"),
    ("a = \n", "not valid TOML at line 1, column 5"),
    ("a = [1,", "not valid TOML at the end of the file"),
]

ENVIRONMENT_PROBLEMS = [
    ("DOCGEN_MAX_TOKENS", "many", "got 'many', expected a whole number from 1"),
    ("DOCGEN_TEMPERATURE", "hot", "got 'hot', expected a number from 0 to 2"),
    ("DOCGEN_TOC", "maybe", "got 'maybe', expected true or false"),
    ("DOCGEN_MODE", "fast", "expected one of sequential, batch, streaming"),
    ("DOCGEN_FORMATS", "html,../x", "expected a list, each item a format name like html"),
    ("DOCGEN_TEMPERATUR", "1", "unknown; did you mean DOCGEN_TEMPERATURE?"),
]

ENVIRONMENT_VALUES = [
    ("DOCGEN_BASE_URL", "http://box:1/v1", "lm_studio_base_url", "http://box:1/v1"),
    ("DOCGEN_MODEL", "qwen", "model_name", "qwen"),
    ("DOCGEN_FALLBACK_MODELS", "a, b,", "fallback_models", ("a", "b")),
    ("DOCGEN_TEMPERATURE", "1", "temperature", 1.0),
    ("DOCGEN_MAX_TOKENS", "12", "max_tokens", 12),
    ("DOCGEN_SEED", "7", "seed", 7),
    ("DOCGEN_TOC", "No", "include_table_of_contents", False),
    ("DOCGEN_MERGE", "1", "merge_into_single_document", True),
    ("DOCGEN_MODE", "batch", "completion_mode", CompletionMode.BATCH),
    ("DOCGEN_CONCURRENCY", "auto", "concurrency", None),
    ("DOCGEN_CONCURRENCY", "3", "concurrency", 3),
    ("DOCGEN_LOG_LEVEL", "debug", "log_level", "DEBUG"),
    ("DOCGEN_TEMPLATES_DIR", "tpl", "templates_dir", Path("tpl")),
    ("DOCGEN_TEMPERATURE", "  ", "temperature", 0.7),
]


def _load(
    folder: Path,
    text: str | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    **flags: object,
) -> LoadedSettings:
    if text is not None:
        (folder / "docgen.toml").write_text(text, encoding="utf-8")
    return load_settings(flags, start=folder, environ=environ or {})


@pytest.mark.parametrize(("text", "expected"), FILE_PROBLEMS)
def test_problem_in_a_file(tmp_path: Path, text: str, expected: str) -> None:
    """Each kind of mistake gives one line with the file, the key and what is wrong."""
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, text)
    (problem,) = caught.value.problems
    assert problem.startswith(str(tmp_path / "docgen.toml") + ": ")
    assert expected in problem


@pytest.mark.parametrize(("variable", "text", "expected"), ENVIRONMENT_PROBLEMS)
def test_problem_in_a_variable(tmp_path: Path, variable: str, text: str, expected: str) -> None:
    """A wrong variable is named with what was expected."""
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, environ={variable: text})
    (problem,) = caught.value.problems
    assert problem.startswith(f"environment variable {variable}: ")
    assert problem.endswith(expected)


@pytest.mark.parametrize(("variable", "text", "field", "expected"), ENVIRONMENT_VALUES)
def test_value_of_a_variable(
    tmp_path: Path, variable: str, text: str, field: str, expected: object
) -> None:
    """A variable's text is read as its field's type."""
    loaded = _load(tmp_path, environ={variable: text})
    assert expected == getattr(loaded.config, field)


def test_each_source_wins_over_the_next(tmp_path: Path) -> None:
    """Flags over variables over the file over the defaults, and the origins say so."""
    loaded = _load(
        tmp_path,
        "temperature = 0.1\nmax_tokens = 1\ntop_p = 0.1",
        environ={"DOCGEN_TEMPERATURE": "0.2", "DOCGEN_MAX_TOKENS": "2"},
        temperature=0.3,
    )
    config, origins = loaded.config, loaded.origins
    assert (config.temperature, config.max_tokens, config.top_p, config.seed) == (0.3, 2, 0.1, None)
    assert {
        "temperature": "option --temperature",
        "max_tokens": "environment variable DOCGEN_MAX_TOKENS",
        "top_p": str(tmp_path / "docgen.toml"),
        "seed": "default",
    } == {name: origins[name] for name in ("temperature", "max_tokens", "top_p", "seed")}


def test_explicit_names_what_was_set(tmp_path: Path) -> None:
    """The engine can tell a chosen 0.7 from the default 0.7."""
    assert _load(tmp_path, "temperature = 0.7").config.explicit == {"temperature"}


def test_flags_that_were_not_given_change_nothing(tmp_path: Path) -> None:
    """None means: not given."""
    assert _load(tmp_path, "seed = 4", seed=None).config.seed == 4


def test_problems_of_all_sources_come_together(tmp_path: Path) -> None:
    """File, variable and flag are judged in one go, also where another one wins."""
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, "seed = 'x'\nx_y_z = 1", environ={"DOCGEN_SEED": "y"}, seed="z")
    assert len(caught.value.problems) == 4


def test_every_table_of_a_full_file(tmp_path: Path) -> None:
    """Plugins, providers and plugin settings arrive where the engine looks for them."""
    loaded = _load(
        tmp_path,
        """
        formats = ["html"]
        templates_dir = "tpl"
        [plugins]
        disable = ["a"]
        pack_order = ["b", "c"]
        strict = true
        hook_timeout = 5
        [deliverables.personas]
        provider = "acme-docgen"
        [settings.personas]
        count = 4
        """,
    )
    config = loaded.config
    assert (
        config.plugins.disable,
        config.plugins.pack_order,
        config.plugins.strict,
        config.plugins.hook_timeout,
    ) == (("a",), ("b", "c"), True, 5.0)
    assert (
        dict(config.providers),
        dict(config.settings),
    ) == ({"personas": "acme-docgen"}, {"personas": {"count": 4}})
    assert config.templates_dir == tmp_path / "tpl"
    assert config.settings_folder == tmp_path


def test_plugin_flags_and_variables(tmp_path: Path) -> None:
    """Plugins can be left out for one command or one shell."""
    loaded = load_settings(
        {"plugins.no_plugins": True},
        start=tmp_path,
        environ={"DOCGEN_DISABLE_PLUGINS": "a,b", "DOCGEN_STRICT_PLUGINS": "1"},
    )
    plugins = loaded.config.plugins
    assert (plugins.no_plugins, plugins.disable, plugins.strict) == (True, ("a", "b"), True)


def test_the_file_is_searched_upwards(tmp_path: Path) -> None:
    """A command started in a sub-folder finds the project's file."""
    (tmp_path / "docgen.toml").write_text("seed = 1", encoding="utf-8")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert _load(below).files == (tmp_path / "docgen.toml",)


def test_pyproject_with_a_docgen_table(tmp_path: Path) -> None:
    """[tool.docgen] serves where there is no docgen.toml."""
    text = "[project]\nname = 'x'\n[tool.docgen]\nseed = 2\n[tool.docgen.settings.a]\nb = 1"
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    config = _load(tmp_path).config
    assert (config.seed, dict(config.settings)) == (2, {"a": {"b": 1}})


def test_pyproject_without_a_docgen_table_is_passed_by(tmp_path: Path) -> None:
    """Another project's file is not read, however broken it may be."""
    (tmp_path / "docgen.toml").write_text("seed = 3", encoding="utf-8")
    below = tmp_path / "sub"
    below.mkdir()
    (below / "pyproject.toml").write_text("broken = [", encoding="utf-8")
    assert _load(below).config.seed == 3


def test_docgen_toml_wins_beside_pyproject(tmp_path: Path) -> None:
    """The dedicated file is the one that counts."""
    (tmp_path / "pyproject.toml").write_text("[tool.docgen]\nseed = 2", encoding="utf-8")
    assert _load(tmp_path, "seed = 1").config.seed == 1


def test_tool_docgen_that_is_no_table(tmp_path: Path) -> None:
    """A [[tool.docgen]] list is refused by name."""
    (tmp_path / "pyproject.toml").write_text("[[tool.docgen]]\nseed = 2", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"tool\.docgen: got .* expected a table"):
        _load(tmp_path)


def test_named_file(tmp_path: Path) -> None:
    """A file given by name is read instead of searching."""
    named = tmp_path / "other.toml"
    named.write_text("seed = 9", encoding="utf-8")
    (tmp_path / "docgen.toml").write_text("seed = 1", encoding="utf-8")
    loaded = load_settings({}, config_file=named, start=tmp_path, environ={})
    assert loaded.config.seed == 9


def test_named_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is a file error, not a silent default."""
    with pytest.raises(FileError, match="cannot read the configuration file"):
        load_settings({}, config_file=tmp_path / "no.toml", environ={})


def test_file_that_is_not_utf8(tmp_path: Path) -> None:
    """The byte that cannot be read is named."""
    (tmp_path / "docgen.toml").write_bytes(b"model = '\xff'")
    with pytest.raises(SettingsError, match="not UTF-8: byte 9"):
        _load(tmp_path)


KEY_SOURCES = [
    ("", {}, None),
    ("", {"LM_API_TOKEN": "lm"}, "lm"),
    ("api_key = { env = 'K' }", {"LM_API_TOKEN": "lm", "K": "k"}, "k"),
    ("api_key = { env = 'K' }", {"DOCGEN_API_KEY": "docgen", "K": "k"}, "docgen"),
]


@pytest.mark.parametrize(("text", "environ", "expected"), KEY_SOURCES)
def test_api_key(
    tmp_path: Path, text: str, environ: Mapping[str, str], expected: str | None
) -> None:
    """The token comes from the environment only, the most specific variable first."""
    assert expected == _load(tmp_path, text, environ=environ).config.lm_studio_api_key


def test_a_plain_key_in_a_file_is_not_shown(tmp_path: Path) -> None:
    """The message that refuses a secret does not repeat it."""
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, "api_key = 'hush-hush'")
    assert "hush" not in str(caught.value)


def test_variables_of_others_are_left_alone(tmp_path: Path) -> None:
    """Only near misses of our own names are mistakes; DOCGEN_DEBUG acts before the settings."""
    _load(tmp_path, environ={"DOCGEN_XYZZY_HOME": "x", "DOCGEN_DEBUG": "1"})


KEYS = st.text(string.ascii_lowercase + "_", min_size=1, max_size=12)
VALUES = st.recursive(
    st.booleans() | st.integers(-100, 100) | st.floats(-5, 5) | st.text("ab'\"x", max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=4,
)
KNOWN = st.sampled_from(
    ["temperature", "formats", "plugins", "settings", "deliverables", "api_key", "mode", "seed"]
)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace('"', '\\"') + '"'
    return repr(value)


@given(table=st.dictionaries(KEYS | KNOWN, VALUES, max_size=4))
def test_any_file_is_read_or_refused_with_a_settings_error(
    tmp_path_factory: pytest.TempPathFactory, table: dict[str, object]
) -> None:
    """No content of a valid TOML file ends in another exception."""
    path = tmp_path_factory.mktemp("any") / "docgen.toml"
    path.write_text("\n".join(f"{k} = {_toml(v)}" for k, v in table.items()), encoding="utf-8")
    tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        load_settings({}, config_file=path, environ={})
    except SettingsError as error:
        assert all(str(path) in problem for problem in error.problems)  # noqa: PT017 - see above


@given(text=st.text(max_size=40))
def test_any_text_in_a_variable_is_read_or_refused(text: str) -> None:
    """No text of a variable ends in another exception."""
    environ = {"DOCGEN_TEMPERATURE": text, "DOCGEN_SEED": text, "DOCGEN_FORMATS": text}
    try:
        load_settings({}, config_file=None, start=Path("/"), environ=environ)
    except SettingsError as error:
        assert error.problems  # noqa: PT017 - either way is right
