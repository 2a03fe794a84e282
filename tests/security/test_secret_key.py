"""The API key stays where it was given, however a run ends and however much it says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
from support.asking import REQUEST, ask
from support.command_line import Docgen
from support.rows import row
from support.shop import Shop

from docgen_core import OrchestrationConfig
from docgen_core.lmstudio.client import Client
from docgen_core.lmstudio.types import Endpoint
from docgen_core.testing import Answer, FakeLMStudio, Reply

CANARY = "c4n4ry0123456789abcdef"
#: As LM Studio makes them, and as the owner of another server may choose one.
KEYS = {"lmstudio": f"sk-lm-plantedk:{CANARY}", "other": f"{CANARY}-of-another-server"}

BRIEF = "A booking app for climbing gyms"
LOUD = ("generate", BRIEF, "-o", "out", "-vv", "--max-retries", "0")

RAISING = """
    from docgen_core.api import Deliverable, hookimpl

    @hookimpl
    def get_deliverables():
        return [Deliverable(id="gamma", title="Gamma", summary="Raises.")]

    @hookimpl
    def get_instructions(deliverable, context):
        raise RuntimeError(f"{deliverable!r} {context!r} {vars(type(context))!r}")
"""
CRASHING = """
    import click

    class Odd(BaseException):
        pass

    @click.command()
    @click.pass_context
    def crash(ctx):
        raise Odd(f"{ctx.obj!r} {ctx.params!r} {ctx.obj.settings()!r}")
