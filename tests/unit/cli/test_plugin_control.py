"""`docgen plugins disable`, `enable` and `doctor`; the lists of plugins from every source."""

from __future__ import annotations

import tomllib

import pytest
from support.command_line import Docgen

CONFIG = """# Our settings.
temperature = 0.4  # steady

[plugins]
# switched off by the platform team
disable = [
    "broken-plugin",  # see the ticket
]
"""


@pytest.fixture
def shop(good: Docgen) -> Docgen:
    """Two good deliverables, a pack and a module that ends the process when it is imported."""
    good.install("broken-plugin", "import os; os._exit(9)", {"docgen.deliverables": ["broken"]})
    return good


def disabled(docgen: Docgen) -> list[str]:
    """What docgen.toml switches off."""
    text = (docgen.folder / "docgen.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["plugins"]["disable"])


def states(docgen: Docgen, *arguments: str, **environment: str) -> dict[str, str]:
    """Name and state of every plugin."""
    found = docgen.json("plugins", *arguments, **environment)["plugins"]
    return {each["name"]: each["status"] for each in found}


def test_disabling_needs_no_plugin_code(shop: Docgen) -> None:
    """A plugin that kills the process that loads it can be switched off, and all is well."""
    done = shop("plugins", "disable", "broken")
    assert done.returncode == 0, done.stderr
    assert disabled(shop) == ["broken"]
    found = states(shop)
    assert (found["alpha"], found["beta"], found["broken"]) == ("active", "active", "disabled")


def test_the_rest_of_the_file_stays_as_it_is(shop: Docgen) -> None:
    """Comments, order and layout are the user's."""
    path = shop.folder / "docgen.toml"
    path.write_text(CONFIG, encoding="utf-8")
    path.chmod(0o640)
    assert shop("plugins", "disable", "alpha").returncode == 0
    assert disabled(shop) == ["broken-plugin", "alpha"]
    assert shop("plugins", "enable", "alpha").returncode == 0
    assert path.read_text(encoding="utf-8").split() == CONFIG.split()
    assert path.stat().st_mode & 0o777 == 0o640


def test_enabling_undoes_disabling(shop: Docgen) -> None:
    """By any spelling of the name; once more changes nothing."""
    shop("plugins", "disable", "Broken_Plugin")
    assert disabled(shop) == ["broken-plugin"]
    facts = shop.json("plugins", "disable", "broken-plugin")
    assert (facts["changed"], facts["enabled"]) == (False, False)
    facts = shop.json("plugins", "enable", "broken.plugin")
    assert (facts["changed"], facts["enabled"]) == (True, True)
    assert disabled(shop) == []


def test_an_unknown_name_is_refused_with_a_suggestion(shop: Docgen) -> None:
    """Nothing is written for a plugin that is not there."""
    done = shop("plugins", "disable", "alhpa")
    assert done.returncode == 3
    assert "did you mean 'alpha'" in done.stderr
    assert not (shop.folder / "docgen.toml").exists()


def test_a_plugin_that_is_gone_can_be_taken_off_the_list(shop: Docgen) -> None:
    """After uninstalling, its name may still stand in the file."""
    (shop.folder / "docgen.toml").write_text('[plugins]\ndisable = ["gone"]\n', encoding="utf-8")
    assert shop("plugins", "enable", "gone").returncode == 0
    assert disabled(shop) == []


def test_enabling_says_what_still_keeps_it_off(shop: Docgen) -> None:
    """A variable wins over the file."""
    done = shop("plugins", "enable", "alpha", DOCGEN_DISABLE_PLUGINS="alpha")
    assert done.returncode == 0
    assert "still off: the variable DOCGEN_DISABLE_PLUGINS wins" in done.stderr


def test_enabling_names_what_else_is_on_the_list(shop: Docgen) -> None:
    """A plugin that is off by another of its names is on again under that name only."""
    shop("plugins", "disable", "broken")
    done = shop("plugins", "enable", "broken-plugin")
    assert "still off: plugins.disable names broken; `docgen plugins enable broken`" in done.stderr


def test_enabling_what_nobody_knows_is_refused(shop: Docgen) -> None:
    """Neither installed nor on a list: most likely a slip."""
    done = shop("plugins", "enable", "alhpa")
    assert done.returncode == 3
    assert "did you mean 'alpha'" in done.stderr


def test_enabling_extends_the_allow_list(shop: Docgen) -> None:
    """Where plugins.only is used, being off the other list is not enough."""
    path = shop.folder / "docgen.toml"
    path.write_text('[plugins]\nonly = ["beta"]\n', encoding="utf-8")
    assert shop("plugins", "enable", "alpha", DOCGEN_ONLY_PLUGINS="").returncode == 0
    assert tomllib.loads(path.read_text())["plugins"]["only"] == ["beta", "alpha"]


def test_pyproject_is_edited_where_it_holds_the_settings(shop: Docgen) -> None:
    """The table [tool.docgen] is the project's settings file then."""
    path = shop.folder / "pyproject.toml"
    path.write_text('[project]\nname = "x"\n\n[tool.docgen]\nlanguage = "de"\n', encoding="utf-8")
    assert shop("plugins", "disable", "alpha").returncode == 0
    written = tomllib.loads(path.read_text())
    assert written["tool"]["docgen"] == {"language": "de", "plugins": {"disable": ["alpha"]}}
    assert not (shop.folder / "docgen.toml").exists()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--disable-plugin", "alpha"), {"alpha": "disabled", "beta": "active"}),
        (("--disable-plugin", "good_plugin"), {"alpha": "disabled", "beta": "disabled"}),
        (("--only-plugin", "alpha"), {"alpha": "active", "beta": "disabled"}),
        (
            ("--only-plugin", "alpha", "--only-plugin", "beta"),
            {"alpha": "active", "beta": "active"},
        ),
        (("--no-plugins",), {"alpha": "disabled", "beta": "disabled"}),
    ],
    ids=str,
)
def test_lists_as_options(good: Docgen, options: tuple[str, ...], expected: dict[str, str]) -> None:
    """By entry point or distribution."""
    found = states(good, *options)
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("command", [("deliverables",), ("generate", "A gym"), ("validate",)])
def test_that_all_is_switched_off_is_said(good: Docgen, command: tuple[str, ...]) -> None:
    """Not that nothing is installed, and not to install it."""
    done = good(*command, "--no-plugins")
    assert "is switched off" in done.stdout + done.stderr
    assert "pip install" not in done.stdout + done.stderr


