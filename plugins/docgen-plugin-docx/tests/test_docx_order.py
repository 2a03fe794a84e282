"""Word refuses a file whose properties stand out of order; LibreOffice would not tell."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from support.hostile_documents import UNMERGED, hostile_document
from support.office_schema import schema_errors

from docgen_core.api import Document
from docgen_plugin_docx import DocxSettings, exporter
from docgen_plugin_docx.xml import name_of, properties

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SHOWCASE = Path(__file__).parents[2] / "docgen-plugin-html" / "tests" / "showcase.md"
#: From ECMA-376, Part 1, wml.xsd: CT_PPrBase and CT_PPr, EG_RPrBase, CT_TblPrBase, CT_TcPrBase,
#: CT_SectPr, CT_Lvl, CT_AbstractNum, CT_Style and CT_Tbl.
ORDER = {
    "pPr": """pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr
        suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct
        topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind
        contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment
        textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange""",
    "rPr": """rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint
        noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u
        effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath""",
    "tblPr": """tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW
        jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption
        tblDescription tblPrChange""",
    "tcPr": """cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection
        tcFitText vAlign hideMark headers cellIns cellDel cellMerge tcPrChange""",
    "sectPr": """footerReference footnotePr endnotePr type pgSz pgMar paperSrc
        pgBorders lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi
        rtlGutter docGrid printerSettings sectPrChange""",
    "lvl": """start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr
        rPr""",
    "abstractNum": "nsid multiLevelType tmpl name styleLink numStyleLink lvl",
    "numbering": "numPicBullet abstractNum num numIdMacAtCleanup",
    "num": "abstractNumId lvlOverride",
    "style": """name aliases basedOn next link autoRedefine hidden uiPriority semiHidden
        unhideWhenUsed qFormat locked personal personalCompose personalReply rsid pPr rPr tblPr
        trPr tcPr tblStylePr""",
    "styles": "docDefaults latentStyles style",
    "font": """altName panose1 charset family notTrueType pitch sig embedRegular embedBold
        embedItalic embedBoldItalic""",
    "docDefaults": "rPrDefault pPrDefault",
    "tblStylePr": "pPr rPr tblPr trPr tcPr",
    "tblBorders": "top left start bottom right end insideH insideV",
    "tblCellMar": "top left start bottom right end",
    "pBdr": "top left bottom right between bar",
    "tbl": "tblPr tblGrid tr",
    "tr": "tblPrEx trPr tc",
    "tc": "tcPr p tbl",
    "sdt": "sdtPr sdtEndPr sdtContent",
    "settings": """writeProtection view zoom removePersonalInformation embedTrueTypeFonts
        mirrorMargins defaultTabStop evenAndOddHeaders characterSpacingControl footnotePr
        endnotePr compat docVars rsids themeFontLang clrSchemeMapping decimalSymbol
        listSeparator""",
}
#: Elements of which the order is one of the published list, and a paragraph must be the last.
REPEATED = {"tc"}


def roots(path: Path) -> list[Any]:
    """The root of each part that is Word's."""
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if name.startswith("word/")]
        return [
            etree.fromstring(package.read(name))
            for name in names
            if name.endswith(".xml") and "rels" not in name
        ]


def out_of_order(root: Any) -> list[str]:
    """Every place where a child stands before one that has to precede it."""
    found: list[str] = []
    for element in root.iter():
        local = etree.QName(element).localname
        if element.tag != f"{W}{local}" or local not in ORDER:
            continue
        # Header and footer references stand in any order among themselves.
        order = ORDER[local].split()
        names = [
            etree.QName(child).localname.replace("headerReference", "footerReference")
            for child in element
        ]
        ranks = [order.index(name) if name in order else -1 for name in names]
        known = -1 not in ranks
        if not known or (local not in REPEATED and ranks != sorted(ranks)):
            found.append(f"{local}: {names}")
    return found


@pytest.mark.parametrize("source", ["showcase", "right to left", "notes", "answer", "nested"])
@pytest.mark.parametrize("page", ["a4", "letter"])
def test_children_stand_in_the_order_of_the_published_schema(
    tmp_path: Path, source: str, page: Any
) -> None:
    """In every part: text, styles, numbering, footnotes, settings, header and footer."""
    made = (
        Document(title="T", markdown=SHOWCASE.read_text(encoding="utf-8"))
        if source == "showcase"
        else hostile_document(source)
    )
    exporter.export(made, tmp_path / "d.docx", DocxSettings(page=page))
    found = roots(tmp_path / "d.docx")
    assert len(found) >= 6
    assert [problem for root in found for problem in out_of_order(root)] == []


