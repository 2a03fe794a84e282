"""The documents that an exporter is tried on: one with every kind of node, one that means harm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from docgen_core.api import Document, Section, SectionFacts

__all__ = ["documents"]

_EVERYTHING: Final = """\
# A *booking* app

Brief.md · 2026-01-02

## Contents

- [Goals](#goals)
- [Plan](#plan)

## Goals

Be *quick*, **sure**, ~~late~~, <u>seen</u>, <mark>marked</mark>, <small>small</small>,
H<sub>2</sub>O, x<sup>2</sup> and <kbd>Ctrl</kbd>, says [G1](#g1), `code` too.[^a] Again.[^a]\\
[A page](https://example.org/?a=1&b=2), <mailto:a@example.org>.

| Goal | Number | Sign |
|:--|--:|:-:|
| <a id="g1"></a>G1 | 3 € | ✓ |
| | | |

- one
  1. nested

     > quoted
- [x] done
- [ ] open

7. seven
8. eight

## Plan

### First step

```python
def f(x: int) -> str:  # why
    return "x"
```

```mermaid
flowchart LR
  A[One] --> B[Two]
```

---

Back to [Goals](#goals).

[^a]: Said in March, see [Plan](#plan).

    ```
    code in a note
    ```
"""

_HARM: Final = """\
# ../../outside <script>alert(1)</script> {{ 7 * 7 }} ${x} & "quoted" 'single'

## <img src=x onerror=alert(1)> ]]> --> */ \\input{/etc/passwd}

![picture](http://collector.invalid/a.png) [script](javascript:alert(1)) [file](file:///etc/passwd)
[web](https://collector.invalid/%22%3E%3Cscript%3E?a=%00) <https://collector.invalid:99999/>

#read("/etc/passwd") #import "@preview/x:1.0.0" {% include "/etc/passwd" %} =cmd|' /C calc'!A0

שלום عربى 漢字かな 한글 👩‍👩‍👧 e\u0301 \u200b\u2066\u202e\ufeff \ufffe\U0010ffff \x85

```mermaid
flowchart LR
  A[<script>x</script>] --> B["#quot;x"]
  click A "javascript:alert(1)"
```

```no-such-language
]]></code></pre><script>alert(1)</script>
```

| |
|-|
| <br>a\\|b<br>{long} |

{deep}

##

###### Six

[^]: x

## ../../outside <script>alert(1)</script> {{ 7 * 7 }} ${x} & "quoted" 'single'
"""


def documents() -> Mapping[str, Document]:
    """Give the documents by what they are."""
    harm = _HARM.replace("{long}", "x" * 3_000).replace("{deep}", "> " * 30 + "- " * 30 + "deep")
    every = Document(
        title="A booking app",
        markdown=_EVERYTHING,
        language="en",
        date="2026-01-02",
        sections=_sections("Be quick."),
        facts=(SectionFacts(section="goals", model="a-model", seconds=1.5),),
    )
    hostile = attrs.evolve(
        every,
        title='../../outside <script>alert(1)</script> & "x"',
        markdown=harm,
        language="ar",
        date="",
        sections=_sections(harm),
        facts=(),
    )
    empty = Document(title="", markdown="")
    return {"full document": every, "hostile document": hostile, "document without text": empty}


def _sections(text: str) -> tuple[Section, ...]:
    data = {"goals": [{"id": "G1", "name": text[:200]}], "slides": [{"title": text[:500]}]}
    return (Section(id="goals", title="Goals", markdown=text, data=data),)
