"""The embedded server at work: starting, answering, and leaving nothing behind."""

from __future__ import annotations

import os
import select
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from docgen_core.api import FileError, RunningServer, ServerError, ServerOptions, ServerProvider
from docgen_plugin_embedded import EmbeddedServer, provider
from docgen_plugin_embedded.child import launch
from docgen_plugin_embedded.models import DEMO_FILE

TASKS = (
    "Write the problem statement.",
    "Write three personas.",
    "Write two use cases.",
    "Write a tool outline.",
    "Write a phased plan.",
    "Write a slide list.",
    "Write five measures of success.",
)


def shared_brief() -> str:
    """A brief of about 300 tokens."""
    lines = (
        f"- Team {i} sees {i * 31} customers a day and keeps notes on paper." for i in range(1, 17)
    )
    return "We want a tool for our field sales teams.\n" + "\n".join(lines)


@pytest.fixture
def hollow_model(tmp_path: Path) -> Path:
    """A sound GGUF file without keys or weights: docgen takes it, llama.cpp does not."""
    path = tmp_path / "hollow.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 0))
    return path


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """A running server with the demonstration model."""
    running = provider.start(ServerOptions())
    assert isinstance(running, EmbeddedServer)
    yield running
    running.stop()


def ask(server: RunningServer, content: str, max_tokens: int = 8) -> dict[str, Any]:
    """One completion at temperature 0."""
    body = {
        "messages": [{"role": "user", "content": content}],
        "max_tokens": max_tokens,
        "temperature": 0,
    }
    response = httpx.post(
        f"{server.base_url}/chat/completions", json=body, timeout=300, trust_env=False
    )
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer


def is_running(pid: int) -> bool:
    """Whether the process exists; a zombie counts as running."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(pid: int) -> None:
    """Block until the process, which need not be a child of this one, has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        ready, _, _ = select.select([descriptor], [], [], 60)
        assert ready, f"process {pid} is still running"
    finally:
        os.close(descriptor)


def test_the_packages_top_level_imports_stay_light() -> None:
    """Listing servers must not cost the import of subprocess, an HTTP library or llama.cpp."""
    heavy = {"httpx", "jinja2", "cattrs", "asyncio", "subprocess", "xllamacpp", "tempfile"}
    code = f"import sys, docgen_plugin_embedded; print(sorted({heavy!r} & set(sys.modules)))"

    output = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert output.stdout.strip() == b"[]"


