from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from docgen_core.cache import AnswerCache, AnswerFolder
from docgen_core.cache.entry import decode, encode, key_of
from docgen_core.lmstudio.types import ChatRequest, Completion, Message
from docgen_core.model import Usage
from docgen_core.settings import OrchestrationConfig

REQUEST = ChatRequest(
    model="demo", messages=(Message(role="user", content="Grüß dich"),), max_tokens=10, seed=1
)
COMPLETION = Completion(
    text="Schönen Tag \U0001f600\n",
    reasoning="hm",
    finish_reason="stop",
    usage=Usage(prompt_tokens=5, completion_tokens=3, cached_tokens=2),
    model="demo@q4",
    time_to_first_token=0.25,
    duration=1.5,
)
CACHED = attrs.evolve(COMPLETION, cached=True)


class Server:
    """Counts what is asked."""

    def __init__(self, completion: Completion = COMPLETION) -> None:
        self.completion = completion
        self.requests: list[ChatRequest] = []

    async def complete(
        self, request: ChatRequest, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        self.requests.append(request)
        if on_text is not None:
            on_text("piece")
        return self.completion


class Desk:
    """A cache in front of a server, as a run has it."""

    def __init__(self, folder: Path, completion: Completion = COMPLETION, **config: object) -> None:
        self.server = Server(completion)
        self.warnings: list[str] = []
        self.texts: list[str] = []
        settings = OrchestrationConfig(**config)  # type: ignore[arg-type] # what the test says
        self.cache = AnswerCache(settings, warn=self.warnings.append, folder=folder)

    def ask(self, request: ChatRequest = REQUEST, *, fresh: bool = False) -> Completion:
        answer = self.cache.wrap(self.server.complete, fresh=fresh)
        return asyncio.run(_await(answer(request, self.texts.append)))


async def _await(waiting: object) -> Completion:
    return await waiting  # type: ignore[misc, no-any-return] # any awaitable


def test_the_same_request_is_sent_once(tmp_path: Path) -> None:
    """Another run, another folder: the second answer costs nothing and says so."""
    assert Desk(tmp_path).ask() == COMPLETION
    second = Desk(tmp_path)
    assert second.ask() == CACHED
    assert second.server.requests == []


def test_a_hit_shows_the_whole_text(tmp_path: Path) -> None:
    """What listens to the text hears a cached answer too."""
    desk = Desk(tmp_path)
    desk.ask()
    desk.ask()
    assert desk.texts == ["piece", COMPLETION.text]


@pytest.mark.parametrize(
    "change",
    [
        {"model": "other"},
        {"messages": (Message(role="user", content="Grüß Dich"),)},
        {"messages": (Message(role="system", content="Grüß dich"),)},
        {"max_tokens": 11},
        {"temperature": 0.5},
        {"top_p": 0.5},
        {"seed": 2},
        {"response_format": {"type": "json_schema"}},
        {"extra": {"top_k": 5}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_everything_that_is_sent_is_in_the_key(change: dict[str, object]) -> None:
    """One difference is another request."""
    assert key_of(attrs.evolve(REQUEST, **change)) != key_of(REQUEST)  # type: ignore[arg-type] # any field


def test_the_key_does_not_depend_on_how_a_request_is_written() -> None:
    """The order of further fields and 0 for 0.0 make no difference."""
    one = attrs.evolve(REQUEST, temperature=0, extra={"a": 1, "b": 2})
    assert key_of(one) == key_of(attrs.evolve(REQUEST, temperature=0.0, extra={"b": 2, "a": 1}))


@pytest.mark.parametrize(
    ("mode", "change", "asked"),
    [
        ("auto", {"seed": 1, "temperature": 0.7}, 1),
        ("auto", {"seed": None, "temperature": 0.0}, 1),
        ("auto", {"seed": None, "temperature": 0.7}, 2),
        ("auto", {"seed": None, "temperature": None}, 2),
        ("auto", {"seed": None, "temperature": None, "extra": {"seed": 3}}, 1),
        ("always", {"seed": None, "temperature": 0.7}, 1),
        ("off", {"seed": 1, "temperature": 0.0}, 2),
    ],
)
def test_what_the_setting_covers(
    tmp_path: Path, mode: str, change: dict[str, object], asked: int
) -> None:
    """Without a word of the user's, only where asking again would give the same."""
    desk = Desk(tmp_path, cache=mode)
    request = attrs.evolve(REQUEST, **change)  # type: ignore[arg-type] # any field
    desk.ask(request)
    desk.ask(request)
    assert len(desk.server.requests) == asked


def test_an_answer_that_was_cut_off_is_not_kept(tmp_path: Path) -> None:
    """It may be whole next time."""
    desk = Desk(tmp_path, attrs.evolve(COMPLETION, finish_reason="length"))
    desk.ask()
    desk.ask()
    assert len(desk.server.requests) == 2


def test_a_fresh_run_asks_and_replaces(tmp_path: Path) -> None:
    """--force wants a new answer, and later runs get that one."""
    Desk(tmp_path).ask()
    Desk(tmp_path, attrs.evolve(COMPLETION, text="new")).ask(fresh=True)
    assert Desk(tmp_path).ask().text == "new"


def _flip(data: bytes) -> bytes:
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:0],
        lambda data: data[: len(data) // 2],
        _flip,
        lambda data: data + b" ",
        lambda data: b"\x80\x04." + data,
    ],
    ids=["empty", "half", "flipped", "longer", "pickle"],
)
def test_damage_is_a_miss_with_a_warning(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    """The file is set aside, the request is sent, and the new answer is kept."""
    desk = Desk(tmp_path)
    desk.ask()
    path = AnswerFolder(tmp_path).file(key_of(REQUEST))
    path.write_bytes(damage(path.read_bytes()))
    assert desk.ask() == COMPLETION
    assert desk.ask() == CACHED
    assert len(desk.warnings) == 1
    assert str(path) in desk.warnings[0]
    assert AnswerFolder(tmp_path).contents().damaged == 1


def test_every_flipped_byte_is_noticed() -> None:
    """No damaged value is ever served."""
    data = encode("k", COMPLETION).encode()
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]
        try:
            assert decode("k", changed) is None
        except ValueError:
            continue


def test_an_answer_under_another_name_is_refused() -> None:
    """A file that was renamed answers another request."""
    with pytest.raises(ValueError, match="another request"):
        decode("b", encode("a", COMPLETION).encode())


def test_a_file_of_another_version_is_a_miss_without_a_warning(tmp_path: Path) -> None:
    """Two versions of docgen share the cache in peace."""
    desk = Desk(tmp_path)
    desk.ask()
    path = AnswerFolder(tmp_path).file(key_of(REQUEST))
    path.write_bytes(path.read_bytes().replace(b"docgen-answer 1 ", b"docgen-answer 2 "))
    assert desk.ask() == COMPLETION
    assert desk.warnings == []


def test_the_files_are_for_the_user_alone(tmp_path: Path) -> None:
    """Briefs are private."""
    home = tmp_path / "docgen" / "answers"
    Desk(home).ask()
    path = AnswerFolder(home).file(key_of(REQUEST))
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (home.parent, home, path.parent, path)]
    assert modes == [0o700, 0o700, 0o700, 0o600]


def test_a_cache_that_cannot_be_written_warns_once(tmp_path: Path) -> None:
    """The run goes on without it."""
    (tmp_path / "file").write_text("")
    desk = Desk(tmp_path / "file")
    desk.ask()
    desk.ask(attrs.evolve(REQUEST, seed=2))
    assert len([text for text in desk.warnings if "not cached" in text]) == 1
    assert len(desk.server.requests) == 2


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    """A run that adds ends within the bound, and keeps what is used."""
    requests = [attrs.evolve(REQUEST, seed=number) for number in range(4)]
    big = attrs.evolve(COMPLETION, text="x" * 400_000)
    first = Desk(tmp_path, big)
    for age, request in enumerate(requests[:3]):
        first.ask(request)
        moment = time.time() - 1000 + age
        os.utime(AnswerFolder(tmp_path).file(key_of(request)), (moment, moment))
    second = Desk(tmp_path, big, cache_size_mb=1)
    second.ask(requests[0])
    second.ask(requests[3])
    second.cache.trim()
    kept = [AnswerFolder(tmp_path).file(key_of(request)).exists() for request in requests]
    assert kept == [True, False, False, True]


def test_old_temporary_files_are_swept_and_new_ones_left(tmp_path: Path) -> None:
    """A killed writer leaves one; a living writer's is not taken away."""
    desk = Desk(tmp_path)
    desk.ask()
    shard = AnswerFolder(tmp_path).file(key_of(REQUEST)).parent
    for name, age in ((".tmp-old", 7200), (".tmp-new", 0)):
        (shard / name).write_text("")
        os.utime(shard / name, (time.time() - age, time.time() - age))
    desk.cache.trim()
    assert sorted(path.name for path in shard.glob(".tmp-*")) == [".tmp-new"]


def test_clearing_leaves_files_of_others(tmp_path: Path) -> None:
    """Only what the cache wrote is removed."""
    Desk(tmp_path).ask()
    (tmp_path / "notes.txt").write_text("mine")
    assert AnswerFolder(tmp_path).clear().answers == 1
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


WRITER = """
import sys
from pathlib import Path
from docgen_core.cache import AnswerFolder
from docgen_core.cache.entry import decode, encode
from docgen_core.lmstudio.types import Completion
from docgen_core.model import Usage
folder = AnswerFolder(Path(sys.argv[1]))
sys.stdin.readline()
for number in range(60):
    key = f"{number % 20:064x}"
    completion = Completion(text="x" * 50_000, reasoning="", finish_reason="stop", usage=Usage(),
                            model="demo", time_to_first_token=0.0, duration=0.0)
    folder.write(key, encode(key, completion))
    data = folder.read(key)
    assert data is not None and decode(key, data).text == completion.text
"""


def test_two_processes_share_the_cache(tmp_path: Path) -> None:
    """Both write the same keys and read them whole; nothing is left behind."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdin=subprocess.PIPE)
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0, 0]
    assert AnswerFolder(tmp_path).contents().answers == 20
    assert list(tmp_path.rglob(".tmp-*")) == []
