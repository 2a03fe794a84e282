"""`docgen lock` and `docgen generate --locked`: what is held, and how differences are named."""

from __future__ import annotations

import base64
import hashlib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Docgen

from docgen_core.errors import FileError
from docgen_core.pinning import Pins, PluginPin, TemplatePin, dumps, read_pins
from docgen_core.plugins import EntryPoint
from docgen_core.plugins.content import content_hash
from docgen_core.testing import FakeLMStudio

RUN = ("generate", "A CRM", "-d", "alpha", "--dry-run", "--locked")
PINS = Pins(
    docgen="1.2",
    api="1.1",
    model="m",
    settings={"temperature": 0.5, "settings.a.b": [1, "two"]},
    plugins=(PluginPin(distribution="p", version="1", sha256="00", offers=("g n",)),),
    templates=(TemplatePin(name="a/b.j2", origin="shared", sha256="11"),),
)


@pytest.fixture
def locked(good: Docgen) -> Docgen:
    """Two good deliverables and a lock that holds them."""
    assert good("lock", "--no-model").returncode == 0
    return good


def lock_of(docgen: Docgen) -> dict[str, Any]:
    """What docgen.lock holds."""
    return tomllib.loads((docgen.folder / "docgen.lock").read_text(encoding="utf-8"))


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    """Through TOML and back, nothing is lost."""
    path = tmp_path / "docgen.lock"
    path.write_text(dumps(PINS), encoding="utf-8")
    assert read_pins(path) == PINS


@pytest.mark.parametrize("text", ["schema = 2", "x", "schema = 1", "", "schema = 1\nplugins = [1]"])
def test_a_lock_that_cannot_be_used_is_refused(text: str, tmp_path: Path) -> None:
    """Damaged, newer, or something else: an error with the way out, never a silent pass."""
    path = tmp_path / "docgen.lock"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_pins(path)
    assert "docgen lock" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "schema is missing"),
        ('schema = 1\ndocgen = "1"\napi = "1.1"\n[[plugins]]\nname = "x"\n', "other keys"),
    ],
)
def test_what_is_wrong_with_a_lock_is_said_in_words(text: str, reason: str, tmp_path: Path) -> None:
    """Not by the name of an exception."""
    path = tmp_path / "docgen.lock"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=reason):
        read_pins(path)


def test_the_lock_is_the_same_every_time(locked: Docgen) -> None:
    """Deterministic, and without paths or addresses."""
    first = (locked.folder / "docgen.lock").read_text(encoding="utf-8")
    locked("lock", "--no-model", "-o", "again.lock")
    assert (locked.folder / "again.lock").read_text(encoding="utf-8") == first
    assert str(locked.site) not in first
    assert str(locked.folder) not in first
    assert "://" not in first


def test_the_lock_names_what_is_used(locked: Docgen) -> None:
    """Packages with plugins, templates, versions."""
    facts = lock_of(locked)
    (plugin,) = facts["plugins"]
    assert (plugin["distribution"], plugin["version"]) == ("good-plugin", "1.0")
    assert plugin["offers"] == ["docgen.deliverables alpha", "docgen.deliverables beta"]
    assert "document.md.j2" in {each["name"] for each in facts["templates"]}


def test_nothing_changed_is_let_through(locked: Docgen) -> None:
    """The locked run starts."""
    done = locked(*RUN)
    assert done.returncode == 0, done.stderr


def test_a_tampered_plugin_file_is_refused_before_it_is_loaded(locked: Docgen) -> None:
    """One byte more, and none of it runs."""
    module = locked.site / "good_plugin.py"
    trap = locked.folder / "trap"
    module.write_text(
        f"open({str(trap)!r}, 'w')\n" + module.read_text(encoding="utf-8"), encoding="utf-8"
    )
    done = locked(*RUN)
    assert done.returncode == 3
    assert "good-plugin: its files: locked " in done.stderr
    assert not trap.exists()


def test_another_plugin_is_refused(locked: Docgen) -> None:
    """Packs act unasked, so what was not locked may not be there."""
    locked.install("extra", "", {"docgen.packs": ["extra"]}, version="3.1")
    done = locked(*RUN)
    assert done.returncode == 3
    assert "extra: not locked -> found 3.1" in done.stderr


def test_a_missing_plugin_is_named(locked: Docgen) -> None:
    """Switched off counts as missing."""
    done = locked(*RUN, "--disable-plugin", "good-plugin")
    assert done.returncode == 3
    assert "good-plugin: locked 1.0 -> not installed, or switched off" in done.stderr


