"""What the source of the core does not contain, and how little it depends on."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.rows import row

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("core/src/**/*.py"), *ROOT.glob("templates/**/*.py")])
EXPORTERS = [
    path
    for project in sorted(ROOT.glob("plugins/*/pyproject.toml"))
    if "docgen.exporters" in project.read_text(encoding="utf-8")
    for path in sorted(project.parent.glob("src/**/*.py"))
]
#: Modules that run what they read, and modules that send what they are told.
FORBIDDEN_MODULES = frozenset(
    {"pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle", "yaml", "ruamel", "dbm"}
    | {"diskcache", "joblib", "code", "codeop", "xml", "ftplib", "smtplib", "telnetlib", "pty"}
)
FORBIDDEN_CALLS = frozenset({"eval", "exec", "compile", "__import__", "breakpoint"})
FORBIDDEN_METHODS = frozenset({"from_string", "system", "popen", "mktemp", "extractall", "unpack"})
#: Where a process may be started, and where TLS checks may be left out.
STARTERS = frozenset({"templating/confine.py", "conformance/check.py", "diagrams.py"})
UNVERIFIED = frozenset({"lmstudio/transport.py"})
#: Where XML may be read: what was drawn, without a document type and so without entities.
XML_READERS = frozenset({"diagrams.py"})


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """The last name of what is called, a dot before it where it is a method, and the call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield "." + node.func.attr, node


def modules(tree: ast.AST) -> Iterator[str]:
    """The modules that are imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def faults(source: str, name: str) -> Iterator[str]:
    """What a source file does that none may do."""
    tree = ast.parse(source)
    imported = {module.partition(".")[0] for module in modules(tree)}
    forbidden = FORBIDDEN_MODULES - {"xml"} if name in XML_READERS else FORBIDDEN_MODULES
    yield from sorted(imported & forbidden)
    if "subprocess" in imported and name not in STARTERS:
        yield "subprocess"
    for called, call in calls(tree):
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        if called in FORBIDDEN_CALLS or called.removeprefix(".") in FORBIDDEN_METHODS:
            yield called
        if "shell" in keywords:
            yield "shell="
        if "verify" in keywords and name not in UNVERIFIED:
            yield "verify="


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix().removeprefix("core/src/docgen_core/")


@row("S27", "S12", "S26")
@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_nothing_that_is_read_is_run(path: Path) -> None:
    """No pickle, no eval, no template from a text, no archive, two starters of processes."""
    assert list(faults(path.read_text(encoding="utf-8"), relative(path))) == []


@row("S18")
def test_no_format_starts_another_program() -> None:
    """Only this Python, with constant arguments; the core's own starters are held above."""
    starts = set()
    for path in EXPORTERS:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        methods = {called.removeprefix(".") for called, _ in calls(tree) if called[0] == "."}
        assert not methods & {"system", "popen"}, path
        if "subprocess" in set(modules(tree)):
            starts.add(path.parent.name)
            commands = re.findall(r"command = \[(.*)\]", source)
            assert len(commands) == source.count("subprocess.run(") == source.count("timeout=")
            assert source.count("subprocess.") == len(commands) + source.count("TimeoutExpired")
            assert all(command.startswith("sys.executable, ") for command in commands), path
    assert starts <= {"docgen_plugin_pdf"}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from yaml import load",
        "def f():\n    import marshal",
        "eval('1')",
        "environment.from_string(text)",
        "import subprocess",
        "run(x, shell=True)",
        "httpx.get(u, verify=False)",
        "zipfile.ZipFile(f).extractall()",
    ],
)
def test_the_search_finds_what_it_looks_for(source: str) -> None:
    """Otherwise the test above would say nothing."""
    assert list(faults(source, "engine/x.py"))


@row("S34")
def test_tls_is_left_out_only_where_there_is_none() -> None:
    """The one place decides by the address: plain HTTP in a private network. No setting does."""
    from docgen_core.settings.config import OrchestrationConfig, keys

    source = (ROOT / "core/src/docgen_core/lmstudio/transport.py").read_text(encoding="utf-8")
    verify = [
        ast.unparse(keyword.value)
        for _, call in calls(ast.parse(source))
        for keyword in call.keywords
        if keyword.arg == "verify"
    ]
    assert verify == ["False if local and plain else httpx.create_ssl_context()"]
    names = {name for name, _ in keys(OrchestrationConfig)}
    assert not [name for name in names if "verify" in name or "tls" in name or "ssl" in name]


@row("S6")
def test_the_core_has_few_dependencies() -> None:
    """Each is somebody else's code that runs with the user's rights: at most fifteen."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert len(project["project"]["dependencies"]) <= 15


@row("S6")
def test_nothing_runs_when_docgen_is_installed() -> None:
    """No build hook, no setup.py, and no .pth file, which Python would run at each start."""
    for path in [ROOT / "pyproject.toml", *ROOT.glob("plugins/*/pyproject.toml")]:
        tool = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {})
        assert "hooks" not in str(tool.get("hatch", {})), path
    strays = [*ROOT.glob("*/src/**/*.pth"), *ROOT.glob("plugins/*/src/**/*.pth")]
    strays += [*ROOT.glob("setup.py"), *ROOT.glob("plugins/*/setup.py")]
    assert strays == []


@row("S6")
def test_what_everything_is_tested_with_is_pinned() -> None:
    """Make installs one version of each package, the known-good one."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line.strip() and not line.startswith("#")]
    assert [pin for pin in pins if "==" not in pin] == []
