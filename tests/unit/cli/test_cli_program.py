"""The program as a whole: help, version, exit codes, what goes where, and what is imported."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.command_line import Docgen

from docgen_core.cli.lazy import COMMANDS
from docgen_core.testing import FakeLMStudio, Hold, Reply

HEAVY = frozenset({"asyncio", "attr", "cattrs", "httpx", "jinja2", "markdown_it", "pluggy", "rich"})
HEAVY |= {"importlib.metadata", "importlib_metadata"}
HEAVY |= {"docgen_core.engine", "docgen_core.plugins", "docgen_core.settings"}

#: Arguments that need no server, and the exit code that they end with.
EXITS: list[tuple[Sequence[str], int]] = [
    ((), 0),
    (("--help",), 0),
    (("-h",), 0),
    (("--version",), 0),
    (("nonsense",), 2),
    (("--nonsense",), 2),
    (("generate",), 2),
    (("generate", "a", "--nonsense"), 2),
    (("generate", "a", "-f", "b"), 2),
    (("generate", ""), 2),
    (("generate", "a", "--temperature", "9"), 2),
    (("generate", "a", "--mode", "fast"), 2),
    (("generate", "a", "--concurrency", "lots"), 2),
    (("generate", "a", "--all", "-d", "alpha"), 2),
    (("generate", "a", "-d", "unknown"), 2),
    (("generate", "a", "-F", "unknown", "--server", "lmstudio"), 3),
    (("generate", "a", "--server", "unknown"), 3),
    (("generate", "a", "--base-url", "http://127.0.0.1:9"), 4),
    (("generate", "a", "-d", "broken"), 3),
    (("generate", "-f", "missing.md"), 6),
    (("generate", "-f", "."), 6),
    (("generate", "a", "--config", "missing.toml"), 6),
    (("plugins",), 0),
    (("plugins", "--strict-plugins"), 3),
    (("plugins", "show", "unknown"), 3),
    (("deliverables",), 0),
    (("models", "--base-url", "http://127.0.0.1:9"), 4),
    (("health", "--base-url", "http://127.0.0.1:9"), 4),
    (("templates",), 0),
    (("templates", "which", "unknown.j2"), 3),
    (("config",), 0),
    (("status", "missing"), 6),
]


@pytest.fixture
def mixed(good: Docgen) -> Docgen:
    """Two good deliverables and a broken one."""
    good.install("broken-plugin", "import missing_module", {"docgen.deliverables": ["broken"]})
    return good


@pytest.mark.parametrize(("arguments", "code"), EXITS, ids=str)
def test_exit_code(mixed: Docgen, arguments: Sequence[str], code: int) -> None:
    """Each outcome has its documented exit code, and an error says so on stderr in plain lines."""
    done = mixed(*arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if code:
        assert done.stderr.startswith("docgen: error: ") or "health" in arguments


@pytest.mark.parametrize(
    "command", ["check", "refine a b -o", "replay", "report", "status", "verify"]
)
def test_a_folder_that_is_not_there_is_told(good: Docgen, command: str) -> None:
    """In the same words by each command that reads one."""
    done = good(*command.split(), "nowhere")
    assert done.returncode == 6
    assert done.stderr.startswith("docgen: error: there is no folder nowhere\n"), done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(docgen: Docgen, command: str) -> None:
    """Each command explains itself, with an example, and exits with 0."""
    done = docgen(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Examples:" in done.stdout
    assert f"docgen {command}" in done.stdout
    assert "--json" in done.stdout


def test_without_arguments_it_shows_the_help(docgen: Docgen) -> None:
    """A first-time user sees what there is."""
    assert docgen().stdout == docgen("--help").stdout


def test_help_lists_every_command_of_the_table(docgen: Docgen) -> None:
    """The list of commands comes from the static table."""
    text = docgen("--help").stdout
    assert all(f"  {name} " in text for name in COMMANDS)


def _modules_after(arguments: Sequence[str], site: Path) -> set[str]:
    code = f"""
        import sys
        from docgen_core.cli.main import main
        code = main({list(arguments)!r})
        print("\\n".join(sys.modules), file=sys.stderr)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(site)},
    )
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], [], *([name, "--help"] for name in COMMANDS)], ids=str
)
def test_help_imports_only_click(docgen: Docgen, arguments: list[str]) -> None:
    """Help and version come without any heavy library: that is what keeps them quick."""
    assert not _modules_after(arguments, docgen.site).intersection(HEAVY)


