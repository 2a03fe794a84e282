"""Runs the examples of README.md and docs/: Python blocks, console blocks, docgen.toml fragments.

Fences and what is done with them: `python` runs, all blocks of a page in one namespace, and a
`text` fence right behind one is what it prints; `console` runs, `$ ` marking the commands, the
rest being their output, where `...` stands for anything; `console embedded` does so with the small
model; `toml` is read as a docgen.toml; `sh` is for what changes the reader's machine, and only
checked for options that exist. A paragraph that is nothing but a file name names the file in the
next fence.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import click
import pytest
from markdown_it import MarkdownIt

from docgen_core import OrchestrationConfig, OrchestrationEngine
from docgen_core.cli.lazy import COMMANDS
from docgen_core.cli.main import docgen
from docgen_core.plugins import EntryPoint, Registry
from docgen_core.settings import load_settings
from docgen_core.testing import FakeLMStudio, FakeModel

ROOT = Path(__file__).parents[2]
#: The model that the pages speak of.
MODEL = FakeModel("qwen2.5-7b-instruct", loaded=True, context_length=16384, parallel=4)
#: How the pages call the folder in which the commands run.
HOME = "/home/you/project"
#: Pages that this test does not own: they have tests of their own, or only tell.
ELSEWHERE = {"docs/embedded-server.md", "docs/shell-completion.md"}
PAGES = sorted(
    name
    for name in (str(path.relative_to(ROOT)) for path in [*ROOT.glob("docs/*.md")])
    if name not in ELSEWHERE
)
PAGES = ["README.md", *PAGES]


@attrs.frozen(kw_only=True)
class Block:
    """One fenced block of a page.

    Attributes:
        kind: The whole info string.
        text: What stands in it.
        line: Where it begins, for messages.
        file: The file name that the paragraph before it gives, or empty.
        output: The `text` fence right behind it, or None.
    """

    kind: str
    text: str
    line: int
    file: str = ""
    output: str | None = None


def read_blocks(page: str) -> list[Block]:
    """Read the fences of a page in order."""
    tokens = [
        token
        for token in MarkdownIt("commonmark").parse((ROOT / page).read_text("utf-8"))
        if token.type in {"inline", "fence"} or token.type.endswith("_open")
    ]
    blocks = []
    for index, token in enumerate(tokens):
        if token.type != "fence":
            continue
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        file = re.fullmatch(r"\*\*`([^`]+)`\*\*", before.content) if before else None
        output = after.content if after and after.type == "fence" and after.info == "text" else None
        line = token.map[0] + 1 if token.map else 0
        blocks.append(
            Block(
                kind=token.info.strip(),
                text=token.content,
                line=line,
                file=file[1] if file else "",
                output=output,
            )
        )
    return blocks


def of_kind(page: str, kind: str) -> list[Block]:
    """The blocks of a page with this info string that are not files."""
    return [block for block in read_blocks(page) if block.kind == kind and not block.file]


def pages_with(kind: str) -> list[str]:
    """The pages that have such a block."""
    return [page for page in PAGES if of_kind(page, kind)]


def matches(expected: str, actual: str) -> bool:
    """Compare output, line by line where it matters: `...` stands for anything."""
    parts = [re.escape(part) for part in _tidy(expected).split("...")]
    return re.fullmatch(".*".join(parts), _tidy(actual), re.DOTALL) is not None


def _tidy(text: str) -> str:
    # The width of a column depends on what else stands in it.
    return "\n".join(re.sub(" {2,}", "  ", line.rstrip()) for line in text.strip().splitlines())


@pytest.fixture
def lm_studio() -> Iterator[FakeLMStudio]:
    """What answers as LM Studio would, wherever the pages say that it runs."""
    with FakeLMStudio(models=(MODEL, FakeModel("nomic-embed-text", kind="embedding"))) as fake:
        yield fake


@pytest.fixture
def workplace(
    lm_studio: FakeLMStudio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> FakeLMStudio:
    """An empty folder, and a default address that leads to the fake LM Studio."""
    defaults = OrchestrationConfig.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "lm_studio_base_url", lm_studio.base_url)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DOCGEN_")]:
        monkeypatch.delenv(name)
    return lm_studio


@pytest.mark.parametrize("page", pages_with("python"))
@pytest.mark.usefixtures("workplace")
def test_python_examples_run_and_print_what_the_page_says(page: str) -> None:
    """Each page's Python blocks run in order; where output is shown, it is that."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in of_kind(page, "python"):
        place = f"{page}:{block.line}"
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile("\n" * block.line + block.text, ROOT / page, "exec"), names)  # noqa: S102 - the repository's own examples
        if block.output is not None:
            assert matches(block.output, printed.getvalue()), f"{place}:\n{printed.getvalue()}"


