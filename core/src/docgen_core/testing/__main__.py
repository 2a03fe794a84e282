"""`python -m docgen_core.testing`: the fake LM Studio as a process of its own.

Prints its base URL as the first line, serves until its standard input ends, and then prints what
it counted as one JSON object. With a terminal as input, Ctrl-D ends it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys

from docgen_core.testing import FakeLMStudio, FakeModel, Reply, default_answer
from docgen_core.testing.trouble import troubled
from docgen_core.testing.wire import RecordedRequest


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m docgen_core.testing")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--model", default="demo-8b")
    parser.add_argument("--context-length", type=int, default=8192)
    parser.add_argument("--parallel", type=int, default=4, help="requests answered at once")
    parser.add_argument("--tokens", type=int, default=0, help="answer with so many fixed tokens")
    parser.add_argument("--token-length", type=int, default=4, help="characters of each, up to 64")
    parser.add_argument("--first-delay", type=float, default=0.0, help="seconds before the first")
    parser.add_argument("--each-delay", type=float, default=0.0, help="seconds before each other")
    parser.add_argument("--trouble", type=float, default=0.0, help="share of bad answers, 0 to 1")
    parser.add_argument("--keep-requests", type=int, default=0, help="how many to remember")
    return parser.parse_args()


def _serve(arguments: argparse.Namespace) -> None:
    words = (_word(number, arguments.token_length) for number in range(arguments.tokens))
    fixed = Reply.text(" ".join(words))

    def respond(request: RecordedRequest) -> Reply:
        reply = fixed if arguments.tokens else default_answer(request)
        return reply.delayed(first=arguments.first_delay, each=arguments.each_delay)

    model = FakeModel(
        arguments.model,
        loaded=True,
        context_length=arguments.context_length,
        max_context_length=arguments.context_length,
        parallel=arguments.parallel,
    )
    fake = FakeLMStudio(
        models=(model,),
        port=arguments.port,
        keep_requests=arguments.keep_requests,
        respond=troubled(respond, share=arguments.trouble) if arguments.trouble else respond,
    )
    with fake:
        sys.stdout.write(f"{fake.base_url}\n")
        sys.stdout.flush()
        sys.stdin.read()
    sys.stdout.write(json.dumps(_counts(fake)) + "\n")


def _word(number: int, length: int) -> str:
    """A word that never repeats: a client may rightly cut off an answer that loops."""
    return hashlib.sha256(str(number).encode()).hexdigest()[:length]


def _counts(fake: FakeLMStudio) -> dict[str, int]:
    return {
        "chats": fake.chats,
        "connections": fake.connections,
        "in_flight_peak": fake.in_flight_peak,
        "disconnects": fake.disconnects,
    }


if __name__ == "__main__":
    _serve(_arguments())
