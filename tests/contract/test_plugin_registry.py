"""Real distributions in a throw-away folder: good ones beside sixteen broken ones."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from docgen_core.errors import (
    MissingPluginError,
    PluginConflictError,
    PluginError,
    PluginIncompatibleError,
    PluginLoadError,
    UnknownDeliverableError,
)
from docgen_core.plugins import PluginInfo, PluginPolicy, Registry, Status
from docgen_core.plugins.discovery import discover

DELIVERABLE = """
from docgen_core.api import Deliverable, Draft, hookimpl

@hookimpl
def get_deliverables():
    return [Deliverable(id="{id}", title="T", summary="S")]

@hookimpl
def get_instructions(deliverable):
    return "Write " + deliverable.id
"""

PACK = """
from docgen_core.api import hookimpl

@hookimpl
def get_instructions():
    return "House style"
"""

Install = Callable[..., str]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Gives a function that installs a distribution of one module."""
    monkeypatch.syspath_prepend(str(tmp_path))
    stem = f"{tmp_path.parent.name}_{tmp_path.name}".replace("-", "_")

    def add(
        name: str,
        code: str,
        *,
        group: str = "docgen.deliverables",
        points: tuple[str, ...] = (),
        version: str = "1.0",
        value: str = "",
    ) -> str:
        module = f"{stem}_{name.replace('-', '_')}"
        (tmp_path / f"{module}.py").write_text(dedent(code), encoding="utf-8")
        info = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (info / "METADATA").write_text(metadata, encoding="utf-8")
        lines = [f"{point} = {value or module}" for point in points or (name,)]
        text = "\n".join((f"[{group}]", *lines))
        (info / "entry_points.txt").write_text(text, encoding="utf-8")
        return module

    return add


def ours(registry: Registry, folder: Path) -> dict[str, PluginInfo]:
    """The plugins of one test by name; the environment may have others installed."""
    mine = {point.distribution for point in discover([str(folder)]).entry_points}
    return {info.name: info for info in registry.plugins() if info.distribution in mine}


