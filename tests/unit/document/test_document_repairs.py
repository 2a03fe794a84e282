"""What happens to a model's answer before it is parsed."""

from __future__ import annotations

import pytest

from docgen_core.document import repair

UNCHANGED = {
    "plain": "# Title\n\nText.\n",
    "two separate bare fences": "```\na\n```\n\ntext\n\n```\nb\n```",
    "an example first, then text": "```markdown\n# Example\n```\n\nMore text.",
    "bare code without a heading": "```\nmake all\n```",
    "comments in closed python": "```python\nx = 1\n\n# Comment\ny = 2\n```",
    "comments in unclosed python": "```python\nx = 1\n\n# comment\ny = 2\n",
    "headings in a closed markdown fence": "Text:\n\n```markdown\n\n# T\n\n## S\n```\n",
    "a fence closed in its list item": "- ```\n  x\n\ntext\n\n# H\n",
}

REPAIRED = {
    "markdown fence": ("```markdown\n# T\n\nx\n```", "# T\n\nx"),
    "md fence": ("```md\n# T\n```\n", "# T"),
    "bare fence around a document": ("```\n# T\n\nx\n```", "# T\n\nx"),
    "tildes": ("~~~markdown\n# T\n~~~", "# T"),
    "chatter before": ("Here is the document:\n\n```markdown\n# T\n```", "# T"),
    "more chatter": ("Sure, here you go!\n```md\n# T\n```", "# T"),
    "a fence inside": ("```markdown\n# T\n\n```py\nx\n```\n\ny\n```", "# T\n\n```py\nx\n```\n\ny"),
    "cut off by the token limit": ("```markdown\n# T\n\ntext", "# T\n\ntext"),
    "wrapped twice": ("```md\n```md\n# T\n```\n```", "# T"),
    "unclosed, then a heading": ("```js\nlet a\n\n# Next\n\nx", "```js\nlet a\n```\n\n# Next\n\nx"),
    "unclosed python, then a section": (
        "```python\nx = 1\n\n# comment\n\n## Next",
        "```python\nx = 1\n\n# comment\n```\n\n## Next",
    ),
    "unclosed, then another fence": (
        "```js\na\n\n## N\n\n```json\n{}\n```\n",
        "```js\na\n```\n\n## N\n\n```json\n{}\n```\n",
    ),
    "a fence that opens on the last line": ("text\n\n```py", "text\n"),
    "control characters": ("a\x00b\x1b[31mred\x1b[0m\u202ex\ud800\x07", "abredx"),
    "line ends": ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
}


@pytest.mark.parametrize("text", UNCHANGED.values(), ids=UNCHANGED.keys())
def test_sound_text_stays_byte_for_byte(text: str) -> None:
    """Nothing is repaired that is not broken."""
    assert text == repair(text).text
    assert repair(text).notes == ()


@pytest.mark.parametrize(("text", "expected"), REPAIRED.values(), ids=REPAIRED.keys())
def test_broken_text_is_repaired(text: str, expected: str) -> None:
    """Each known fault has one outcome."""
    assert expected == repair(text).text


@pytest.mark.parametrize("text", [text for text, _ in REPAIRED.values()], ids=REPAIRED.keys())
def test_repairing_twice_changes_nothing(text: str) -> None:
    """Repair is idempotent."""
    once = repair(text).text
    assert once == repair(once).text


@pytest.mark.parametrize(
    "name", ["markdown fence", "control characters", "unclosed, then a heading"]
)
def test_a_repair_is_noted(name: str) -> None:
    """A reader of the record can see that the text was changed."""
    assert len(repair(REPAIRED[name][0]).notes) == 1