def test_help_works_with_every_plugin_broken(docgen: Docgen) -> None:
    """Plugins are not even looked at."""
    docgen.install("evil-plugin", "raise SystemExit(9)", {"docgen.deliverables": ["evil"]})
    assert [docgen("--help").returncode, docgen("--version").returncode] == [0, 0]
    assert "SystemExit" in docgen("plugins", "show", "evil").stdout


def test_misspelt_command_is_corrected(docgen: Docgen) -> None:
    """The message names the command that was probably meant."""
    assert "did you mean 'generate'?" in docgen("genrate").stderr


def test_an_error_is_one_line_and_a_hint(docgen: Docgen) -> None:
    """What happened, then what to do next."""
    lines = docgen("generate").stderr.splitlines()
    assert lines[0] == "docgen: error: no brief was given"
    assert lines[1].startswith("  Give it as an argument")
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("arguments", "environment"), [(("-v",), {}), ((), {"DOCGEN_DEBUG": "1"})], ids=["-v", "debug"]
)
def test_traceback_on_request(
    docgen: Docgen, arguments: Sequence[str], environment: dict[str, str]
) -> None:
    """-v and DOCGEN_DEBUG show where an error came from."""
    done = docgen("generate", "-f", "missing.md", *arguments, stdin=b"", **environment)
    assert "Traceback" in done.stderr
    assert "FileNotFoundError" in done.stderr


def test_settings_problems_come_all_at_once(docgen: Docgen) -> None:
    """Each problem has its own line under the error."""
    (docgen.folder / "docgen.toml").write_text("temprature = 1\nseed = 'x'", encoding="utf-8")
    done = docgen("config")
    assert done.returncode == 2
    assert "docgen: error: 2 problems in the settings:" in done.stderr
    assert "temprature: unknown key; did you mean temperature?" in done.stderr
    assert "seed: got 'x', expected a whole number" in done.stderr


JSON_COMMANDS = [
    ("plugins",),
    ("plugins", "list"),
    ("plugins", "show", "alpha"),
    ("deliverables",),
    ("templates",),
    ("validate",),
    ("config",),
    ("config", "show"),
    ("generate", "a", "--dry-run"),
]

NOISY = """
    import os, sys
    from docgen_core.api import Deliverable, hookimpl
    print("printed by a plugin")
    os.write(1, b"written to descriptor 1\\n")

    @hookimpl
    def get_deliverables():
        print("printed by a hook")
        return [Deliverable(id="noisy", title="Noisy", summary="It prints.")]

    @hookimpl
    def get_instructions():
        os.write(1, b"written by a hook\\n")
        return "Write."
"""


@pytest.mark.parametrize("arguments", JSON_COMMANDS, ids=" ".join)
def test_json_is_the_only_thing_on_stdout(good: Docgen, arguments: Sequence[str]) -> None:
    """One document, whatever plugins print or write."""
    good.install("noisy-plugin", NOISY, {"docgen.deliverables": ["noisy"]})
    done = good(*arguments, "--json")
    assert isinstance(json.loads(done.stdout), dict)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("generate",), 2),
        (("generate", "a", "--nonsense"), 2),
        (("nonsense",), 2),
        (("plugins", "show", "nonsense"), 3),
        (("models", "--base-url", "http://127.0.0.1:9"), 4),
        (("status", "missing"), 6),
    ],
    ids=str,
)
def test_errors_are_json_documents_too(docgen: Docgen, arguments: Sequence[str], code: int) -> None:
    """A script that reads stdout learns why there is no result."""
    done = docgen(*arguments, "--json")
    facts = json.loads(done.stdout)["error"]
    assert (done.returncode, facts["exit_code"]) == (code, code)
    assert facts["message"] in done.stderr