def test_the_check_of_the_order_finds_what_is_wrong() -> None:
    """It would tell."""
    text = f'<w:pPr xmlns:w="{W[1:-1]}"><w:jc/><w:bidi/></w:pPr>'
    assert out_of_order(etree.fromstring(text)) == ["pPr: ['jc', 'bidi']"]


def test_properties_are_sorted_whatever_order_they_are_given_in() -> None:
    """And repeat nothing that was not given."""
    from docgen_plugin_docx.xml import flag, setting

    (made,) = properties("w:rPr", [flag("w:rtl"), setting("w:sz", "18"), flag("w:b")])
    assert [child.tag for child in made] == [name_of(f"w:{name}") for name in ("b", "sz", "rtl")]
    assert properties("w:rPr", []) == []


def test_of_two_properties_of_one_kind_the_inner_one_holds(tmp_path: Path) -> None:
    """Text cannot be above and below the line at once."""
    text = "# T\n\nx<sub>a<sup>b</sup></sub> <sup>c<sub>d</sub></sup>\n"
    exporter.export(Document(title="T", markdown=text), tmp_path / "d.docx")
    (body,) = [root for root in roots(tmp_path / "d.docx") if root.tag == f"{W}document"]
    set_ = {
        run.findtext(f"{W}t"): [look.get(f"{W}val") for look in run.iter(f"{W}vertAlign")]
        for run in body.iter(f"{W}r")
    }
    assert set_["b"] == set_["c"] == ["superscript"]
    assert set_["a"] == set_["d"] == ["subscript"]


def test_every_cell_ends_with_a_paragraph_and_no_two_tables_touch(tmp_path: Path) -> None:
    """Word takes a cell without a paragraph for damage, and joins tables that touch."""
    table = "| a | b |\n|---|---|\n| 1 |  |\n"
    made = Document(title="T", markdown=f"# T\n\n## A\n\n{table}\n<!-- -->\n\n{table}")
    exporter.export(made, tmp_path / "d.docx")
    (body,) = [root for root in roots(tmp_path / "d.docx") if root.tag == f"{W}document"]
    assert len(list(body.iter(f"{W}tbl"))) == 2
    for cell in body.iter(f"{W}tc"):
        assert cell[-1].tag == f"{W}p"
    for one in body.iter(f"{W}tbl"):
        assert one.getnext().tag == f"{W}p"


def showcase() -> Document:
    """Every kind of node."""
    return Document(title="T", markdown=SHOWCASE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source", ["showcase", "unmerged", "right to left", "notes", "answer", "nested", "scripts"]
)
def test_the_whole_file_follows_the_published_schemas(tmp_path: Path, source: str) -> None:
    """Elements, attributes, values, parts and relationships, as Word expects them."""
    makers: dict[str, Callable[[], Document]] = {
        "showcase": showcase,
        "unmerged": lambda: Document(title="T", markdown=UNMERGED),
    }
    made = makers[source]() if source in makers else hostile_document(source)
    exporter.export(made, tmp_path / "d.docx")
    assert schema_errors(tmp_path / "d.docx") == []


def test_a_file_on_a_template_follows_them_too(tmp_path: Path) -> None:
    """That of the library, which is one that Word made."""
    import docx

    docx.Document().save(str(tmp_path / "team.docx"))
    settings = DocxSettings(template=tmp_path / "team.docx")
    exporter.export(showcase(), tmp_path / "d.docx", settings)
    assert schema_errors(tmp_path / "d.docx") == []


def test_the_check_of_the_schemas_finds_what_is_wrong(tmp_path: Path) -> None:
    """It would tell."""
    exporter.export(showcase(), tmp_path / "d.docx")
    with zipfile.ZipFile(tmp_path / "d.docx") as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace(
        b"<w:tblGrid>", b"<w:tblGrid/><w:tblPr/><w:tblGrid>", 1
    )
    with zipfile.ZipFile(tmp_path / "bad.docx", "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    assert schema_errors(tmp_path / "bad.docx") != []
