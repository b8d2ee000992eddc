"""Rights: holder, licence, and whether text and data mining is reserved.

Source of the reservation: TDM Reservation Protocol (W3C community group report, 2024), meta element and HTTP header.
"""

from __future__ import annotations

from copydesk.core.structured.jsonld import text_of
from copydesk.core.structured.page import PageData
from copydesk_schemas.parts import Rights
from copydesk_schemas.raw import HttpHint


def read_rights(page: PageData, http: HttpHint | None) -> Rights | None:
    """What the page and its response say about rights; None where they say nothing."""
    holders = page.jsonld.nodes(page.jsonld.article.get("copyrightHolder"))
    licence = page.jsonld.article.get("license")
    rights = Rights(
        copyright_holder=next((name for holder in holders if (name := text_of(holder))), None),
        license=text_of(licence) or next(iter(page.links.get("license", ())), None),
        notice=page.jsonld.text("copyrightNotice") or page.first("dcterms.rights", "dc.rights", "copyright", "rights"),
        tdm_reserved=_reservation(page, http),
    )
    return None if rights == Rights() else rights


def _reservation(page: PageData, http: HttpHint | None) -> bool | None:
    said = page.first("tdm-reservation")
    if said is None and http is not None:
        said = next((value for name, value in http.headers.items() if name.lower() == "tdm-reservation"), None)
    return {"1": True, "0": False}.get(said.strip()) if said is not None else None