def test_plugin_command(docgen: Docgen) -> None:
    """A plugin can bring a command of its own."""
    source = """
        import click

        @click.command()
        @click.argument("name")
        def greet(name):
            click.echo(f"hello {name}")

        @click.command()
        def crash():
            raise RuntimeError("no luck")
    """
    points = ["greet = greeting:greet", "crash = greeting:crash", "nope = greeting:click"]
    docgen.install("greeting", source, {"docgen.commands": points})
    assert docgen("greet", "you").stdout == "hello you\n"
    crashed, wrong = docgen("crash"), docgen("nope")
    assert (crashed.returncode, wrong.returncode) == (3, 3)
    assert "the plugin command 'crash' failed: RuntimeError: no luck" in crashed.stderr
    assert "not a click command" in wrong.stderr


def test_a_bug_says_so_and_keeps_the_traceback(docgen: Docgen) -> None:
    """An unforeseen exception ends with 1, a short text and a traceback to report."""
    code = """
        import docgen_core.settings.load
        def broken(*arguments, **options):
            raise ZeroDivisionError("oops")
        docgen_core.settings.load.load_settings = broken
    """
    (docgen.site / "sitecustomize.py").write_text(textwrap.dedent(code), encoding="utf-8")
    done = docgen("config", TMPDIR=str(docgen.folder))
    assert done.returncode == 1
    assert "docgen: error: this is a bug in docgen: ZeroDivisionError: oops" in done.stderr
    (kept,) = docgen.folder.glob("docgen-bug-*.txt")
    assert str(kept) in done.stderr
    assert "Traceback" in kept.read_text(encoding="utf-8")
    assert "Traceback" in docgen("config", "-v").stderr


def test_reader_that_leaves_early(docgen: Docgen) -> None:
    """`docgen config | head -0` ends without a traceback."""
    process = subprocess.Popen(
        [sys.executable, "-m", "docgen_core", "config"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=docgen.folder,
        env=docgen.environment({}),
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait() == 141


def test_control_characters_of_others_do_not_reach_the_terminal(docgen: Docgen) -> None:
    """What a plugin says cannot move the cursor or retitle the window."""
    docgen.install("rude", 'raise ValueError("\\x1b]0;owned\\x07\\x1b[2Jhi")', _deliverable("rude"))
    done = docgen("plugins", "show", "rude")
    assert "\x1b" not in done.stdout + done.stderr
    assert "hi" in done.stdout


def _deliverable(name: str) -> dict[str, list[str]]:
    return {"docgen.deliverables": [name]}


def test_interruption_ends_with_130(good: Docgen) -> None:
    """Ctrl-C during a run says so, and says how to go on."""
    hold = Hold()
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.text("late").held_after(1, hold))
        process = subprocess.Popen(
            [sys.executable, "-m", "docgen_core", "generate", "a", "-d", "alpha"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=good.folder,
            env=good.environment({"DOCGEN_BASE_URL": fake.base_url}),
        )
        hold.wait_until_reached()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        hold.release()
    assert process.returncode == 130
    assert "docgen: error: interrupted" in errors.decode()


def test_trio_is_not_loaded_for_nothing(good: Docgen) -> None:
    """The HTTP library looks for it, and loading it starts a process."""
    (good.site / "trio.py").write_text("raise SystemExit('trio was loaded')\n")
    with FakeLMStudio() as server:
        done = good("models", DOCGEN_BASE_URL=server.base_url)
    assert (done.returncode, "demo-8b" in done.stdout) == (0, True), done.stderr
