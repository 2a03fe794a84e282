"""docgen's own master: the library's, made as wide as screens are and set in quiet colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pptx.presentation import Presentation

__all__ = ["base_presentation"]

_A: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P: Final = "http://schemas.openxmlformats.org/presentationml/2006/main"
#: 16:9 in English Metric Units; the library's master is 9,144,000 wide.
_WIDTH: Final = 12_192_000
_SCALE: Final = _WIDTH / 9_144_000
_DARK: Final = "1F3864"
_LINE: Final = "2E74B5"
#: Left, top, width and height of placeholders, by their type; other layouts follow the master.
_TITLE: Final = (609_600, 365_125, 10_972_800, 990_600)
_BODY: Final = (609_600, 1_600_200, 10_972_800, 4_525_963)
_COVER_TITLE: Final = (914_400, 1_905_000, 10_363_200, 1_600_200)
_COVER_TEXT: Final = (914_400, 3_733_800, 10_363_200, 1_295_400)


def base_presentation() -> Presentation:
    """An empty presentation with docgen's master."""
    import pptx

    made = pptx.Presentation()
    made.slide_width = pptx.util.Emu(_WIDTH)
    master = made.slide_master
    for tree in (master, *made.slide_layouts):
        _widen(tree._element)  # noqa: SLF001 - the library has no call for a master's shapes
    _place(master, {1: _TITLE, 2: _BODY})
    _place(made.slide_layouts[0], {3: _COVER_TITLE, 4: _COVER_TEXT})
    _colour(master._element)  # noqa: SLF001 - the same
    _set_left(made.slide_layouts[0]._element)  # noqa: SLF001 - the same
    return made


def _widen(root: Any) -> None:  # noqa: ANN401 - elements of lxml have no types
    for name, attribute in (("off", "x"), ("ext", "cx")):
        for element in root.iter(f"{{{_A}}}{name}"):
            value = element.get(attribute)
            if value is not None:
                element.set(attribute, str(round(int(value) * _SCALE)))


def _place(tree: Any, boxes: dict[int, tuple[int, int, int, int]]) -> None:  # noqa: ANN401 - master or layout
    for shape in tree.placeholders:
        box = boxes.get(int(shape.placeholder_format.type))
        if box is not None:
            shape.left, shape.top, shape.width, shape.height = box


def _colour(root: Any) -> None:  # noqa: ANN401 - the same
    level = root.find(f".//{{{_P}}}titleStyle/{{{_A}}}lvl1pPr")
    level.set("algn", "l")
    look = level.find(f"{{{_A}}}defRPr")
    look.set("sz", "3200")
    look.set("b", "1")
    fill = look.find(f"{{{_A}}}solidFill")
    fill.clear()
    _sub(fill, "srgbClr", val=_DARK)
    tree = root.find(f".//{{{_P}}}spTree")
    tree.insert(2, _bar())


def _bar() -> Any:  # noqa: ANN401 - the same
    """A line of colour along the left edge."""
    from pptx.oxml import parse_xml

    text = (
        f'<p:sp xmlns:p="{_P}" xmlns:a="{_A}"><p:nvSpPr><p:cNvPr id="20" name="Edge"/>'
        '<p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/>'
        '<a:ext cx="137160" cy="6858000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:srgbClr val="{_LINE}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        '<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="en-US"/></a:p></p:txBody>'
        "</p:sp>"
    )
    return parse_xml(text)


def _set_left(root: Any) -> None:  # noqa: ANN401 - the same
    for level in root.iter(f"{{{_A}}}lvl1pPr"):
        if level.get("algn") == "ctr":
            level.set("algn", "l")


def _sub(parent: Any, name: str, **attributes: str) -> None:  # noqa: ANN401 - the same
    from lxml import etree

    etree.SubElement(parent, f"{{{_A}}}{name}", attributes)
