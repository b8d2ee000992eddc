"""The page in a real browser: what it shows, what it refuses, and who can use it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support.browser import Tab, browser_tab, chromium
from tests.support.looked_at import HOSTILE, SPOOFS, behind, ended, example, forwarded, partition, pump, served, titled

from copydesk.adapters.kafka.partition import State
from copydesk.app.recent import Recent
from copydesk.app.settings import Settings
from copydesk.app.wiring import Desk
from copydesk.core.records import OutcomeKind
from copydesk_schemas.reasons import Stage

ENTER, SPACE, TAB = ("Enter", 13), (" ", 32), ("Tab", 9)
LOADED = "document.querySelector('#health').dataset.condition !== 'unknown'"
CONTRASTS = """
(() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length && colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility() || node.closest(".skip, noscript, .new")) continue;
    const style = getComputedStyle(node);
    const [a, b] = [light(rgb(node.namespaceURI.endsWith("svg") ? style.fill : style.color)), light(ground(node))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) weak.push(`${node.tagName} «${node.textContent}»: ${contrast.toFixed(2)}`);
  }
  return weak;
})()
"""
"""Texts that contrast with their ground by less than the 4.5 to 1 of WCAG 2.2."""


@pytest.fixture(scope="module", autouse=True)
def _there_is_a_browser() -> None:
    chromium()


@asynccontextmanager
async def looked_at(folder: Path, **values: Any) -> AsyncIterator[tuple[Tab, Desk, str]]:
    """A browser that shows the page of a worker."""
    settings = Settings.load({}, app_id="browsed", state_dir=folder, **values)
    async with served(settings) as (desk, url), browser_tab(folder / "profile") as tab:
        desk.starting = None
        await tab.size(1280, 900)
        yield tab, desk, url


def kept(desk: Desk) -> Recent:
    assert desk.recent is not None
    return desk.recent


def some_of_each(desk: Desk) -> None:
    recent = kept(desk)
    for _ in range(3):
        recent.record(*forwarded())
    recent.record(*ended(OutcomeKind.ENRICHED))
    recent.record(*ended(OutcomeKind.DUPLICATE))
    recent.record(*ended(OutcomeKind.DEAD))


async def test_it_shows_what_happens_with_reasons(tmp_path: Path) -> None:
    async with looked_at(tmp_path) as (tab, desk, url):
        some_of_each(desk)
        await tab.open(url)
        await tab.until(LOADED)
        rows = await tab.value("[...document.querySelectorAll('#list li')].map((row) => row.innerText)")
        dead, copy, article = rows
        assert example(OutcomeKind.ENRICHED)["title"] in article
        assert "enriched · unique" in article
        assert "copy · near duplicate" in copy
        assert "Evidence: 19 of 19 sampled phrases shared" in copy
        assert example(OutcomeKind.DEAD)["hint"] in dead
        assert example(OutcomeKind.DEAD)["hint"] in await tab.value("document.querySelector('#letters').innerText")
        assert await tab.value("document.querySelectorAll('#reasons .bar').length") == 3
        # It goes on by itself, and keeps the rows that are there.
        await tab.value("void (document.querySelector('#list li').marked = true)")
        kept(desk).record(*titled(OutcomeKind.ENRICHED, "And now this"))
        await tab.until("document.querySelector('#list li .title bdi').textContent === 'And now this'")
        assert await tab.value("document.querySelectorAll('#list li')[1].marked")
        # A second later it is part of the history.
        await tab.until("document.querySelector('#graph .bar-enriched') && document.querySelector('#graph .bar-dead')")
        assert "4 received" in await tab.value("document.querySelector('#graph svg').getAttribute('aria-label')")
        assert tab.complaints == []


async def test_hostile_articles_stay_text(tmp_path: Path) -> None:
    async with looked_at(tmp_path) as (tab, desk, url):
        for title in (*HOSTILE, *SPOOFS):
            for kind in (OutcomeKind.ENRICHED, OutcomeKind.DUPLICATE, OutcomeKind.DEAD):
                kept(desk).record(*titled(kind, title, f"javascript:window.attacked=1//{title}"))
            kept(desk).record(*titled(OutcomeKind.ENRICHED, title, f"https://a.example/{title}"))
        await tab.open(url)
        await tab.until("document.querySelectorAll('#list li').length > 0")
        await asyncio.sleep(1.5)  # a look later, so that everything was drawn twice
        assert await tab.value("window.attacked === undefined")
        assert (
            await tab.value("document.querySelectorAll('#list script, #list img, #list svg, #list h1, #list b').length")
            == 0
        )
        assert await tab.value("document.querySelectorAll('h1, title').length") == 2
        titles = await tab.value("[...document.querySelectorAll('#list .title bdi')].map((node) => node.textContent)")
        assert set(HOSTILE) <= set(titles)
        links = await tab.value("[...document.querySelectorAll('#list a')].map((node) => [node.protocol, node.rel])")
        assert links
        assert {tuple(link) for link in links} == {("https:", "noreferrer noopener nofollow")}
        assert not await tab.value("/[\\u202a-\\u202e\\u2066-\\u2069\\u001b]/.test(document.body.innerText)")
        assert tab.complaints == []


async def test_the_policy_refuses_what_a_mistake_would_let_in(tmp_path: Path) -> None:
    """Were a text ever taken for markup, the browser would refuse to run it."""
    async with looked_at(tmp_path) as (tab, _, url):
        await tab.open(url)
        await tab.until(LOADED)
        for attempt in (
            "document.body.innerHTML = '<img src=x onerror=attacked=1>'",
            "document.body.setAttribute('onclick', 'window.attacked = 1')",
            "document.createElement('script').src = 'http://127.0.0.1:1/x.js'",
        ):
            thrown = f"(() => {{ try {{ {attempt}; return 'done'; }} catch (error) {{ return error.name; }} }})()"
            assert await tab.value(thrown) == "TypeError", attempt
        reached = "fetch('http://127.0.0.1:1/').then(() => 'reached', (error) => error.name)"
        assert await tab.value(reached) == "TypeError"
        assert await tab.value("window.attacked === undefined")
        assert any("connect-src" in complaint for complaint in tab.complaints)


async def test_nothing_is_fetched_from_elsewhere(tmp_path: Path) -> None:
    async with looked_at(tmp_path) as (tab, desk, url):
        some_of_each(desk)
        await tab.open(url)
        await tab.until(LOADED)
        assert {address.removeprefix(url) for address in tab.fetched} == {
            "", "page.css", "page.js", "icon.svg", "api/now",
        }  # fmt: skip


async def test_before_the_first_article_it_says_so(tmp_path: Path) -> None:
    async with looked_at(tmp_path) as (tab, _, url):
        await tab.open(url)
        await tab.until(LOADED)
        assert "No article has ended yet" in await tab.value("document.querySelector('#none').innerText")
        text = await tab.value("document.body.innerText")
        assert "NaN" not in text
        assert "undefined" not in text
        assert "null" not in text
        assert tab.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_is_readable_at_each_width_in_light_and_dark(tmp_path: Path, scheme: str) -> None:
    async with looked_at(tmp_path) as (tab, desk, url):
        some_of_each(desk)
        kept(desk).record(*titled(OutcomeKind.ENRICHED, "Word" * 60, "https://a.example/" + "x" * 300))
        desk.pumps = {
            Stage.PARSE: pump(Stage.PARSE, partition(0), partition(1, State.WAITING, trouble="refused: " + "x" * 200)),
            Stage.DEDUPE: pump(Stage.DEDUPE, partition(0, State.RESTORING, restored=(120_000_000, 900_000_000))),
            Stage.ENRICH: pump(Stage.ENRICH, partition(0, next_offset=10**10, behind=behind(10**10, 1e6))),
        }
        await tab.scheme(scheme)
        await tab.open(url)
        await tab.until("document.querySelectorAll('#list li').length === 4")
        grounds = {"light": "rgb(246, 247, 248)", "dark": "rgb(18, 22, 26)"}
        assert await tab.value("getComputedStyle(document.body).backgroundColor") == grounds[scheme]
        for width in (1280, 768, 400, 320):
            await tab.size(width, 900)
            assert await tab.value("document.documentElement.scrollWidth <= window.innerWidth"), width
            beyond = (
                "[...document.querySelectorAll('section')].filter((s) => s.getBoundingClientRect().right > innerWidth)"
            )
            assert await tab.value(f"{beyond}.map((part) => part.innerText)") == [], width
            assert await tab.value(CONTRASTS) == [], width


async def test_it_can_be_used_with_the_keyboard_and_read_out(tmp_path: Path) -> None:
    async with looked_at(tmp_path) as (tab, desk, url):
        some_of_each(desk)
        await tab.open(url)
        await tab.until("document.querySelectorAll('#list li').length === 3")
        await tab.press(*TAB)
        assert await tab.value("document.activeElement.className") == "skip"
        await tab.press(*TAB)
        assert await tab.value("document.activeElement.id") == "pause"
        assert await tab.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        await tab.press(*SPACE)
        assert await tab.value("document.activeElement.getAttribute('aria-pressed')") == "true"
        kept(desk).record(*titled(OutcomeKind.ENRICHED, "While it was paused"))
        await asyncio.sleep(1.5)
        assert await tab.value("document.querySelectorAll('#list li').length") == 3
        await tab.press(*SPACE)
        await tab.until("document.querySelectorAll('#list li').length === 4")
        for _ in range(4):
            await tab.press(*TAB)
        assert await tab.value("document.activeElement.dataset.show") == "dead"
        await tab.press(*SPACE)
        shown = "[...document.querySelectorAll('#list li')].filter((row) => row.checkVisibility()).length"
        assert await tab.value(shown) == 1
        tree = (await tab.call("Accessibility.getFullAXTree"))["nodes"]
        named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if not node["ignored"]]
        assert [
            name for role, name in named if role in ("button", "link", "image", "group", "region") and not name
        ] == []
        assert {name for role, name in named if role == "heading"} >= {"Last articles", "Stages and partitions"}
        assert any(role == "status" for role, _ in named)
        assert any(role == "image" and name.startswith("In the last five minutes") for role, name in named)


async def test_a_worker_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    settings = Settings.load({}, state_dir=tmp_path)
    async with browser_tab(tmp_path / "profile") as tab:
        async with served(settings) as (_, url):
            await tab.open(url)
            await tab.until(LOADED)
        await tab.until("document.querySelector('h1').textContent.startsWith('The worker does not answer since ')")
        assert await tab.value("document.querySelector('#health').dataset.condition") == "unhealthy"
        assert await tab.value("document.body.className") == "stale"


async def test_after_a_restart_it_shows_the_new_worker_alone_and_says_so(tmp_path: Path) -> None:
    async with looked_at(tmp_path) as (tab, desk, url):
        for number in range(3):
            kept(desk).record(*titled(OutcomeKind.ENRICHED, f"Old {number}"))
        await tab.open(url)
        await tab.until("document.querySelectorAll('#list li').length === 3")
        assert await tab.value("document.querySelector('#another').innerText") == ""
        # While nobody asks, the next worker has more articles already than the page has seen of the last one.
        desk.started_at, desk.recent = desk.started_at + timedelta(minutes=2), Recent(50)
        for number in range(4):
            kept(desk).record(*titled(OutcomeKind.ENRICHED, f"New {number}"))
        await tab.until("document.querySelector('#another').innerText.includes('another worker answers')")
        titles = await tab.value("[...document.querySelectorAll('#list .title bdi')].map((node) => node.textContent)")
        assert titles == ["New 3", "New 2", "New 1", "New 0"]
        assert await tab.value("document.querySelector('#figures [data-kind=enriched] .more').textContent") == "4 items"
        await tab.value("void (document.querySelector('#list li').marked = true)")
        kept(desk).record(*titled(OutcomeKind.ENRICHED, "And now this"))
        await tab.until("document.querySelectorAll('#list li').length === 5")
        assert await tab.value("document.querySelectorAll('#list li')[1].marked"), "rows of the same worker stay"
        assert tab.complaints == []


async def test_without_articles_it_shows_figures_and_no_headline(tmp_path: Path) -> None:
    async with looked_at(tmp_path, web_page_articles=0) as (tab, desk, url):
        some_of_each(desk)
        await tab.open(url)
        await tab.until(LOADED)
        text = await tab.value("document.body.innerText")
        assert "The settings keep no articles for this page." in text
        assert json.dumps(example(OutcomeKind.ENRICHED)["title"]).strip('"') not in text
        assert "near duplicate" in text
