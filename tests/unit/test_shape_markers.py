"""The markers refuse what could not be asked of a model."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from docgen_core.api import Field, Identity, Reference


@pytest.mark.parametrize(
    "make",
    [
        lambda: Field(""),
        lambda: Field("two\nlines"),
        lambda: Field("a list", least=3, most=2),
        lambda: Field("a list", most=-1),
        lambda: Identity("p"),
        lambda: Identity("LONG"),
        lambda: Reference("P1", "who"),
        lambda: Reference("P", "who", least=2, most=1),
    ],
)
def test_a_marker_that_makes_no_sense_is_refused(make: Callable[[], object]) -> None:
    """The plugin's author hears of it on import, not the user in a run."""
    with pytest.raises(ValueError, match=r"must be|more than"):
        make()


def test_a_range_of_one_is_fine() -> None:
    """Exactly so many."""
    assert Field("a list", least=2, most=2).most == 2
