"""Each bad input: a clear error with what to do next, its exit code, and nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.terminal import Terminal

from docgen_core.testing import FakeLMStudio, Reply

BRIEF = "Create a project management tool"
TOKEN = "sk-lm-abcdefgh:0123456789abcdefghij"  # noqa: S105 - the fake's own
ONE = ("-d", "problem_statement")


def refused(done: object, code: int, *words: str) -> None:
    """The exit code, one error line with these words, no traceback."""
    stderr = " ".join(str(getattr(done, "stderr", "")).split())
    assert getattr(done, "returncode", None) == code, stderr
    assert "docgen: error:" in stderr
    assert "Traceback" not in stderr
    for word in words:
        assert word in stderr


def test_no_server_and_no_server_plugin(terminal: Terminal) -> None:
    """Both remedies are named."""
    done = terminal.run("generate", BRIEF, *ONE, DOCGEN_DISABLE_PLUGINS="embedded")
    refused(done, 4, "127.0.0.1:1234", "lms server start", "docgen-plugin-embedded")


def test_a_wrong_address_is_not_replaced_by_the_embedded_server(terminal: Terminal) -> None:
    """The user named an address, so it is an error."""
    done = terminal.run("generate", BRIEF, *ONE, "--base-url", "http://127.0.0.1:9/v1")
    refused(done, 4, "127.0.0.1:9", "--base-url")


def test_an_address_that_is_none(terminal: Terminal) -> None:
    """Settings are checked before anything else."""
    refused(terminal.run("generate", BRIEF, "--base-url", "ftp://x"), 2, "--base-url")


def test_a_token_is_asked_for(terminal: Terminal) -> None:
    """The message says where to put it."""
    with FakeLMStudio(token=TOKEN) as fake:
        done = terminal.run("generate", BRIEF, *ONE, "--base-url", fake.base_url)
    refused(done, 4, "token", "LM_API_TOKEN")


def test_a_bad_token_is_refused_and_not_shown(terminal: Terminal) -> None:
    """Neither ours nor the quotation in the server's answer."""
    secret = "sk-lm-wrongwro:99999999999999999999"  # noqa: S105 - a canary
    with FakeLMStudio(token=TOKEN) as fake:
        done = terminal.run(
            "generate", BRIEF, *ONE, "-v", "--base-url", fake.base_url, DOCGEN_API_KEY=secret
        )
    assert done.returncode == 4
    assert secret[:12] not in done.stderr + done.stdout


def test_an_unknown_deliverable_is_suggested(online: Terminal) -> None:
    """A typing error."""
    refused(online.run("generate", BRIEF, "-d", "persona"), 2, "personas")


def test_an_unknown_deliverable_names_the_pip_line(online: Terminal) -> None:
    """A plugin that is not installed."""
    done = online.run("generate", BRIEF, "-d", "journey_map")
    refused(done, 2, "pip install docgen-plugin-journey-map")


@pytest.mark.parametrize("text", ["", "  \n\t\n"])
def test_an_empty_brief(online: Terminal, text: str) -> None:
    """From a file."""
    (online.folder / "brief.md").write_text(text)
    refused(online.run("generate", "-f", "brief.md"), 2, "empty")


def test_a_brief_that_is_not_utf8(online: Terminal) -> None:
    """The place is named."""
    (online.folder / "brief.md").write_bytes("Prüfung".encode("latin-1"))
    refused(online.run("generate", "-f", "brief.md"), 2, "UTF-8", "byte")


def test_a_brief_that_is_not_there(online: Terminal) -> None:
    """The path is named."""
    refused(online.run("generate", "-f", "gone.md"), 6, "gone.md")


def test_a_brief_too_long_for_the_context(online: Terminal, fake: FakeLMStudio) -> None:
    """Said before anything is sent."""
    (online.folder / "brief.md").write_text("A line of the brief.\n" * 250_000)
    refused(online.run("generate", "-f", "brief.md", *ONE), 2, "tokens", "context")
    assert fake.chat_requests == ()


def test_an_output_folder_that_cannot_be_made(online: Terminal, fake: FakeLMStudio) -> None:
    """Said before anything is asked. Nobody, not even root, can make a folder in /proc."""
    refused(online.run("generate", BRIEF, *ONE, "-o", "/proc/docgen"), 6, "/proc/docgen", "-o")
    assert fake.chat_requests == ()


def test_an_output_folder_that_is_a_file(online: Terminal, fake: FakeLMStudio) -> None:
    """Said before anything is asked."""
    (online.folder / "file").write_text("mine")
    refused(online.run("generate", BRIEF, *ONE, "-o", "file"), 2, "file")
    assert fake.chat_requests == ()
    assert (online.folder / "file").read_text() == "mine"


def test_unknown_and_wrong_settings_are_named_together(online: Terminal) -> None:
    """File, key, what was expected, and what was probably meant."""
    (online.folder / "docgen.toml").write_text(
        'temprature = 0.2\nmax_tokens = "many"\n[settings.personas]\ncuont = 3\n'
    )
    done = online.run("generate", BRIEF)
    refused(done, 2, "docgen.toml", "temprature", "temperature", "max_tokens")


def test_a_plugin_s_settings_are_checked_before_anything_is_asked(
    online: Terminal, fake: FakeLMStudio
) -> None:
    """Out of range: the key, the value and the range."""
    (online.folder / "docgen.toml").write_text("[settings.personas]\ncount = 99\n")
    refused(online.run("generate", BRIEF), 2, "settings.personas", "count")
    assert fake.chat_requests == ()


def _override(folder: Path, text: str) -> None:
    target = folder / "templates" / "problem_statement"
    target.mkdir(parents=True)
    (target / "section.md.j2").write_text(text)
    (folder / "docgen.toml").write_text('templates_dir = "templates"\n')


def test_a_template_with_an_undefined_variable(online: Terminal) -> None:
    """File, line and name; the deliverable fails, the exit code is partial."""
    _override(online.folder, "Line one\n{{ nothing_here }}\n")
    done = online.run("generate", BRIEF, *ONE, "-o", "out")
    words = " ".join(done.stderr.split())
    assert done.returncode == 5, words
    assert "nothing_here" in words
    assert "section.md.j2" in words


def test_validate_finds_it_without_a_server(terminal: Terminal) -> None:
    """With file and line."""
    _override(terminal.folder, "Line one\n{{ nothing_here }}\n")
    done = terminal.run("validate", "--json")
    assert done.returncode == 3
    assert "nothing_here" in json.dumps(json.loads(done.stdout))


def test_a_format_without_a_plugin(online: Terminal, fake: FakeLMStudio) -> None:
    """Said before anything is asked, with the pip line."""
    done = online.run("generate", BRIEF, *ONE, "-F", "odt")
    refused(done, 3, "pip install docgen-plugin-odt")
    assert fake.chat_requests == ()


def test_an_unknown_option_is_suggested(terminal: Terminal) -> None:
    """Click's own did-you-mean."""
    done = terminal.run("generate", BRIEF, "--temprature", "0.2")
    assert done.returncode == 2
    assert "--temperature" in done.stderr


def test_a_failing_answer_shows_the_server_s_own_words(
    online: Terminal, fake: FakeLMStudio
) -> None:
    """What happened, and what to do."""
    message = "The number of tokens to keep from the initial prompt is greater than the context"
    fake.respond = lambda _: Reply.error(400, f"{message} length (n_keep: 9000>= n_ctx: 4096).")
    done = online.run("generate", BRIEF, *ONE, "-o", "out")
    assert done.returncode == 5
    assert "context" in done.stderr