def test_doctor_finds_nothing_in_good_plugins(good: Docgen) -> None:
    """All is well: exit code 0."""
    done = good("plugins", "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing is wrong" in done.stdout


def test_doctor_names_each_problem_with_a_remedy(good: Docgen) -> None:
    """Broken code, missing needs, settings, names and templates are all told in one go."""
    good.install("bad", "import missing_module", {"docgen.deliverables": ["bad"]})
    good.install(
        "lonely",
        """
        from docgen_core.api import Deliverable, TemplateRef, hookimpl

        @hookimpl
        def get_deliverables():
            return [Deliverable(id="lonely", title="L", summary="S", needs=("friend",))]

        @hookimpl
        def get_instructions():
            return "Write."

        @hookimpl
        def get_template():
            return TemplateRef("lonely/none.md.j2")
        """,
        {"docgen.deliverables": ["lonely"]},
    )
    (good.folder / "docgen.toml").write_text(
        '[settings.alpha]\ncuont = 1\n[settings.alfa]\n[deliverables.zeta]\nprovider = "z"\n',
        encoding="utf-8",
    )
    done = good("plugins", "doctor", "--json")
    assert done.returncode == 3, done.stdout
    told = good.json("plugins", "doctor")
    assert told["ok"] is False
    assert {problem["subject"] for problem in told["problems"]} == {
        "deliverable 'bad' of bad 1.0",
        "deliverable 'lonely'",
        "[settings.alpha]",
        "[settings.alfa]",
        "[deliverables.zeta]",
        "template of 'lonely'",
    }
    assert all(problem["remedy"] for problem in told["problems"])


def test_the_settings_of_a_format_are_shown(good: Docgen) -> None:
    """As those of a document are."""
    source = """
        import attrs

        @attrs.frozen(kw_only=True)
        class Settings:
            width: int = attrs.field(default=80, metadata={"help": "Characters of a line."})

        class Writer:
            suffix = ".txt"
            settings = Settings

            def export(self, document, target, *, settings):
                target.write_text(document.title)

        exporter = Writer()
    """
    good.install("txt-plugin", source, {"docgen.exporters": ["txt = txt_plugin:exporter"]})
    block = good("config", "settings", "txt")
    assert tomllib.loads(block.stdout) == {"settings": {"txt": {"width": 80}}}
    shown = good("plugins", "show", "txt").stdout
    assert "width: a whole number, default 80. Characters of a line." in shown


def test_config_settings_prints_a_block(good: Docgen) -> None:
    """It can be appended to docgen.toml as it is."""
    block = good("config", "settings", "alpha")
    assert tomllib.loads(block.stdout) == {"settings": {"alpha": {"count": 3}}}
    assert "# How many." in block.stdout
    assert "beta has no settings" in good("config", "settings", "beta").stdout
    assert good("config", "settings", "gamma").returncode == 2