def run_console(block: Block, folder: Path, environ: dict[str, str], address: str = "") -> str:
    """Run a block's commands and show them with their output, as the page does."""
    shown = []
    for line in block.text.splitlines():
        if not line.startswith("$ "):
            continue
        done = subprocess.run(
            ["sh", "-c", line.removeprefix("$ ")],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        code = f"\n(exit code {done.returncode})" if done.returncode else ""
        shown.append(f"{line}\n{done.stdout.rstrip()}{code}".rstrip())
    text = "\n".join(shown).replace(str(folder), HOME)
    return text.replace(address, "http://127.0.0.1:1234/v1") if address else text


def surroundings(folder: Path, **variables: str) -> dict[str, str]:
    """The environment of a person who has done nothing but install docgen."""
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {
        **kept,
        "PATH": path,
        "HOME": str(folder),
        "COLUMNS": "96",
        "SOURCE_DATE_EPOCH": "1767225600",
        **variables,
    }


@pytest.mark.parametrize("page", [page for page in pages_with("console") if "first" not in page])
def test_console_examples_show_what_the_page_says(
    page: str, lm_studio: FakeLMStudio, tmp_path: Path
) -> None:
    """Each page's console blocks run in order in one folder."""
    environ = surroundings(tmp_path, DOCGEN_BASE_URL=lm_studio.base_url)
    for block in read_blocks(page):
        if block.file:
            (tmp_path / block.file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            shown = run_console(block, tmp_path, environ, lm_studio.base_url)
            assert matches(block.text, shown), f"{page}:{block.line}:\n{shown}"


@pytest.mark.model
@pytest.mark.parametrize("page", pages_with("console embedded"))
def test_console_examples_with_the_small_model(page: str, tmp_path: Path) -> None:
    """The blocks that need no LM Studio run with the embedded server."""
    environ = surroundings(tmp_path)
    for block in of_kind(page, "console embedded"):
        shown = run_console(block, tmp_path, environ)
        assert matches(block.text, shown), f"{page}:{block.line}:\n{shown}"


def _docgen_lines() -> Iterator[tuple[str, list[str]]]:
    for page in PAGES:
        for block in read_blocks(page):
            if block.kind in {"sh", "console", "console embedded"}:
                for line in block.text.splitlines():
                    found = re.match(r"(?:\$ )?(docgen [^|<>;&#]*)", line)
                    if found:
                        yield f"{page}:{block.line}", shlex.split(found[1])[1:]


@pytest.mark.parametrize(("place", "words"), list(_docgen_lines()))
def test_every_option_that_the_pages_name_exists(place: str, words: list[str]) -> None:
    """Commands that are not run are at least read by the real command line."""
    if not words or words[0] not in COMMANDS:
        assert words[0] in {"--version", "--help"}, place
        return
    command = docgen.get_command(click.Context(docgen), words[0])
    assert command is not None
    command.make_context(words[0], words[1:], resilient_parsing=True)


@pytest.mark.parametrize("page", pages_with("toml"))
def test_settings_examples_are_accepted(page: str, tmp_path: Path) -> None:
    """Each toml block without a file name of its own is a valid docgen.toml."""
    for block in of_kind(page, "toml"):
        file = tmp_path / "docgen.toml"
        file.write_text(block.text, encoding="utf-8")
        load_settings({}, config_file=file, environ={"LM_STUDIO_TOKEN": "sk-lm-example"})


def test_the_example_settings_file_is_accepted() -> None:
    """docs/examples/docgen.toml loads."""
    loaded = load_settings(
        {},
        config_file=ROOT / "docs/examples/docgen.toml",
        environ={"LM_STUDIO_TOKEN": "sk-lm-example"},
    )
    assert loaded.config.explicit


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    """Relative links name files that exist."""
    text = (ROOT / page).read_text("utf-8")
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)
    missing = [name for name in targets if not (ROOT / page).parent.joinpath(name).exists()]
    assert not missing


def test_the_plugin_of_the_readme_writes_a_section(
    workplace: FakeLMStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The few lines that README.md calls a whole deliverable are one."""
    block = next(item for item in of_kind("README.md", "python") if "hookimpl" in item.text)
    module = ModuleType("my_glossary")
    exec(block.text, vars(module))  # noqa: S102 - the repository's own example
    monkeypatch.setitem(sys.modules, "my_glossary", module)
    point = EntryPoint(
        group="docgen.deliverables",
        name="glossary",
        distribution="my-glossary",
        value="my_glossary",
    )
    config = OrchestrationConfig(lm_studio_base_url=workplace.base_url)
    with OrchestrationEngine(config, registry=Registry(entry_points=[point])) as engine:
        result = engine.orchestrate("A booking app", ["glossary"])
    assert "Glossary" in (result.merged_document or "")
    assert "ten most important terms" in workplace.chat_requests[0].prompt
