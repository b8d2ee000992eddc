"""The page at `/`: what the worker is doing now, for people without Grafana. It reads `/api/now` every second.

Three files of this package, and nothing from elsewhere. The Content-Security-Policy allows no more than that, and no
markup from a script: texts of articles reach the page as text, or not at all.
"""

from __future__ import annotations

import ipaddress
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from copydesk.app.look import look

if TYPE_CHECKING:
    from copydesk.app.settings import Settings
    from copydesk.app.wiring import CopydeskApp

DEFAULT_PORT = 6066
"""Faust's own."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of every answer of this package."""

_FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
TURNED_OFF = "The page is turned off; COPYDESK_WEB_PAGE=true turns it on.\n"
NOT_FOR_THIS_HOST = "This worker listens on a loopback address and answers to localhost only, not to another name.\n"


def address(settings: Settings) -> str | None:
    """Where a person on the same machine finds the page; None where the settings turn it off."""
    if not settings.web_page:
        return None
    host = "localhost" if settings.web_bind in ("0.0.0.0", "::", "") else settings.web_bind  # noqa: S104 - compared
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.web_port or DEFAULT_PORT}/"


def declare_page(app: CopydeskApp) -> None:
    """`/`, its files, and `/api/now`; where the settings turn the page off, the sentence that says so."""
    for path, (name, kind) in _FILES.items():
        _declare_file(app, path, name, kind)

    @app.page("/api/now")
    async def api_now(web: Any, request: Any) -> Any:
        refusal = _refusal(app, web, request)
        if refusal is not None:
            return refusal
        recent = app.desk.recent
        assert recent is not None  # noqa: S101 - it is there where the page is
        body = look(app.desk, recent).model_dump_json().encode()
        return web.bytes(body, headers={**HEADERS, "Content-Type": "application/json"})


def _declare_file(app: CopydeskApp, path: str, name: str, kind: str) -> None:
    @app.page(path, name=f"page:{name}")
    async def file(web: Any, request: Any) -> Any:
        refusal = _refusal(app, web, request)
        return refusal if refusal is not None else web.bytes(_read(name), headers={**HEADERS, "Content-Type": kind})


def _refusal(app: CopydeskApp, web: Any, request: Any) -> Any:
    settings = app.desk.settings
    if not settings.web_page:
        return web.text(TURNED_OFF, status=404, headers=dict(HEADERS))
    # A page of elsewhere can have its own name resolve to this machine, and would then read this one as its own.
    if is_loopback(settings.web_bind) and not is_loopback(host_of(request.headers.get("Host", ""))):
        return web.text(NOT_FOR_THIS_HOST, status=421, headers=dict(HEADERS))
    return None


def host_of(header: str) -> str:
    """The host in a Host header, without its port and without an IPv6 address's brackets."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.rpartition(":")[0] if ":" in header else header


def is_loopback(host: str) -> bool:
    """Whether a name or address means this very machine."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def _read(name: str) -> bytes:
    return files(__name__).joinpath(name).read_bytes()
