from __future__ import annotations

import asyncio

import pytest

from docgen_core.engine.admission import Admission


class Crowd:
    """Requests that enter a gate and stay until they are told to leave."""

    def __init__(self, gate: Admission) -> None:
        self.gate = gate
        self.inside: list[str] = []
        self.leave: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def send(self, name: str, tokens: int = 10, *, alone: bool = False) -> None:
        """Send a request to the gate and let everything settle."""
        self.leave[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._visit(name, tokens, alone=alone))
        await self.settle()

    async def go(self, name: str) -> None:
        """Let a request leave."""
        self.leave[name].set()
        await self.tasks[name]
        await self.settle()

    async def settle(self) -> None:
        """Let every task run until it waits."""
        for _ in range(20):
            await asyncio.sleep(0)

    async def _visit(self, name: str, tokens: int, *, alone: bool) -> None:
        async with self.gate.enter(tokens, alone=alone):
            self.inside.append(name)
            try:
                await self.leave[name].wait()
            finally:
                self.inside.remove(name)


def test_what_does_not_fit_waits_until_there_is_room() -> None:
    """The sum in flight never exceeds the capacity."""

    async def story() -> None:
        crowd = Crowd(Admission(25))
        for name in "abc":
            await crowd.send(name)
        assert crowd.inside == ["a", "b"]
        await crowd.go("a")
        assert crowd.inside == ["b", "c"]
        await crowd.go("b")
        await crowd.go("c")

    asyncio.run(story())


def test_a_request_larger_than_the_capacity_goes_when_nothing_else_does() -> None:
    """It may still succeed; waiting for ever would not."""

    async def story() -> None:
        crowd = Crowd(Admission(5))
        await crowd.send("big", 100)
        assert crowd.inside == ["big"]
        await crowd.go("big")

    asyncio.run(story())


def test_alone_means_nobody_before_and_nobody_beside() -> None:
    """And whoever comes later waits behind it."""

    async def story() -> None:
        crowd = Crowd(Admission(None))
        await crowd.send("a")
        await crowd.send("alone", alone=True)
        await crowd.send("late")
        assert crowd.inside == ["a"]
        await crowd.go("a")
        assert crowd.inside == ["alone"]
        await crowd.go("alone")
        assert crowd.inside == ["late"]
        await crowd.go("late")

    asyncio.run(story())


@pytest.mark.parametrize("alone", [True, False])
def test_a_cancelled_waiter_holds_nobody_up(alone: bool) -> None:
    """Neither its place in the queue nor its tokens stay behind."""

    async def story() -> None:
        crowd = Crowd(Admission(10))
        await crowd.send("a")
        await crowd.send("gone", alone=alone)
        crowd.tasks["gone"].cancel()
        await crowd.settle()
        await crowd.go("a")
        await crowd.send("b")
        assert crowd.inside == ["b"]
        await crowd.go("b")

    asyncio.run(story())


def test_a_crowded_gate_lets_in_half_as_many_and_recovers() -> None:
    """Down at once, up one by one after successes."""

    async def story() -> None:
        gate = Admission(None)
        crowd = Crowd(gate)
        for name in "abcd":
            await crowd.send(name)
        gate.crowded()
        for name in "abcd":
            await crowd.go(name)
        for name in "efg":
            await crowd.send(name)
        assert crowd.inside == ["e", "f"]
        for _ in range(4):
            gate.succeeded()
        await crowd.go("e")
        await crowd.send("h")
        assert crowd.inside == ["f", "g", "h"]
        for name in "fgh":
            await crowd.go(name)

    asyncio.run(story())


def test_small_requests_do_not_pass_a_large_one() -> None:
    """First come, first in: otherwise the large one might wait for ever."""

    async def story() -> None:
        crowd = Crowd(Admission(100))
        await crowd.send("a", 30)
        await crowd.send("large", 90)
        await crowd.send("b", 30)
        assert crowd.inside == ["a"]
        await crowd.go("a")
        assert crowd.inside == ["large"]
        await crowd.go("large")
        await crowd.go("b")

    asyncio.run(story())