def test_another_version_is_named(locked: Docgen) -> None:
    """Both versions are told."""
    info = locked.site / "good_plugin-1.0.dist-info"
    metadata = info / "METADATA"
    metadata.write_text(metadata.read_text().replace("Version: 1.0", "Version: 1.1"))
    done = locked(*RUN)
    assert "good-plugin: locked 1.0 -> found 1.1" in done.stderr


def test_a_project_template_is_refused(locked: Docgen) -> None:
    """A template of the project that wins over a locked one is a difference."""
    (locked.folder / "docgen.toml").write_text('templates_dir = "t"\n', encoding="utf-8")
    (locked.folder / "t").mkdir()
    (locked.folder / "t" / "document.md.j2").write_text("x", encoding="utf-8")
    done = locked(*RUN)
    assert done.returncode == 3
    assert "template document.md.j2: locked shared " in done.stderr
    assert "-> found project " in done.stderr


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--temperature", "0.1"), "temperature: locked the default -> found 0.1"),
        (("--language", "de"), "language: locked the default -> found 'de'"),
    ],
    ids=str,
)
def test_other_settings_are_refused(locked: Docgen, options: Sequence[str], line: str) -> None:
    """Wrong settings have the exit code of wrong settings."""
    done = locked(*RUN, *options)
    assert done.returncode == 2
    assert line in done.stderr


def test_a_plugins_settings_are_held(good: Docgen) -> None:
    """Key by key."""
    config = good.folder / "docgen.toml"
    config.write_text("[settings.alpha]\ncount = 4\n", encoding="utf-8")
    good("lock", "--no-model")
    assert lock_of(good)["settings"] == {"settings.alpha.count": 4}
    config.write_text("[settings.alpha]\ncount = 5\n", encoding="utf-8")
    assert "settings.alpha.count: locked 4 -> found 5" in good(*RUN).stderr


def test_no_lock_is_an_error(good: Docgen) -> None:
    """Never a run that is not held."""
    done = good(*RUN)
    assert done.returncode == 6
    assert "`docgen lock` writes one" in done.stderr


def test_the_locked_model_is_the_one_that_is_asked(good: Docgen) -> None:
    """The server's choice is written down, and later another one is refused."""
    with FakeLMStudio() as fake:
        good("lock", DOCGEN_BASE_URL=fake.base_url)
        model = lock_of(good)["model"]
        run = ("generate", "A CRM", "-d", "alpha", "-o", "out", "--locked")
        done = good(*run, DOCGEN_BASE_URL=fake.base_url)
        assert done.returncode == 0, done.stderr
        assert fake.chat_requests[0].model == model
    done = good(*run, "-m", "other")
    assert done.returncode == 2
    assert f"model: locked {model} -> found other" in done.stderr


def test_without_a_server_the_model_stays_open_and_that_is_said(good: Docgen) -> None:
    """The rest is locked all the same."""
    done = good("lock", "--base-url", "http://127.0.0.1:9")
    assert done.returncode == 0
    assert "no model is locked" in done.stderr
    assert "model" not in lock_of(good)


def test_an_installed_and_an_editable_package_have_the_same_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the installer adds does not count; the recorded files and the imported ones do."""
    package = tmp_path / "lock_probe_pkg"
    package.mkdir()
    (package / "__init__.py").write_text("x = 1\n")
    (package / "section.md.j2").write_text("text\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    point = EntryPoint(
        group="docgen.packs",
        name="probe",
        distribution="lock-probe",
        version="1.0",
        value="lock_probe_pkg",
    )
    editable = content_hash([point])
    info = tmp_path / "lock_probe-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lock-probe\nVersion: 1.0\n")
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"x = 1\n").digest()).decode().rstrip("=")
    record = [
        f"lock_probe_pkg/__init__.py,sha256={digest},6",
        "lock_probe_pkg/section.md.j2,,",
        "lock_probe-1.0.dist-info/RECORD,,",
        "../../../bin/probe,,",
    ]
    (info / "RECORD").write_text("\n".join(record))
    assert content_hash([point]) == editable
    (package / "planted.py").write_text("")
    assert content_hash([point]) != editable


def test_a_namespace_that_others_share_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the plugin's own package in it does."""
    own, other = tmp_path / "lock_space/risks", tmp_path / "lock_space/other"
    for package in (own, other):
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    point = EntryPoint(
        group="docgen.packs", name="risks", distribution="lock-risks", value="lock_space.risks"
    )
    before = content_hash([point])
    (other / "more.py").write_text("")
    assert content_hash([point]) == before
    (own / "more.py").write_text("")
    assert content_hash([point]) != before
