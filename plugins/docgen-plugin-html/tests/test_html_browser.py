"""The page in a real browser, at the width of a telephone and of a desk, light and dark.

`make look` runs these tests, and leaves pictures of the page in output/look.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.hostile_documents import hostile_document

from docgen_core.api import Document, RunReport, Section, SectionFacts, Usage
from docgen_core.report import render_report, summarise
from docgen_core.store.record import RunRecord, SectionRecord
from docgen_core.store.requests import RequestRecord
from docgen_plugin_html import exporter

pytestmark = pytest.mark.look

LOOK = Path(__file__).parents[3] / "output" / "look"
SHOWCASE = Path(__file__).with_name("showcase.md")
AXE = LOOK / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = {"phone": (375, 812), "desk": (1440, 900)}
TITLES = {"problem": "Problem statement", "cases": "Use cases", "plan": "Implementation plan"}


def showcase() -> Document:
    """A document with everything that a page can hold."""
    return Document(
        title="Booking app for climbing gyms",
        sections=tuple(Section(id=key, title=title, markdown="") for key, title in TITLES.items()),
        markdown=SHOWCASE.read_text(encoding="utf-8"),
        date="2026-11-23",
        facts=(
            SectionFacts(
                section="problem",
                plugin="docgen-plugin-problem-statement 0.1.0",
                model="a-model-7b",
                template="problem_statement/section.md.j2",
                seconds=12.3,
                usage=Usage(prompt_tokens=1520, completion_tokens=713),
            ),
        ),
        report=run_report(),
    )


def run_report() -> RunReport:
    """A report as a run gives it to exporters."""
    sections = tuple(
        SectionRecord(id=key, title=title, status="done", model="a-model-7b")
        for key, title in TITLES.items()
    )
    requests = tuple(
        RequestRecord(
            deliverable=key,
            started=10.0 * place,
            first_token=10.0 * place + 2,
            ended=10.0 * place + 9,
            outcome="failed" if place == 1 else "answered",
        )
        for place, key in enumerate(TITLES)
    )
    record = RunRecord(
        docgen="0.1.0",
        status="done",
        brief_sha256="",
        brief_title="Booking app",
        language="en",
        server={},
        sections=sections,
        files={},
        started="2026-11-23T00:00:00+00:00",
        seconds=30.0,
        requests=requests,
    )
    return render_report(summarise(record))


class Browser:
    """A headless Chromium."""

    def __init__(self) -> None:
        from selenium.webdriver import Chrome, ChromeOptions, ChromeService

        options = ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--no-sandbox", "--hide-scrollbars"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = ChromeService("/usr/bin/chromedriver")
        self.driver: Any = Chrome(options=options, service=service)

    def show(self, page: Path, screen: str, scheme: str = "light") -> None:
        """Open a page at a width and in a colour scheme."""
        width, height = SCREENS[screen]
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=screen == "phone",
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.command("Emulation.setEmulatedMedia", features=[feature])
        self.driver.get(page.as_uri())

    def command(self, name: str, **arguments: Any) -> Any:
        return self.driver.execute_cdp_cmd(name, arguments)

    def ask(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def said(self) -> list[str]:
        """What the page wrote to the console, refusals of its policy included."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Every address that was asked for."""
        import json

        events = (json.loads(entry["message"]) for entry in self.driver.get_log("performance"))
        sent = (event["message"] for event in events)
        return [
            event["params"]["request"]["url"]
            for event in sent
            if event["method"] == "Network.requestWillBeSent"
        ]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.driver.quit()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("page") / "document.html"
    exporter.export(showcase(), target)
    return target


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_serious(browser: Browser, page: Path, screen: str, scheme: str) -> None:
    """With everything unfolded; a picture of it stays."""
    browser.show(page, screen, scheme)
    keep_picture(browser, f"html-{screen}-{scheme}")
    browser.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert serious_faults(browser) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_serious_in_the_report(
    browser: Browser, page: Path, screen: str, scheme: str
) -> None:
    """The second tab is held to the same."""
    browser.show(page, screen, scheme)
    browser.ask("document.getElementById('page.report').click()")
    keep_picture(browser, f"html-report-{screen}-{scheme}")
    assert serious_faults(browser) == []
    assert browser.ask("return document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_tabs_show_one_view_at_a_time(browser: Browser, page: Path) -> None:
    """The document first; a link into it brings it back."""
    browser.show(page, "desk")
    shown = (
        "return ['page.pane', 'page.run']"
        ".map((id) => document.getElementById(id).checkVisibility())"
    )
    assert browser.ask(shown) == [True, False]
    browser.ask("document.getElementById('page.report').click()")
    assert browser.ask(shown) == [False, True]
    browser.driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "addEventListener('hashchange', () => setTimeout(done, 0));"
        "location.hash = document.querySelector('main h2').id;"
    )
    assert browser.ask(shown) == [True, False]


