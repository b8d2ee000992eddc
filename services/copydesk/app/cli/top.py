"""`copydesk top`: what a worker is doing now, in a terminal."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from copydesk.app.cli.errors import CommandError, Exit
from copydesk.app.cli.options import load_settings
from copydesk.app.cli.output import console, is_terminal, write_line

if TYPE_CHECKING:
    from copydesk.app.now import Now

_ANSWER_WITHIN_S = 5.0
_LARGEST = 16 * 1024 * 1024
"""Bytes of an answer that are read; a worker's has some hundred thousand."""


@click.command(short_help="See what a running worker is doing.")
@click.argument("url", required=False)
@click.option("--once", is_flag=True, help="One look, then end.")
@click.option(
    "--every", type=click.FloatRange(0.2, 3600), default=1.0, show_default=True, help="Seconds between looks."
)
@click.option("--pretty/--json", "pretty", default=None, help="Tables or JSON lines; default: tables on a terminal.")
@click.pass_context
def top(context: click.Context, *, url: str | None, once: bool, every: float, pretty: bool | None) -> None:
    """Show what the worker at URL is doing, until Ctrl-C: healthy or not, rates, lag, partitions, last articles.

    URL is the address of a worker's page, as it logs it at its start; by default that of this machine with
    COPYDESK_WEB_PORT. A pipe gets a JSON line a look, the answer of the worker's /api/now.
    """
    target = api_address(url)
    pretty = is_terminal() if pretty is None else pretty
    first = ask(target)
    try:
        if not pretty:
            _write_on(target, first, once=once, every=every)
        elif once or not is_terminal():
            _print_on(target, first, once=once, every=every)
        else:
            _refresh(target, first, every=every)
    except KeyboardInterrupt:
        context.exit(Exit.DONE)  # the way to end it


def api_address(url: str | None) -> str:
    """Address of `/api/now` of the worker at `url`, a page's address or host:port; None means this machine.

    Raises:
        CommandError: it is no address.
    """
    if url is None:
        from copydesk.app.page import address

        url = address(load_settings(web_page=True))
        assert url is not None  # noqa: S101 - the page is on
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname is not None and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise CommandError(f"«{url}» is no address of a worker; one is http://127.0.0.1:6066/", Exit.USAGE)
    return f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/').removesuffix('/api/now')}/api/now"


def ask(target: str) -> bytes:
    """What the worker says it is doing, as JSON.

    Raises:
        CommandError: nobody answers, or no worker does.
    """
    request = urllib.request.Request(target, headers={"Accept": "application/json"})  # noqa: S310 - http and https only
    try:
        with urllib.request.urlopen(request, timeout=_ANSWER_WITHIN_S) as answer:  # noqa: S310 - the same
            body: bytes = answer.read(_LARGEST)
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(300).decode(errors="replace").splitlines()
        sentence = said[0] if said and error.headers.get_content_type() == "text/plain" else error.reason
        raise CommandError(f"{target} answers {error.code}: {sentence}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise CommandError(f"no worker answers at {target}: {reason}.", Exit.UNREACHABLE) from error
    read(target, body)
    return body


def read(target: str, body: bytes) -> Now:
    """The answer, checked.

    Raises:
        CommandError: it is not a worker's.
    """
    from pydantic import ValidationError

    from copydesk.app.now import Now

    try:
        return Now.model_validate_json(body)
    except ValidationError as error:
        raise CommandError(f"what answers at {target} is no copydesk worker, or one of another version") from error


def _again(target: str, every: float) -> bytes:
    time.sleep(every)
    return ask(target)


def _write_on(target: str, body: bytes, *, once: bool, every: float) -> None:
    while True:
        # As one line, whatever stands between worker and us may have done to its form.
        write_line(json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode())
        if once:
            return
        body = _again(target, every)


def _print_on(target: str, body: bytes, *, once: bool, every: float) -> None:
    from copydesk.app.cli.frame import frame

    out = console()
    while True:
        out.print(frame(read(target, body), out, fit=False))
        if once:
            return
        body = _again(target, every)


def _refresh(target: str, body: bytes, *, every: float) -> None:
    from rich.live import Live

    from copydesk.app.cli.frame import frame

    out = console()
    now, trouble = read(target, body), None
    with Live(console=out, screen=True, auto_refresh=False) as live:
        while True:
            live.update(frame(now, out, fit=True, trouble=trouble), refresh=True)
            time.sleep(every)
            try:
                now, trouble = read(target, ask(target)), None
            except CommandError as error:
                trouble = error.format_message()  # it may come back, as after a restart
