"""Blocks as plain text: what is left when the typesetter refuses one."""

from __future__ import annotations

from collections.abc import Iterable

from docgen_core.api import nodes
from docgen_plugin_pdf.body import anchors_in, label, listing
from docgen_plugin_pdf.quoting import content

__all__ = ["block_text", "plain_block"]


def plain_block(block: nodes.Block) -> str:
    """Write a block without anything that could fail; what links lead to stays."""
    if isinstance(block, nodes.Heading):
        text = content(nodes.plain_text(block.children))
        level = max(1, block.level - 1)
        anchors = anchors_in(block.children)
        return f"{anchors}#heading(level: {level}, supplement: [{text}])[{text}]{label(block.id)}"
    return f"{anchors_in([block])}{listing(block_text(block))}"


def block_text(block: nodes.Block) -> str:
    """What a block says, in lines."""
    if isinstance(block, nodes.Heading | nodes.Paragraph):
        return nodes.plain_text(block.children)
    if isinstance(block, nodes.Code):
        return block.text
    if isinstance(block, nodes.Quote):
        return _lines(block.blocks)
    if isinstance(block, nodes.List):
        return "\n".join(f"- {_lines(item.blocks)}" for item in block.items)
    if isinstance(block, nodes.Table):
        rows = (block.head, *block.rows)
        return "\n".join(" | ".join(map(nodes.plain_text, row)) for row in rows)
    return "---"


def _lines(blocks: Iterable[nodes.Block]) -> str:
    return "\n".join(map(block_text, blocks))
