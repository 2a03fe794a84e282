"""Where a brief's title comes from."""

from __future__ import annotations

import pytest

from docgen_core.model import Brief, Deliverable


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A CRM\n\nwith contacts", "A CRM"),
        ("Hello\n\n## A CRM\n", "A CRM"),
        ("```sh\n# install it\n```\nA CRM", "A CRM"),
        ("A CRM\n\n~~~\n```\n# install it\n~~~\n", "A CRM"),
        ("````\n```\n# install it\n````\n# A CRM", "A CRM"),
        ("```\n# never closed", "# never closed"),
        ("```pip``` is needed\n# A CRM", "A CRM"),
        ("```\n```", "Untitled brief"),
        ("", "Untitled brief"),
    ],
)
def test_a_title_is_the_first_heading_or_line_outside_code(text: str, title: str) -> None:
    """A comment of a shell script looks like a heading and is none."""
    assert title == Brief.from_text(text).title


def test_needs_given_as_a_text_are_refused() -> None:
    """`needs=("personas")` is a text: a tuple of one needs its comma."""
    with pytest.raises(TypeError, match="got the text 'personas'"):
        Deliverable(id="a", title="A", summary="", needs="personas")
