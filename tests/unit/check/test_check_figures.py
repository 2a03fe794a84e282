"""Which figures contradict each other, and which only look alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen_core.check import check_pack


def codes(folder: Path, first: str, second: str) -> list[str]:
    """Check two sections and give the codes that are about figures."""
    (folder / "a.md").write_text(f"# First\n\n{first}\n", encoding="utf-8")
    (folder / "b.md").write_text(f"# Second\n\n{second}\n", encoding="utf-8")
    found = [finding.code for finding in check_pack(folder).findings]
    return [code for code in found if code in {"contradiction", "figures-differ"}]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The budget is 20,000 EUR.", "With a total budget of 30.000 €, we start."),
        ("Budget: 20k EUR", "The budget is 25,000 euros."),
        ("| Budget | Amount |\n|---|---|\n| Team size | 5 people |", "The team size is 6 people."),
        ("Das Budget beträgt rund 20.000 EUR.", "Budget: 15.000 EUR"),
        ("The waiting time is 10 minutes.", "Waiting time: 12 min"),
        ("The churn rate is at most 5 %.", "A churn rate of 7 percent is fine."),
        ("Le budget est de 20 000 euros.", "Budget : 25 000 €"),
        ("予算は20万円です。", "予算は30万円"),
    ],
)
def test_a_figure_of_the_pack_has_one_value(first: str, second: str, tmp_path: Path) -> None:
    """Whatever the words and the way of writing numbers."""
    assert codes(tmp_path, first, second) == ["figures-differ"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("- K1 Calls: the target is 30 %.", "The target of K1 is 40 %."),
        (
            "| No. | Name | Target |\n|---|---|---|\n| K1 | Calls | 30 % |",
            "K1 (target 40 %) counts.",
        ),
        ("| No. | Name | Target |\n|---|---|---|\n| K1 | Calls | 30 % |", "Look at K1: 40 %."),
        ("## W1 Build\n\nDuration: 3 weeks", "W1 Build has a duration of 5 weeks."),
        ("K1 is 30 %.", "K1 = 40 %"),
    ],
)
def test_a_figure_of_an_item_has_one_value(first: str, second: str, tmp_path: Path) -> None:
    """An item is named by its id, or stands above."""
    assert codes(tmp_path, first, second) == ["contradiction"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The budget is 20,000 EUR.", "The budget is 20.000,00 €, all in."),
        ("The marketing budget is 5,000 EUR.", "The budget is 20,000 EUR."),
        ("The budget is 20,000 EUR.", "The budget is 40 % of last year's."),
        ("## Phase one\n\nDuration: 3 weeks", "## Phase two\n\nDuration: 5 weeks"),
        ("K1 has a target of 30 %.", "K2 has a target of 40 %."),
        ("K1 has a target of 30 % and a baseline of 50 %.", "K1: 50 %"),
        ("| No. | Today | Target |\n|---|---|---|\n| K1 | 30 % | 50 % |", "K1: 30 %"),
        ("Steps: 3", "Steps: 4. Steps: 5."),
        ("It was founded in 2019.", "It was founded in 2021."),
        ("The range of prices is 5-10 EUR.", "The range of prices is 7 EUR."),
        ("Maria is 34 years old.", "Jonas is 28 years old."),
        ("Response time: 2 seconds", "Time: 3 seconds"),
        ("Version 1.2.3 is out.", "Version 1.2.4 is out."),
        ("The target is 30 %.", "The target is 40 %."),
        ("In week 3 the team tests.", "In week 5 the team goes live."),
        ("The budget of P1 is 50 EUR.", "The budget of P2 is 80 EUR."),
    ],
)
def test_figures_of_different_things_may_differ(first: str, second: str, tmp_path: Path) -> None:
    """Another name, unit, item or heading is another figure."""
    assert codes(tmp_path, first, second) == []