def test_a_missing_llama_cpp_is_answered_with_a_pip_line(
    hollow_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package that the server runs on is looked for before a process is started."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)

    with pytest.raises(ServerError, match="xllamacpp, which is not installed") as caught:
        provider.start(ServerOptions(model=str(hollow_model)))

    assert caught.value.hint == "pip install xllamacpp"


@pytest.mark.model
def test_llama_cpps_own_reason_is_passed_on(hollow_model: Path) -> None:
    """A model that llama.cpp refuses is reported in its words, with what to do next."""
    with pytest.raises(ServerError, match="error loading model: ") as caught:
        provider.start(ServerOptions(model=str(hollow_model)))

    assert "log_file" in caught.value.hint


@pytest.mark.model
def test_the_log_file_takes_the_full_log(hollow_model: Path, tmp_path: Path) -> None:
    """With log_file set, llama.cpp's log can be read afterwards."""
    log_file = tmp_path / "llama.log"

    with pytest.raises(ServerError):
        provider.start(ServerOptions(model=str(hollow_model), settings={"log_file": str(log_file)}))

    assert "failed to load model" in log_file.read_text(encoding="utf-8")


def test_a_log_file_that_cannot_be_written_is_a_file_error(
    hollow_model: Path, tmp_path: Path
) -> None:
    """It is said before anything is started, with the path beside the settings file."""
    table = {"log_file": "no-such-folder/llama.log"}
    options = ServerOptions(model=str(hollow_model), settings=table, folder=tmp_path)

    with pytest.raises(FileError, match="cannot be written") as caught:
        provider.start(options)

    assert str(tmp_path / "no-such-folder" / "llama.log") in str(caught.value)


def test_a_server_that_is_too_slow_is_ended() -> None:
    """The time allowed is kept, and the error says how to allow more."""
    with pytest.raises(ServerError, match=r"did not answer within 0\.001 seconds") as caught:
        launch({"parent": os.getpid()}, timeout=0.001)

    assert "longer" in caught.value.hint


@pytest.mark.model
def test_the_server_offers_the_model_under_its_file_name(server: EmbeddedServer) -> None:
    """Clients find the model by the name of its file, and the server as the protocols say."""
    listed = httpx.get(f"{server.base_url}/models", trust_env=False).json()

    assert [entry["id"] for entry in listed["data"]] == [DEMO_FILE.removesuffix(".gguf")]
    assert isinstance(provider, ServerProvider)
    assert isinstance(server, RunningServer)
    assert "not to be relied on" in server.description


@pytest.mark.model
def test_the_server_answers_and_keeps_the_terminal_clean(
    server: EmbeddedServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """A completion comes back with text, and nothing of llama.cpp's log reaches the terminal."""
    answer = ask(server, "Say hello.")

    assert answer["choices"][0]["message"]["content"].strip()
    assert capfd.readouterr() == ("", "")


@pytest.mark.model
def test_pages_in_a_browser_cannot_read_from_the_server(server: EmbeddedServer) -> None:
    """No origin is allowed, so a web page cannot read what the server says."""
    response = httpx.get(
        f"{server.base_url}/models", headers={"Origin": "https://example.org"}, trust_env=False
    )

    assert response.headers.get("access-control-allow-origin", "") == ""


@pytest.mark.model
def test_the_shared_beginning_of_prompts_is_taken_from_the_cache(server: EmbeddedServer) -> None:
    """Seven requests on one brief evaluate the brief once: at least 70 % of it is reused."""
    usages = [ask(server, f"{shared_brief()}\n\n{task}")["usage"] for task in TASKS]

    cached = [usage["prompt_tokens_details"]["cached_tokens"] for usage in usages[1:]]
    shared = min(usage["prompt_tokens"] for usage in usages) - 20
    assert sum(cached) >= 0.7 * shared * len(cached)


@pytest.mark.model
def test_stopping_ends_the_process_and_may_be_repeated() -> None:
    """After stop the process is gone, zombie included, and a second stop does nothing."""
    running = provider.start(ServerOptions())
    assert isinstance(running, EmbeddedServer)

    running.stop()
    running.stop()

    assert not is_running(running.pid)


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="waits through a Linux process descriptor")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["kill", "terminate"])
def test_a_killed_parent_leaves_no_server_behind(number: signal.Signals) -> None:
    """Whatever ends the parent ends the server."""
    code = """
import sys
from docgen_core.api import ServerOptions
from docgen_plugin_embedded import provider
print(provider.start(ServerOptions()).pid, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.send_signal(number)

    wait_until_gone(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="a Linux system call")
def test_the_parents_end_is_noticed_while_no_python_code_runs() -> None:
    """While llama.cpp loads a model nobody reads the pipe: the kernel itself ends the child."""
    deaf = """
import os, signal
from docgen_plugin_embedded import serve
serve._die_with(os.getppid(), signal_number=serve._kill_signal())
print(os.getpid(), flush=True)
signal.pause()
"""
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    with subprocess.Popen([sys.executable, "-c", code, deaf], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()

    wait_until_gone(pid)


@pytest.mark.model
def test_a_server_outlives_the_thread_that_started_it() -> None:
    """Linux tells a child when its parent's thread ends; only the process's end counts."""
    started: list[RunningServer] = []
    thread = threading.Thread(target=lambda: started.append(provider.start(ServerOptions())))
    thread.start()
    thread.join()

    try:
        assert ask(started[0], "Say hello.")["usage"]["completion_tokens"] > 0
    finally:
        started[0].stop()


@pytest.mark.model
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX sessions")
def test_the_server_does_not_hear_the_terminals_ctrl_c(server: EmbeddedServer) -> None:
    """It leads its own session, so that only docgen decides when it ends."""
    assert os.getsid(server.pid) == server.pid != os.getsid(0)


@pytest.mark.model
def test_several_slots_each_have_the_whole_context() -> None:
    """What is asked for per request is there in every slot."""
    running = provider.start(ServerOptions(slots=2, context_length=1024))
    try:
        root = running.base_url.removesuffix("/v1")
        props = httpx.get(f"{root}/props", trust_env=False).json()
    finally:
        running.stop()

    assert props["total_slots"] == 2
    assert props["default_generation_settings"]["n_ctx"] == 1024