"""


def quoted(key: str) -> dict[str, Reply]:
    """Every way in which a server may say the key back."""
    text = f"Incorrect API key provided: {key}"
    return {
        "401": Reply.error(401, text, shape="openai", code="invalid_api_key"),
        "403": Reply.error(403, text),
        "400": Reply.error(400, text),
        "500": Reply.error(500, f"upstream said no to Authorization: Bearer {key}"),
        "500-bare": Reply.error(500, f"trace: headers were ({key})", shape="native"),
        "200": Reply.error(200, f"bad request with {key}", shape="openai"),
        "stream": Reply.stream_error(f"engine stopped at {key}", after="Some text"),
        "stream-object": Reply.stream_error(f"engine stopped at {key}", shape="object"),
        "plain": Reply.body(f"no such key {key}", status=502, content_type="text/plain"),
        "page": Reply.html(f"<title>Sign in, {key}</title>", status=200),
        "redirect": Reply.redirect(f"http://{key.partition(':')[0]}.invalid/?key={key}"),
        "protocol": Reply.raw(f"NOT HTTP {key}\r\n\r\n".encode()),
        "encoding": Reply.text("x").with_header("Content-Encoding", key),
        "event": Reply.events(f"data: {{{key}\n\n".encode()),
        "finish": Reply.of(Answer(finish_reason=key)),
    }


WAYS = tuple(quoted(""))
#: Forms in which the key stays out by what the error is; in all others by how it looks.


def kept(*folders: Path) -> Iterator[Path]:
    """Every file in some folders."""
    return (path for folder in folders for path in folder.rglob("*") if path.is_file())


def check_nothing_tells(folder: Path, *said: str) -> None:
    """Neither what was said nor any file holds the key, or so much of it as could be guessed."""
    for text in said:
        assert CANARY[:8] not in text
    assert [path for path in kept(folder) if CANARY[:8].encode() in path.read_bytes()] == []


def cases() -> Iterator[Any]:
    """Each way with each key."""
    for way in WAYS:
        for kind, key in KEYS.items():
            yield pytest.param(way, key, id=f"{way}-{kind}")


@row("S29", "S30", "S31")
@pytest.mark.parametrize(("way", "key"), tuple(cases()))
def test_an_answer_that_quotes_the_key(
    shop: Shop, tmp_path: Path, way: str, key: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """It reaches no file, no event, no result and no log, whatever form it comes in."""
    shop.offer("good")
    shop.offer("bad", "good")
    shop.fake.enqueue(Reply.text("Fine."), *[quoted(key)[way]] * 4)
    loud: dict[str, Any] = {"enable_logging": True, "log_level": "DEBUG", "cache": "always"}
    engine = shop.engine(lm_studio_api_key=key, max_retries_per_deliverable=0, **loud)
    result = engine.orchestrate(BRIEF, output=tmp_path / "out")
    assert (result.success_count, result.error_count) == (1, 1)
    assert shop.fake.chat_requests[0].headers["authorization"] == f"Bearer {key}"
    errors = repr([item.error for item in result.deliverable_results])
    check_nothing_tells(tmp_path, repr(shop.events), repr(result), errors, *capfd.readouterr())


@row("S29", "S30")
@pytest.mark.parametrize("way", ["401", "500", "stream"])
def test_a_run_whose_answers_quote_the_key(docgen: Docgen, way: str) -> None:
    """The command line adds nothing: not at -vv, not with --json, not in its cache."""
    key = KEYS["lmstudio"]
    docgen.install_good()
    with FakeLMStudio() as fake:
        fake.enqueue(*[quoted(key)[way]] * 4)
        variables = {"DOCGEN_API_KEY": key, "DOCGEN_BASE_URL": fake.base_url}
        more = ("--mode", "streaming", "--json")
        done = docgen(*LOUD, *more, DOCGEN_CACHE="always", stdin=b"", DOCGEN_DEBUG="1", **variables)
    assert done.returncode in {4, 5}, done.stderr
    check_nothing_tells(docgen.folder, done.stdout, done.stderr)


@row("S29", "S30")
@pytest.mark.parametrize("way", ["401", "403", "500", "page", "redirect", "protocol"])
def test_a_listing_that_quotes_the_key(docgen: Docgen, way: str) -> None:
    """The look at what the server offers comes first, and its error comes with a traceback."""
    key = KEYS["lmstudio"]
    with FakeLMStudio() as fake:
        for path in ("/api/v1/models", "/api/v0/models", "/v1/models"):
            fake.override(path, quoted(key)[way])
        done = docgen("models", "-vv", DOCGEN_API_KEY=key, DOCGEN_BASE_URL=fake.base_url)
    assert done.returncode in {4, 5}
    assert "Traceback" in done.stderr
    check_nothing_tells(docgen.folder, done.stdout, done.stderr)


@row("S29")
def test_a_run_that_fails_on_this_side(docgen: Docgen) -> None:
    """A hook and a template that tell all that they were given, and a crash with a traceback."""
    docgen.install_good()
    docgen.install("raising", RAISING, {"docgen.deliverables": ["gamma"]})
    docgen.install("crashing", CRASHING, {"docgen.commands": ["crash = crashing:crash"]})
    template = docgen.folder / "templates" / "beta" / "section.md.j2"
    template.parent.mkdir(parents=True)
    template.write_text("{{ context }} {{ draft }} {{ nope }}", encoding="utf-8")
    with FakeLMStudio(token=KEYS["lmstudio"]) as fake:
        variables = {
            "DOCGEN_API_KEY": KEYS["lmstudio"],
            "DOCGEN_BASE_URL": fake.base_url,
            "DOCGEN_TEMPLATES_DIR": "templates",
            "TMPDIR": str(docgen.folder),  # the report of a crash goes there
        }
        run = docgen(*LOUD, stdin=b"", **variables)
        crash = docgen("crash", stdin=b"", **variables)
        loud = docgen("crash", stdin=b"", DOCGEN_DEBUG="1", **variables)
    assert run.returncode == 5, run.stderr
    assert (crash.returncode, loud.returncode) == (1, 1)
    assert list(docgen.folder.glob("docgen-bug-*"))
    said = (text for done in (run, crash, loud) for text in (done.stdout, done.stderr))
    check_nothing_tells(docgen.folder, *said)


@row("S29")
def test_a_run_that_succeeds_and_every_look_at_it(docgen: Docgen) -> None:
    """The commands that show settings and results show that a key is set at most."""
    docgen.install_good()
    with FakeLMStudio(token=KEYS["other"]) as fake:
        variables = {"DOCGEN_API_KEY": KEYS["other"], "DOCGEN_BASE_URL": fake.base_url}
        commands = (
            (*LOUD, "--json"),
            ("generate", BRIEF, "--dry-run", "-vv"),
            *(("config", "show", *more) for more in ((), ("--json",))),
            ("status", "out", "-v"),
            ("replay", "out", "-vv"),
            ("verify", "out", "--json"),
            ("health", "-vv"),
            ("validate", "--json"),
            ("plugins", "-v"),
        )
        runs = {command: docgen(*command, stdin=b"", **variables) for command in commands}
        assert fake.chats == 2
    failed = {command: done.stderr for command, done in runs.items() if done.returncode}
    assert failed == {}
    check_nothing_tells(
        docgen.folder, *(text for d in runs.values() for text in (d.stdout, d.stderr))
    )


@row("S29", "S31")
def test_events_results_and_every_logger(
    shop: Shop, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A program that logs everything, its HTTP library included, logs no key."""
    shop.offer("good")
    shop.offer("bad", "good")
    key = KEYS["lmstudio"]
    shop.fake.enqueue(Reply.text("Fine."), *[quoted(key)["500"]] * 9)
    engine = shop.engine(lm_studio_api_key=key, max_retries_per_deliverable=1)
    with caplog.at_level(logging.DEBUG):
        result = engine.orchestrate(BRIEF, output=tmp_path / "out")
    assert "httpcore" in {record.name.partition(".")[0] for record in caplog.records}
    told = [repr(shop.events), repr(result), repr(engine.__dict__), caplog.text]
    told += [repr(item.error) for item in result.deliverable_results]
    assert CANARY[:8] not in "".join(told)
    assert not [p for p in kept(tmp_path) if CANARY[:8].encode() in p.read_bytes()]


@row("S29")
@pytest.mark.parametrize("show", [repr, str, lambda c: repr(attrs.evolve(c, max_tokens=5))])
def test_settings_never_show_the_key(show: Callable[[OrchestrationConfig], str]) -> None:
    """Neither do the settings of a program's own."""
    config = OrchestrationConfig(lm_studio_api_key=KEYS["other"])
    assert CANARY not in show(config)


@row("S33")
def test_a_netrc_file_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for a server on this machine, nor for one outside."""
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"default login planted password {CANARY}\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    with FakeLMStudio() as fake:
        assert ask(fake.base_url).answers
    assert not [r for r in fake.requests if "authorization" in r.headers]
    seen: list[httpx.Request] = []

    def outside(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(500)

    async def call() -> None:
        endpoint = Endpoint(base_url="https://models.example.com/v1")
        async with Client(endpoint, transport=httpx.MockTransport(outside)) as client:
            await client.complete(REQUEST)

    with pytest.raises(Exception, match=r"models\.example\.com"):
        asyncio.run(call())
    assert seen
    assert "authorization" not in seen[0].headers
