from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import chromium
import pytest
from axe_playwright_python.sync_playwright import Axe
from listeners import server
from page_reports import EVIL, large, troubled, written
from playwright.sync_api import Browser, BrowserContext, Page, expect
from runs import exchange, failed, record, report

from conformance.cli.compare import show_comparison
from conformance.reporting import write_all
from conformance.reporting.view import View

LARGE = 5000


# While it is open, an event loop runs in this thread, so that no test of another module could run one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium.started() as found:
            yield found
    except chromium.NoChromiumError as error:
        pytest.fail(str(error))


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(troubled(), tmp_path_factory.mktemp("page") / "report.html")


def test_without_a_browser_one_sentence_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(chromium.NoChromiumError, match=r"`apt-get install chromium` on Debian"):
        chromium.executable()


class HistoryBuilder(list[str]):
    """What the browser complains of, and what it asks for beside the page."""

    def listen(self, page: Page) -> None:
        page.on("console", lambda message: self.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on(
            "request",
            lambda request: self.append(request.url) if request.url[:7] not in ("file://", "data:,") else None,
        )
        page.on("dialog", lambda dialog: self.append(dialog.message))


@pytest.fixture
def story() -> HistoryBuilder:
    return HistoryBuilder()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, url: str, story: HistoryBuilder) -> Iterator[Page]:
    opened = context.new_page()
    story.listen(opened)
    opened.goto(url)
    yield opened
    assert story == []


def shown(page: Page) -> list[str]:
    return [each.get_attribute("id") or "" for each in page.locator("details.requirement:visible").all()]


def open_all(page: Page) -> None:
    """Open everything, also what is compressed inside the page."""
    page.evaluate("""async () => {
        for (let closed; (closed = document.querySelectorAll("details:not([open])")).length;) {
            for (const each of closed) each.open = true;
            for (let tries = 0; document.querySelector("[data-part], [data-part]:empty") && tries < 200; tries += 1)
                await new Promise((done) => setTimeout(done, 10));
        }
    }""")
    expect(page.locator("[data-part]")).to_have_count(0)


def test_nothing_of_the_target_runs_and_nothing_is_loaded(page: Page) -> None:
    open_all(page)
    assert page.evaluate("window.ran") is None
    assert page.locator("script:not([type]), img, iframe, link:not([rel=icon]), object").count() == 1, "our own script"
    finding = page.locator("details[id='APR-1.1'] > summary")
    expect(finding).to_contain_text(r"Hook <script>window.ran=1</script><img src=x onerror=window.ran=2>")
    expect(finding).to_contain_text(r"{{7*7}} \x1b[31m \u202e\x00")
    assert "::error" not in page.content()


def test_the_policy_holds_where_a_text_is_markup_after_all(context: BrowserContext, tmp_path: Path) -> None:
    """As if an escape had been forgotten."""
    asked: list[bytes] = []
    with server(lambda _, head: asked.append(head)) as elsewhere:
        markup = (
            f"<script>window.ran = 1</script><script src='{elsewhere}/a.js'></script><img src='{elsewhere}/b' onerror='window.ran = 2'>"
            f"<link rel='stylesheet' href='{elsewhere}/c.css'><iframe src='{elsewhere}/d'></iframe><p id='last'></p>"
        )
        file = tmp_path / "report.html"
        written(troubled(), file)
        head, end, body = file.read_text("utf-8").partition("<body>")
        file.write_text(head + end + markup + body, "utf-8")
        opened = context.new_page()
        opened.goto(file.as_uri())
        expect(opened.locator("#last")).to_have_count(1)
        assert opened.evaluate("window.ran") is None
    assert asked == []


def test_the_verdict_filter_leaves_the_chosen_verdicts(page: Page) -> None:
    for verdict in ("inconclusive", "not exercised", "passed"):
        page.get_by_role("checkbox", name=verdict).uncheck()
    assert shown(page) == ["CRE-5", "APR-1", "IDM-3", "ERR-2"]
    expect(page.locator("output")).to_have_text("4 of 104 requirements")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("output")).to_have_text("104 of 104 requirements")


def test_level_operation_and_search_narrow_together(page: Page) -> None:
    page.get_by_role("checkbox", name="MUST").uncheck()
    page.get_by_role("checkbox", name="ADVICE").uncheck()
    page.get_by_role("combobox").select_option("approveContent")
    found = shown(page)
    assert "APR-8" in found
    assert "APR-1" not in found
    page.get_by_role("combobox").select_option("rejectContent")
    page.get_by_label("Search").fill("CONFLICT changes")
    assert shown(page) == ["APR-9"]
    page.get_by_label("Search").fill("nothing says this")
    expect(page.get_by_text("No requirement matches.")).to_be_visible()


def test_search_finds_the_sentence_of_a_finding(page: Page) -> None:
    page.get_by_label("Search").fill("normal form")
    assert shown(page) == ["CRE-5"]


