"""Canonical URLs: one address an article, whatever link led to it. Only what tells no articles apart is folded.

The base is the standard library's parser, `idna` for host names and `tld` for the public suffix list, which is part of
its package. The ready-made normalisers were measured against the same links: none folds AMP paths, mobile hosts, cache
hosts and `www`, and one deletes `?id=` and so merges different articles. Hence a deny-list of tracking keys (an
allow-list loses the identity of whole sites), and rules that ask nothing of the site's name.

A canonical URL is an identity, not a promise that the address answers: the scheme is always written `https`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote_to_bytes, urljoin, urlsplit

import idna
import xxhash
from tld import get_fld

_DROPPED_PREFIXES = ("www", "m", "mobile", "amp")
_WWW = re.compile(r"www\d{0,2}\.(?=[^.]+\.)")

# The AMP project's cache and viewer address formats: /c/ or /v/ for documents, /s/ for https.
_AMP_CACHE_HOSTS = re.compile(r"(?:.+\.)?(?:cdn\.ampproject\.org|bing-amp\.com|amp\.cloudflare\.com)")
_AMP_CACHE_PATH = re.compile(r"/(?:c|v|amp)/(?:s/)?(?P<rest>[^/]+\.[^/]+(?:/.*)?)")
_AMP_VIEWER = re.compile(r"(?:www\.)?google\.[a-z.]{2,6}")
_AMP_SEGMENTS = frozenset({"amp", "amphtml"})
_AMP_SUFFIX = re.compile(r"\.amp(?=(?:\.html?)?$)", re.IGNORECASE)
_AMP_VALUE_KEYS = frozenset({"output", "outputtype", "mode", "view", "format", "type"})

_INDEX = re.compile(r"(?:index|default)\.(?:html?|php\d?|aspx?|jsp|cfm|s?html)", re.IGNORECASE)
_SESSION_PARAMETER = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)

_TRACKING_PREFIXES = (
    "utm_", "pk_", "mtm_", "matomo_", "piwik_", "hsa_", "vero_", "fb_", "ga_", "at_", "ns_", "itm_", "_hs", "wt.",
    "mkt_", "oly_", "trk_", "spm_", "dm_", "sc_", "aspsessionid",
)  # fmt: skip
_TRACKING_KEYS = frozenset(
    {
        # click identifiers of advertising networks
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "msclkid", "twclid",
        "ttclid", "yclid", "ysclid", "li_fat_id", "igshid", "igsh", "epik", "rdt_cid", "sccid", "irclickid", "srsltid",
        "scclid", "s_kwcid", "ef_id", "zanpid", "kclickid", "wickedid", "_openstat", "tblci", "obclid", "dicbo",
        # newsletters and campaigns
        "mc_cid", "mc_eid", "ml_subscriber", "ml_subscriber_hash", "_ke", "s_cid", "icid", "ncid", "cmpid", "cmp",
        "campaign_id", "ocid", "xtor", "sr_share", "smid", "smtyp", "taid", "intcid", "intcmp", "ito", "nl_cid",
        # analytics and sharing
        "_ga", "_gl", "ref_src", "ref_url", "referer", "referrer", "share_source", "share_medium", "sharetype",
        "spm", "scm", "trk", "trkinfo", "wpmm", "wpisrc", "guccounter", "guce_referrer", "guce_referrer_sig",
        "__twitter_impression", "__tn__", "_x_tr_sl", "_x_tr_tl", "_x_tr_hl", "_x_tr_pto", "usqp", "amp_js_v",
        "amp_gsa", "amp_ct", "amp_tf", "aoh", "csi", "amp", "outputamp",
        # sessions
        "phpsessid", "jsessionid", "sessionid", "session_id",
    }
)  # fmt: skip

# RFC 3986, section 2.3, and those delimiters that no known server reads differently when they are escaped.
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_PLAIN = _UNRESERVED | frozenset(b"!'()*,:@$")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_SPACE = re.compile(r"[^\S\t\r\n]")  # those three the standard library drops itself
_OUTER_SPACES = re.compile(r"^(?:%20)+|(?:%20)+$")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u200b\ufeff]+")

_MAX_LENGTH = 4096
"""Longer addresses are data or attacks, not articles; browsers and servers stop at about half of it."""


def canonical_url(url: str | None, canonical_link: str | None = None) -> str | None:
    """The address that identifies an article; None where `url` is no http(s) address.

    Args:
        url: where it was fetched.
        canonical_link: what the page calls its own address (`rel=canonical`, `og:url`); relative ones are resolved. It
            is believed within the same site only, and never if it names the home page: syndicated copies name the
            original, and careless templates name the front page on every page. Where `url` is None there is no site to
            compare with, and the page's own word is all there is.

    The result is a fixed point: `canonical_url(canonical_url(x)) == canonical_url(x)`.
    """
    own = _canonical(url)
    if canonical_link is None:
        return own
    if own is None or url is None:
        claimed = _canonical(canonical_link) if url is None else None
        return None if claimed is None or _is_home(claimed) else claimed
    claimed = _canonical(_resolve(url, canonical_link))
    if claimed is None or _is_home(claimed) or not same_site(own, claimed):
        return own
    return claimed


def domain_of(url: str | None) -> str | None:
    """Host of an http(s) address without `www.`, lower case, IDN in punycode; None where there is none."""
    if url is None:
        return None
    parts = _split(url)
    host = _host(parts.hostname) if parts is not None else None
    return _WWW.sub("", host, count=1) if host is not None and _WWW.match(host) else host


def same_site(a: str, b: str) -> bool:
    """Whether two http(s) addresses belong to one registrable domain (two blogs of one hosting service do not)."""
    domain_a, domain_b = domain_of(a), domain_of(b)
    return domain_a is not None and domain_b is not None and _site(domain_a) == _site(domain_b)


# Languages that identification mixes up on short texts share a group, so that a page whose language is read once so and
# once so still meets itself.
_LANGUAGE_GROUPS = {
    **dict.fromkeys(("no", "nb", "nn", "da", "sv"), "nordic"),
    **dict.fromkeys(("hr", "sr", "bs", "sh", "sl", "mk", "bg"), "south-slavic"),
    **dict.fromkeys(("cs", "sk"), "czech-slovak"),
    **dict.fromkeys(("ru", "uk", "be"), "east-slavic"),
    **dict.fromkeys(("id", "ms", "jv", "su"), "malay"),
    **dict.fromkeys(("es", "pt", "gl", "ca", "an", "ast", "oc"), "iberian"),
    **dict.fromkeys(("nl", "af", "fy"), "dutch"),
    **dict.fromkeys(("hi", "mr", "ne", "sa"), "devanagari"),
    **dict.fromkeys(("ar", "fa", "ur", "ps"), "arabic-script"),
    **dict.fromkeys(("zh", "yue", "wuu"), "chinese"),
}


def dedupe_group(language: str, shards: int) -> int:
    """The shard, 0 to `shards` - 1, that owns a language. Stable across runs and machines.

    Near-duplicates do not cross languages, so a language can be split off; addresses do. With one shard (the default)
    a URL meets itself whatever language its text is in. With more, it meets itself within a language group only: a page
    that changes its language group between two fetches starts again at revision 1 on another shard, under the same
    article id; and a takedown, which has no text, reaches the article only if it says the language
    (`language_hint`). One shard decides thousands of articles a second, so more than one is for isolation, not speed.
    """
    if shards <= 1:
        return 0
    primary = language.lower().replace("_", "-").split("-", 1)[0]
    group = _LANGUAGE_GROUPS.get(primary, primary)
    return xxhash.xxh3_64_intdigest(group.encode("utf-8", "replace")) % shards


@lru_cache(maxsize=1024)
def _canonical(url: str | None) -> str | None:
    """Fold until nothing changes: a fold can lay open another one (`/index.html/amp/`)."""
    if url is None:
        return None
    current = _fold(url)
    while current is not None:
        folded = _fold(current)
        if folded == current:
            return current
        current = folded
    return None


def _fold(url: str) -> str | None:
    parts = _split(url)
    if parts is None:
        return None
    host = _host(parts.hostname)
    if host is None:
        return None
    inner = _behind_cache(host, parts)
    if inner is not None:
        return _fold(inner)
    try:
        port = parts.port
    except ValueError:
        return None
    netloc = f"[{host}]" if ":" in host else _bare_host(host)
    if port not in (None, 80, 443):
        netloc += f":{port}"
    query = _query(parts.query)
    fragment = _escaped(parts.fragment, _PATH_PLAIN | frozenset(b"/?=&;+")) if parts.fragment[:1] == "!" else ""
    shown = fragment if len(fragment) > 1 else ""
    return f"https://{netloc}{_path(parts.path)}{'?' if query else ''}{query}{'#' if shown else ''}{shown}"


def _split(url: str) -> SplitResult | None:
    if len(url) > _MAX_LENGTH:
        return None
    text = _SPACE.sub("%20", _INVISIBLE.sub("", url).strip())
    try:
        parts = urlsplit(text.replace("\\", "/"))
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.netloc else None


def _resolve(base: str, link: str) -> str:
    try:
        return urljoin(base.strip(), link.strip())
    except ValueError:
        return link


@lru_cache(maxsize=4096)
def _host(name: str | None) -> str | None:
    """Host in lower case and punycode, without a final dot; None where it cannot be one."""
    if not name:
        return None
    if ":" in name or re.fullmatch(r"[\d.]+", name):
        try:
            return ip_address(name).compressed
        except ValueError:
            return None
    name = name.lower().rstrip(".")
    try:
        plain = name if name.isascii() else idna.encode(name, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return None
    # Underscores occur in real host names though the standard for hosts has none.
    return plain if re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", plain) else None


@lru_cache(maxsize=4096)
def _site(domain: str) -> str:
    """Registrable domain after the public suffix list, private suffixes included; for unlisted ones two labels."""
    if ":" in domain or re.fullmatch(r"[\d.]+", domain):
        return domain
    listed: str | None = get_fld(f"https://{domain}/", fail_silently=True, search_private=True)
    return listed or ".".join(domain.split(".")[-2:])


@lru_cache(maxsize=4096)
def _bare_host(host: str) -> str:
    """Host without `www`, `m`, `mobile`, `amp` labels in front, as long as a registrable domain remains."""
    if re.fullmatch(r"[\d.]+", host):
        return host
    while True:
        if _WWW.match(host):
            host = _WWW.sub("", host, count=1)
            continue
        label, _, rest = host.partition(".")
        if label not in _DROPPED_PREFIXES or "." not in rest or _site(host) == host:
            return host
        host = rest


def _behind_cache(host: str, parts: SplitResult) -> str | None:
    """The address that an AMP cache or viewer serves a copy of."""
    if not (_AMP_CACHE_HOSTS.fullmatch(host) or (_AMP_VIEWER.fullmatch(host) and parts.path.startswith("/amp/"))):
        return None
    match = _AMP_CACHE_PATH.match(parts.path)
    if match is None:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return f"https://{match['rest']}{query}"


def _path(path: str) -> str:
    path = _SESSION_PARAMETER.sub("", path)
    segments: list[str] = []
    for segment in _escaped(path, _PATH_PLAIN | frozenset(b"/;=&+")).split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    plain = [s for s in segments if s.lower() not in _AMP_SEGMENTS]
    # A path that is nothing but `/amp` may be a section of that name.
    segments = plain or segments[:1]
    if segments:
        last = _AMP_SUFFIX.sub("", segments[-1])
        segments[-1] = last or segments[-1]
        if _INDEX.fullmatch(segments[-1]):
            segments.pop()
    return "/" + "/".join(segments)


def _query(query: str) -> str:
    """Parameters that may identify the article, sorted by key: servers read them in any order, links carry any."""
    if not query:
        return ""
    kept: list[tuple[str, str]] = []
    # A link copied out of HTML source carries `&amp;` where it means `&`.
    for part in query.replace("&amp;", "&").split("&"):
        # The end of an address loses its spaces, so a parameter loses its own wherever it stands.
        key, equals, value = _OUTER_SPACES.sub("", part.replace("+", "%20")).partition("=")
        key, value = _query_text(key), _query_text(value)
        if (key or value) and not _is_tracking(key.lower(), value.lower()):
            kept.append((key, f"{key}{equals}{value}"))
    return "&".join(text for _, text in sorted(kept, key=lambda pair: pair[0]))


def _query_text(text: str) -> str:
    return _escaped(text, _PATH_PLAIN | frozenset(b"/?;="))


def _is_tracking(key: str, value: str) -> bool:
    if key in _TRACKING_KEYS or key.startswith(_TRACKING_PREFIXES):
        return True
    return value == "amp" and key in _AMP_VALUE_KEYS


def _escaped(text: str, plain: frozenset[int]) -> str:
    """Percent-encoding normal form: `plain` characters as themselves, escapes of them undone, hex digits upper case.

    An escaped reserved character stays escaped, for there it may mean something else.
    """
    if _others(plain).search(text) is None:
        return text
    decodable = _decodable(plain)
    out: list[str] = []
    position = 0
    text = _STRAY_PERCENT.sub("%25", text)
    for match in _ESCAPE.finditer(text):
        out.append(_quoted(text[position : match.start()], plain))
        byte = unquote_to_bytes(match.group())[0]
        out.append(chr(byte) if byte in decodable else match.group().upper())
        position = match.end()
    out.append(_quoted(text[position:], plain))
    return "".join(out)


@cache
def _others(plain: frozenset[int]) -> re.Pattern[str]:
    """Finds what is none of these characters: addresses seldom hold any of it."""
    return re.compile(f"[^{re.escape(bytes(sorted(plain)).decode('ascii'))}]")


@cache
def _decodable(plain: frozenset[int]) -> frozenset[int]:
    return plain - frozenset(b"/?;=&+#")


def _quoted(text: str, plain: frozenset[int]) -> str:
    return "".join(chr(b) if b in plain else f"%{b:02X}" for b in text.encode("utf-8", "replace"))


def _is_home(canonical: str) -> bool:
    parts = urlsplit(canonical)
    return parts.path == "/" and not parts.query and not parts.fragment