def keep_picture(browser: Browser, name: str) -> None:
    """Leave a picture of the whole page for people to look at."""
    picture = browser.command("Page.captureScreenshot", captureBeyondViewport=True)
    LOOK.mkdir(parents=True, exist_ok=True)
    (LOOK / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))


def serious_faults(browser: Browser) -> list[Any]:
    """What axe-core finds, of serious or critical impact."""
    browser.ask(AXE.read_text(encoding="utf-8"))
    found = browser.driver.execute_async_script(
        "const done = arguments[arguments.length - 1]; axe.run().then(done);"
    )
    assert len(found["passes"]) > 20
    return [item for item in found["violations"] if item["impact"] in {"serious", "critical"}]


@pytest.mark.parametrize("screen", SCREENS)
def test_the_page_itself_never_scrolls_sideways(browser: Browser, page: Path, screen: str) -> None:
    """Wide tables and code scroll in boxes of their own, which the keyboard reaches."""
    browser.show(page, screen)
    assert browser.ask("return document.documentElement.scrollWidth - innerWidth") <= 0
    boxes = browser.ask(
        "return [...document.querySelectorAll('.wide, pre')]"
        ".filter((box) => box.checkVisibility())"
        ".map((box) => [box.scrollWidth > box.clientWidth, box.tabIndex === 0])"
    )
    assert any(scrolls for scrolls, _ in boxes)
    assert all(scrolls == reached for scrolls, reached in boxes)


def test_the_page_is_quiet_and_asks_for_nothing(browser: Browser, page: Path) -> None:
    """No refusal of the policy, no error, no address but its own."""
    browser.said()
    browser.requests()
    browser.show(page, "desk")
    assert browser.said() == []
    asked = [address for address in browser.requests() if not address.startswith("data:")]
    assert set(asked) == {page.as_uri()}


def test_the_contents_follows_the_reader(browser: Browser, page: Path) -> None:
    """The entry of the heading above the text that is read is marked."""
    browser.show(page, "desk")
    browser.ask(
        "document.documentElement.style.scrollBehavior = 'auto';"
        "document.getElementById('implementation-plan').scrollIntoView()"
    )
    current = browser.driver.execute_async_script(
        "const done = arguments[0];"
        "const look = () => { const at = document.querySelector('[aria-current]');"
        "if (at && at.textContent === 'Implementation plan') done(at.textContent);"
        "else requestAnimationFrame(look); }; look();"
    )
    assert current == "Implementation plan"


def test_the_contents_folds_on_a_telephone(browser: Browser, page: Path) -> None:
    """And stands open on a desk."""
    script = "return document.getElementById('page.toc').open"
    browser.show(page, "phone")
    assert browser.ask(script) is False
    browser.show(page, "desk")
    assert browser.ask(script) is True


def test_the_button_changes_light_and_dark(browser: Browser, page: Path) -> None:
    """The other way round each time."""
    browser.show(page, "desk", "light")
    colour = "return getComputedStyle(document.body).backgroundColor"
    before = browser.ask(colour)
    browser.driver.find_element("id", "page.theme").click()
    after = browser.ask(colour)
    assert before != after
    browser.driver.find_element("id", "page.theme").click()
    assert browser.ask(colour) == before
    browser.ask("localStorage.clear()")


@pytest.mark.parametrize("name", ["answer", "zip slip", "notes"])
def test_a_hostile_document_does_nothing(browser: Browser, tmp_path: Path, name: str) -> None:
    """No request, no dialogue, no script of its own."""
    target = tmp_path / "hostile.html"
    exporter.export(hostile_document(name), target)
    browser.said()
    browser.requests()
    browser.show(target, "desk")
    assert browser.said() == []
    assert set(browser.requests()) == {target.as_uri()}


def test_ten_thousand_headings_are_ready_soon(browser: Browser, tmp_path: Path) -> None:
    """The browser answers; the entry being read is found among them."""
    target = tmp_path / "many.html"
    exporter.export(hostile_document("many headings"), target)
    browser.show(target, "desk")
    assert browser.ask("return document.querySelectorAll('nav a').length") == 10_001