@pytest.mark.parametrize(("anchor", "opened"), [("IDM-3", "IDM-3.1"), ("APR-1.2", "APR-1.2")])
def test_a_deep_link_opens_its_place(context: BrowserContext, url: str, anchor: str, opened: str) -> None:
    page = context.new_page()
    page.goto(f"{url}#{anchor}")
    place = page.locator(f"details[id='{opened}']")
    expect(place.locator("svg.picture")).to_be_visible()
    expect(page.locator(f"details[id='{anchor}'] > summary")).to_be_focused()
    expect(page.locator(f"details[id='{anchor}'] > summary")).to_be_in_viewport()


def test_a_link_reaches_what_the_filters_hide(page: Page) -> None:
    page.get_by_label("Search").fill("JOB-1")
    page.get_by_role("link", name="ERR-2").first.click()
    expect(page.locator("details[id='ERR-2'] > summary")).to_be_focused()
    expect(page.locator("output")).to_have_text("104 of 104 requirements")


def test_the_difference_is_told_by_code_point_and_marked(page: Page) -> None:
    page.goto(f"{page.url}#CRE-5")
    finding = page.locator("details[id='CRE-5.1']")
    expect(finding.locator(".points")).to_contain_text("U+00E9 LATIN SMALL LETTER E WITH ACUTE")
    expect(finding.locator(".points")).to_contain_text("U+0301 COMBINING ACUTE ACCENT")
    expect(finding.locator("pre mark")).to_contain_text('"hook": "Cafe')
    expect(finding.locator("svg.picture .lane-title")).to_have_text(["caller", "API", "container", "approval", "job"])
    expect(finding.locator("svg.picture .decides")).to_have_count(1)
    first = finding.locator("details.exchange").first
    first.locator("summary").click()
    expect(first.locator("pre").first).to_contain_text("POST http://target.test/v1/projects/prj_1/content")


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_a_command_is_copied(context: BrowserContext, url: str, has_clipboard: bool) -> None:  # noqa: FBT001 - a parameter
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    if not has_clipboard:
        page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('denied'));")
    page.goto(f"{url}#CRE-5")
    button = page.locator("details[id='CRE-5.1']").get_by_role("button", name="Copy: Run CRE-5 again")
    button.click()
    expect(page.locator("#said")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "conformance run --profile gate --only CRE-5 --seed 0"
    expect(button).to_be_focused()


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the requirements")).to_be_focused()
    page.keyboard.press("Enter")
    # The page moves the focus when the address has changed, a moment after the key.
    expect(page.locator("#requirements")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("checkbox", name="failed")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name="passed")).not_to_be_checked()
    page.get_by_label("Search").focus()
    page.keyboard.type("IDM-3")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.locator("details[id='IDM-3'] > summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("details[id='IDM-3.1'] svg.picture")).to_be_visible()
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('summary, button, .scroll, pre')?.className"))
    assert {"", "copy", "scroll"} <= reached, "summaries, buttons and what scrolls"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browser: Browser, url: str, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]  # a literal
    page = context.new_page()
    page.goto(url)
    open_all(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_comparison_is_a_page_that_loads_nothing(
    browser: Browser, story: HistoryBuilder, tmp_path: Path, width: int, scheme: str
) -> None:
    for name, said in (("one <b>", "The hook changed."), ("two", EVIL.replace("\ud800", ""))):
        made = report(failed("CRE-5", said), run=record(promised={"CRE-5": ["d"]}))
        write_all(View(made, [exchange(1)]), tmp_path / name)
    file = tmp_path / "changes.html"
    show_comparison([tmp_path / "one <b>", tmp_path / "two"], html_file=file)
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]  # a literal
    page = context.new_page()
    story.listen(page)
    page.goto(file.as_uri())
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("b").count() == 0, "a folder's name is no markup"
    assert story == []
    page.get_by_role("link", name="CRE-5").click()
    expect(page).to_have_url(re.compile(r"report\.html#CRE-5$"))
    context.close()


def test_failures_are_open_on_paper(page: Page) -> None:
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator("details[id='CRE-5.1'] svg.picture")).to_be_visible()
    expect(page.locator("form.filters")).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("details[id='CRE-5.1']")).to_be_hidden()


def test_thousands_of_findings_open_at_once(
    context: BrowserContext, story: HistoryBuilder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = written(large(LARGE), tmp_path_factory.mktemp("large") / "report.html")
    page = context.new_page()
    story.listen(page)
    page.goto(f"{url}#APR-5.40")
    page.locator("details[id='APR-5.40'] svg.picture").wait_for()
    assert page.locator("svg.picture").count() < 100, "pictures are drawn once they are opened"
    page.get_by_label("Search").fill("cnt_4711 ")
    expect(page.locator("output")).to_have_text("1 of 104 requirements")
    assert story == []


def test_the_page_is_whole_without_scripts(browser: Browser, url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    page.locator("details[id='CRE-5'] > summary").click()
    expect(page.locator("details[id='CRE-5.1'] svg.picture")).to_be_visible()
    context.close()
