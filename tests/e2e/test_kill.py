"""SIGKILL at seeded moments of a batch run, then the same command to the end.

`DOCGEN_KILLS=200` kills more often (`make kill-test`), `DOCGEN_KILL_SEED` at other moments.
"""

from __future__ import annotations

import os

import pytest
from support.kills import DELIVERABLES, SLOTS, Killer, Series


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Series], Killer]:
    """Every series of kills, run once for all tests."""
    seed = int(os.environ.get("DOCGEN_KILL_SEED", "20261122"))
    killer = Killer(tmp_path_factory.mktemp("killed"), seed)
    return list(killer.series(int(os.environ.get("DOCGEN_KILLS", "12")))), killer


def test_some_runs_were_killed_with_answers_in_store_and_some_without(
    killed: tuple[list[Series], Killer],
) -> None:
    """The moments are spread over the run; otherwise the other tests would say little."""
    stored = [count for series in killed[0] for count in series.stored]
    assert min(stored) < DELIVERABLES
    assert max(stored) > 0


def test_the_last_run_ends_well(killed: tuple[list[Series], Killer]) -> None:
    """The same command goes on where the killed one stopped."""
    assert {series.exit_code for series in killed[0]} == {0}


def test_nothing_finished_is_asked_for_again(killed: tuple[list[Series], Killer]) -> None:
    """An answer that was on the disk when the process was killed is used."""
    assert [series for series in killed[0] if series.repeated] == []


def test_a_kill_costs_no_more_than_what_was_in_flight(
    killed: tuple[list[Series], Killer],
) -> None:
    """Total requests are at most the deliverables and, for each kill, the slots."""
    over = [s for s in killed[0] if s.requests > DELIVERABLES + s.kills * SLOTS]
    assert over == []


def test_the_document_has_the_bytes_of_an_unbroken_run(
    killed: tuple[list[Series], Killer],
) -> None:
    """However often and whenever the run was killed."""
    assert all(series.same for series in killed[0])


def test_nothing_is_left_behind_in_the_folder(killed: tuple[list[Series], Killer]) -> None:
    """No lock that is held, no temporary file, no set-aside copy, nothing damaged."""
    assert [stray for series in killed[0] for stray in series.strays] == []


def test_no_process_is_left_behind(killed: tuple[list[Series], Killer]) -> None:
    """What a killed run had started ends with it."""
    assert killed[1].survivors() == set()