#: Code, and a piece of the reason that the user reads.
HEAD = "from docgen_core.api import Deliverable, hookimpl\n@hookimpl\n"
OFFER = "Deliverable(id={id}, title='T', summary='')"
BROKEN = {
    "import_error": ("import a_module_that_is_not_there", "ModuleNotFoundError"),
    "syntax_error": ("def broken(:\n", "SyntaxError"),
    "exits": ("raise SystemExit(3)", "raised SystemExit: 3"),
    "interrupts": ("raise KeyboardInterrupt", "raised KeyboardInterrupt"),
    "hangs": ("import threading\nthreading.Event().wait()", "took longer than 1 s"),
    "misspelt": (
        DELIVERABLE.format(id="misspelt") + "@hookimpl\ndef post_process(draft): return draft\n",
        "post_process is not a hook; did you mean 'postprocess'?",
    ),
    "wrong_signature": (
        DELIVERABLE.format(id="wrong_signature")
        + "@hookimpl\ndef postprocess(text): return text\n",
        "text",
    ),
    "keyword_only": (
        DELIVERABLE.format(id="keyword_only")
        + "@hookimpl\ndef postprocess(*, draft): return draft\n",
        "keyword-only",
    ),
    "wrapper": (
        DELIVERABLE.format(id="wrapper")
        + "@hookimpl(wrapper=True)\ndef postprocess(draft):\n    return (yield)\n",
        "is a wrapper",
    ),
    "asynchronous": (
        DELIVERABLE.format(id="asynchronous") + "@hookimpl\nasync def postprocess(draft): ...\n",
        "async function",
    ),
    "names_nothing": (DELIVERABLE.format(id="other"), "offers no 'names_nothing'"),
    "no_instructions": (
        HEAD + f"def get_deliverables(): return [{OFFER}]".format(id="'quiet'"),
        "implements no get_instructions",
    ),
    "raises": (
        HEAD + "def get_deliverables(): 1 / 0\n",
        "ZeroDivisionError",
    ),
    "wrong_items": (
        HEAD + "def get_deliverables(): return ['x']\n",
        "str items, expected Deliverable",
    ),
    "returns_none": (
        HEAD + "def get_deliverables(): return None\n",
        "returned None",
    ),
    "endless": (
        HEAD + "def get_deliverables():\n    while True: yield " + OFFER.format(id="'x'"),
        "more than 1000",
    ),
    "unreadable_error": (
        "class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd\n",
        "Odd",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_fails_alone(install: Install, tmp_path: Path, name: str) -> None:
    """It is reported with its reason, and the plugin beside it works."""
    code, reason = BROKEN[name]
    install(name, code)
    install("fine", DELIVERABLE.format(id="fine"))
    registry = Registry(PluginPolicy(import_timeout=1.0))
    registry.load_all()
    infos = ours(registry, tmp_path)
    assert infos[name].status is Status.FAILED
    assert reason in infos[name].reason
    assert infos["fine"].status is Status.ACTIVE
    with pytest.raises(PluginLoadError, match=f"{name} 1.0"):
        registry.deliverable(name)
    assert registry.deliverable("fine").id == "fine"


def test_all_broken_plugins_together_leave_the_good_one(install: Install, tmp_path: Path) -> None:
    """Sixteen faults in one environment do not add up to a seventeenth."""
    for name, (code, _) in BROKEN.items():
        install(name, code)
    install("fine", DELIVERABLE.format(id="fine"))
    registry = Registry(PluginPolicy(import_timeout=1.0))
    registry.load_all()
    statuses = {name: info.status for name, info in ours(registry, tmp_path).items()}
    assert statuses.pop("fine") is Status.ACTIVE
    assert set(statuses.values()) == {Status.FAILED}
    assert sum(" (affects " in line for line in registry.warnings()) >= len(BROKEN)


def test_output_at_import_is_kept_from_the_terminal(
    install: Install, capfd: pytest.CaptureFixture[str]
) -> None:
    """Ten megabytes on standard output would spoil `--json`."""
    code = "import sys\nsys.stdout.write('x' * 10_000_000)\nsys.stderr.write('y')\n"
    install("loud", code + DELIVERABLE.format(id="loud"))
    assert Registry().deliverable("loud").id == "loud"
    assert capfd.readouterr() == ("", "")


def test_a_plugin_cannot_move_docgen_to_another_folder(install: Install) -> None:
    """Relative paths on the command line must keep their meaning."""
    here = Path.cwd()
    install("mover", "import os\nos.chdir('/')\n" + DELIVERABLE.format(id="mover"))
    assert Registry().deliverable("mover").id == "mover"
    assert Path.cwd() == here


def test_listing_imports_no_plugin(install: Install, tmp_path: Path) -> None:
    """What is installed is known from metadata alone."""
    module = install("fine", DELIVERABLE.format(id="fine"))
    registry = Registry()
    assert "fine" in registry.deliverable_ids()
    assert ours(registry, tmp_path)["fine"].status is Status.AVAILABLE
    assert not registry.warnings()
    assert module not in sys.modules


def test_only_the_plugin_that_is_needed_is_imported(install: Install) -> None:
    """A run with one deliverable pays for one plugin."""
    first = install("first", DELIVERABLE.format(id="first"))
    second = install("second", DELIVERABLE.format(id="second"))
    Registry().deliverable("first")
    assert (first in sys.modules, second in sys.modules) == (True, False)


def test_two_entry_points_share_a_module(install: Install) -> None:
    """A distribution with two deliverables has two lines for one module, which loads once."""
    install(
        "pair",
        """
        from docgen_core.api import Deliverable, hookimpl
        @hookimpl
        def get_deliverables():
            return [Deliverable(id=i, title=i, summary="") for i in ("left", "right")]
        @hookimpl
        def get_instructions(deliverable):
            return deliverable.id
        """,
        points=("left", "right"),
    )
    registry = Registry()
    assert (registry.deliverable("left").id, registry.deliverable("right").id) == ("left", "right")
    assert registry.owner("left").hooks == ("get_deliverables", "get_instructions")


def test_a_newer_hook_api_is_incompatible(install: Install) -> None:
    """Even when the plugin uses a hook of that API, which this core does not know."""
    code = DELIVERABLE.format(id="newer").replace('summary="S"', 'summary="S", api=(1, 99)')
    install("newer", code + "@hookimpl\ndef get_voice(tone): return 'soft'\n")
    with pytest.raises(PluginIncompatibleError, match=r"hook API 1\.99, and this docgen speaks"):
        Registry().deliverable("newer")


#: Facts of a deliverable as code, and a piece of the reason that the user reads.
FACTS = {
    "title='two\\nlines'": "title must be one line of text",
    "title='bell \\x07'": "title must be one line of text",
    "title=' '": "title must be one line of text",
    "title=3": "title must be one line of text",
    "summary=None": "summary must be text, got NoneType",
    "needs=('A B',)": "needs must be ids",
    "uses=(3,)": "uses must be ids",
    "settings=int": "settings must be an attrs class or None",
    "generation=None": "generation must be a Generation, got NoneType",
    "generation=Generation(max_tokens='many')": "generation.max_tokens must be a whole number",
    "generation=Generation(max_tokens=0)": "generation.max_tokens must be a whole number",
    "generation=Generation(temperature=float('nan'))": "generation.temperature must be a number",
    "generation=Generation(top_p=1.5)": "generation.top_p must be a number from 0 to 1",
    "generation=Generation(extra={'x': object()})": "generation.extra must be values that JSON",
    "api='1.0'": "api must be (major, minor)",
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_deliverable_with_a_senseless_fact_is_refused(install: Install, fact: str) -> None:
    """When it is loaded, not in the middle of a run."""
    name, _, value = fact.partition("=")
    facts = {"title": "'T'", "summary": "'S'", name: value}
    given = ", ".join(f"{key}={value}" for key, value in facts.items())
    code = DELIVERABLE.format(id="odd").replace('title="T", summary="S"', given)
    install("odd", code.replace("import Deliverable", "import Generation, Deliverable"))
    with pytest.raises(PluginLoadError) as caught:
        Registry().deliverable("odd")
    assert FACTS[fact] in str(caught.value)


def test_a_schema_that_is_not_in_order_is_refused_with_the_reason(install: Install) -> None:
    """A class that no question can be made of fails when it is loaded, not when it is asked."""
    code = DELIVERABLE.format(id="shaped").replace('summary="S"', 'summary="S", schema=Shape')
    install(
        "shaped", f"import attrs\n@attrs.frozen(kw_only=True)\nclass Shape:\n    a: str\n{code}"
    )
    with pytest.raises(PluginLoadError, match="a: it needs one description"):
        Registry().deliverable("shaped")


def test_a_schema_in_order_is_taken(install: Install) -> None:
    """The class may stand in the module itself."""
    code = DELIVERABLE.format(id="shaped").replace('summary="S"', 'summary="S", schema=Shape')
    shape = """
from typing import Annotated
import attrs
from docgen_core.api import Field
@attrs.frozen(kw_only=True)
class Shape:
    a: Annotated[str, Field("what it is")]
"""
    install("shaped", shape + code.replace("Draft, ", "Draft, "))
    schema = Registry().deliverable("shaped").schema
    assert schema is not None
    assert schema.__name__ == "Shape"


def test_two_distributions_with_one_id_are_a_conflict(install: Install, tmp_path: Path) -> None:
    """Neither wins by luck; the message names both, the hint the setting that decides."""
    for name in ("acme-docs", "zeta-docs"):
        install(name, DELIVERABLE.format(id="persons"), points=("persons",))
    registry = Registry()
    assert ours(registry, tmp_path)["persons"].status is Status.CONFLICT
    with pytest.raises(PluginConflictError) as caught:
        registry.deliverable("persons")
    assert "acme-docs 1.0 and zeta-docs 1.0" in str(caught.value)
    assert '[deliverables.persons] provider = "acme-docs"' in caught.value.hint


def test_the_chosen_provider_settles_a_conflict(install: Install) -> None:
    """The user's choice makes one active and switches the other off."""
    for name in ("acme-docs", "zeta-docs"):
        install(name, DELIVERABLE.format(id="persons"), points=("persons",))
    registry = Registry(PluginPolicy(providers={"persons": "Zeta_Docs"}))
    assert registry.owner("persons").distribution == "zeta-docs"
    lost = [i for i in registry.plugins() if i.distribution == "acme-docs"]
    assert [info.status for info in lost] == [Status.DISABLED]


def test_a_provider_that_offers_nothing_is_a_conflict(install: Install) -> None:
    """A misspelt provider is not silently replaced by another."""
    install("acme-docs", DELIVERABLE.format(id="persons"), points=("persons",))
    with pytest.raises(PluginConflictError, match="'acme' for 'persons', which does not offer it"):
        Registry(PluginPolicy(providers={"persons": "acme"})).deliverable("persons")


def test_a_stale_copy_of_a_distribution_loses(install: Install, tmp_path: Path) -> None:
    """An upgrade that left old metadata behind is told of, and the newer version counts."""
    install("twice", DELIVERABLE.format(id="twice"), version="0.9")
    install("twice", DELIVERABLE.format(id="twice"), version="0.10")
    found = discover([str(tmp_path)])
    assert [point.version for point in found.entry_points] == ["0.10"]
    assert "twice is installed twice" in found.warnings[0]


@pytest.mark.parametrize(
    "entry_points",
    [b"[docgen.packs]\nno equals sign\n", b"[docgen.packs]\nx = \xff\xfe\n"],
    ids=["malformed", "not-utf-8"],
)
def test_damaged_metadata_harms_no_other_plugin(
    install: Install, tmp_path: Path, entry_points: bytes
) -> None:
    """The damaged distribution is named in a warning."""
    install("fine", DELIVERABLE.format(id="fine"))
    install("damaged", "")
    (tmp_path / "damaged-1.0.dist-info" / "entry_points.txt").write_bytes(entry_points)
    registry = Registry()
    assert "fine" in registry.deliverable_ids()
    assert any("the metadata of damaged cannot be read" in line for line in registry.warnings())


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (PluginPolicy(disable=("My_Dist",)), "plugins.disable names it"),
        (PluginPolicy(disable=("my-thing",)), "plugins.disable names it"),
        (PluginPolicy(only=("something",)), "plugins.only does not name it"),
        (PluginPolicy(no_plugins=True), "all plugins are switched off"),
    ],
    ids=["by-distribution", "by-entry-point", "not-allowed", "none-at-all"],
)
def test_a_plugin_can_be_switched_off(
    install: Install, tmp_path: Path, policy: PluginPolicy, reason: str
) -> None:
    """By either of its names, however they are spelt."""
    module = install("my-dist", DELIVERABLE.format(id="my_thing"), points=("my_thing",))
    registry = Registry(policy)
    registry.load_all()
    info = ours(registry, tmp_path)["my_thing"]
    assert (info.status, info.reason) == (Status.DISABLED, reason)
    assert "my_thing" not in registry.deliverable_ids()
    assert module not in sys.modules
    with pytest.raises(MissingPluginError, match=reason):
        registry.deliverable("my_thing")


def test_an_unknown_name_in_the_settings_is_a_warning(install: Install) -> None:
    """A typing mistake is pointed out and breaks nothing."""
    install("my-dist", DELIVERABLE.format(id="my_thing"), points=("my_thing",))
    registry = Registry(PluginPolicy(disable=("my_thin",)))
    assert any("did you mean 'my_thing'?" in line for line in registry.warnings())
    assert registry.deliverable("my_thing").id == "my_thing"


def test_an_unknown_deliverable_gets_a_suggestion_and_a_command(install: Install) -> None:
    """The command follows from the rule that names distributions."""
    install("journey_map", DELIVERABLE.format(id="journey_map"))
    with pytest.raises(UnknownDeliverableError) as caught:
        Registry().deliverable("journey_maps")
    assert "did you mean 'journey_map'?" in str(caught.value)
    assert "pip install docgen-plugin-journey-maps" in caught.value.hint


def test_a_need_that_is_not_installed_names_who_needs_it() -> None:
    """The user asked for something else, so the message says where the id comes from."""
    with pytest.raises(MissingPluginError, match="'roadmap' needs 'vision'") as caught:
        Registry(entry_points=()).deliverable("vision", needed_by="roadmap")
    assert "pip install docgen-plugin-vision" in caught.value.hint


def test_strict_makes_any_broken_plugin_an_error(install: Install) -> None:
    """For continuous integration: nothing broken goes unnoticed."""
    install("import_error", "import a_module_that_is_not_there")
    with pytest.raises(PluginError, match=r"import_error 1\.0"):
        Registry(PluginPolicy(strict=True)).load_all()


def test_packs_act_in_the_users_order_then_by_name(install: Install) -> None:
    """There are no priorities; a broken pack is left out."""
    for name in ("pack-a", "pack-b", "pack-c"):
        install(name, PACK, group="docgen.packs")
    install("pack-broken", "1 / 0", group="docgen.packs")
    registry = Registry(PluginPolicy(order=("pack_c",)))
    assert [pack.name for pack in registry.packs()] == ["pack-c", "pack-a", "pack-b"]
    assert any("pack-broken 1.0" in line for line in registry.warnings())


@pytest.mark.parametrize("point", ["Persons", "per-sons", "1st"])
def test_an_invalid_id_is_refused_before_import(install: Install, point: str) -> None:
    """Ids become file names and anchors, so their alphabet is fixed."""
    module = install("odd-names", DELIVERABLE.format(id="x"), points=(point,))
    registry = Registry()
    info = next(i for i in registry.load_all() if i.distribution == "odd-names")
    assert info.status is Status.FAILED
    assert "must match [a-z]" in info.reason
    assert module not in sys.modules


def test_an_exporter_is_loaded_by_name(install: Install) -> None:
    """A class is made into an instance of it."""
    code = """
    class Shout:
        suffix = ".txt"
        def export(self, document, target): ...
    """
    module = install("shout", code, group="docgen.exporters")
    registry = Registry()
    with pytest.raises(PluginLoadError, match="loads a module, expected a Exporter"):
        registry.load_object("docgen.exporters", "shout")
    install("shout2", code, group="docgen.exporters", value=f"{module}:Shout")
    exporter = Registry().load_object("docgen.exporters", "shout2")
    assert getattr(exporter, "suffix", "") == ".txt"


def test_a_missing_exporter_names_the_command_that_installs_it() -> None:
    """Nothing in the core knows which formats there are."""
    with pytest.raises(MissingPluginError, match="export format 'pdf'") as caught:
        Registry(entry_points=()).load_object("docgen.exporters", "pdf")
    assert "pip install docgen-plugin-pdf" in caught.value.hint


def test_the_public_api_stays_light() -> None:
    """A plugin's top-level import and the two rooms load none of the heavy libraries."""
    heavy = "{'httpx', 'jinja2', 'cattrs', 'asyncio', 'importlib_metadata', 'rich'}"
    rooms = "docgen_core.api, docgen_core.plugins, docgen_core.templating"
    code = f"import sys, {rooms}; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
