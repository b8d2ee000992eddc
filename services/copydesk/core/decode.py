"""Bytes to text: every hint is a claim that the bytes must bear out.

Order: byte-order mark, UTF-8 where the bytes are valid UTF-8, the charsets that the producer, the HTTP response, the
HTML or the XML declaration name, UTF-8 with a few damaged bytes, charset-normalizer. Labels follow the WHATWG Encoding
Standard: `iso-8859-1` means windows-1252, `gb2312` means gb18030.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from copydesk.core.errors import Rejected
from copydesk_schemas.raw import HttpHint
from copydesk_schemas.reasons import Code

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Labels that the web uses for a wider character set than they name (WHATWG Encoding Standard, section 4.2).
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "utf-16-le": "utf-16-le",
}
_LABELS = {
    "unicode-1-1-utf-8": "utf-8",
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "windows-31j": "cp932",
    "x-cp1251": "cp1251",
    "x-cp1250": "cp1250",
    "x-cp1252": "cp1252",
    "iso-8859-8-i": "iso8859-8",
    "dos-874": "cp874",
    "x-x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
}
_PUBLIC = {
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "big5hkscs": "big5",
    "euc_jp": "euc-jp",
    "iso2022_jp": "iso-2022-jp",
}
_TEXT_CODECS = re.compile(
    r"utf[-_]?(8|16|32)([-_](le|be))?|cp\d{3,5}|iso8859-\d+|gb18030|big5(hkscs)?|euc_jp|euc_kr|iso2022_(jp|kr)|koi8-[rut]|"
    r"mac-(roman|cyrillic)|hz|viscii|tis-620|johab|ptcp154"
)
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.\-]{2,40})["']""", re.IGNORECASE)
_HTTP = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_PAGE = "the page"
_BLANK = b"\xef\xbb\xbf \t\r\n"
_HEAD = 4096
"""How far a declaration is looked for. The HTML standard says 1,024; real pages put scripts before it."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_C0 = bytes([*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F])
_C1 = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]")
_NON_ASCII_RUN = re.compile("[^\x00-\x7f]+")
_TAG = re.compile(rb"<[^<>]*>")
_LANGUAGE = re.compile(rb"<html[^>]{0,300}?\slang\s*=\s*[\"']?([A-Za-z]{2})", re.IGNORECASE)
_LATIN_DEFAULTS = {
    **dict.fromkeys(("cs", "hu", "pl", "sk", "sl", "hr", "bs", "sq", "ro"), "cp1250"),
    **dict.fromkeys(("tr", "az", "ku"), "cp1254"),
    **dict.fromkeys(("et", "lt", "lv"), "cp1257"),
    "vi": "cp1258",
}
# What UTF-8 looks like once it was read as windows-1252: a lead byte and a continuation byte, as characters.
_MOJIBAKE = re.compile("[ÂÃÐÑØÙ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\x80-\xbf™œ“”¦˜šž¢]|â€")
_LEADS = ("Ã", "Â", "â€", "Ð", "Ñ", "Ø", "Ù")
"""What any mojibake begins with: a plain search for these is many times faster than the expression."""
_SIGNS = 3


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document's text.

    `charset` is an IANA-style name; `repaired` says that bytes were damaged, that text had been decoded wrongly before
    it came here, or that the charset which was claimed is wrong.
    """

    text: str
    charset: str
    repaired: bool = False
    reason: str = ""
    """Why this charset, for `explain`."""


def decode(content: bytes, *, hint: str | None = None, http: HttpHint | None = None) -> Decoded:
    """The text of a document. It holds no surrogates and encodes to UTF-8.

    Args:
        content: the bytes.
        hint: charset that the producer names.
        http: the response that brought it; the charset of its Content-Type is the next hint.

    Raises:
        Rejected: undecodable.
    """
    decoded = _decode(content, hint, http)
    text, repaired = decoded.text, decoded.repaired or _is_mislabelled(content, decoded, hint, http)
    try:
        encoded = text.encode("utf-8")
    except UnicodeEncodeError:
        text = _SURROGATES.sub("\ufffd", text)
        encoded = text.encode("utf-8")
    if _has_controls(encoded):
        controls = len(_CONTROLS.findall(text))
        # One control character in a hundred is binary data; a stray one is dirt.
        if controls * 100 > len(text):
            raise Rejected(
                Code.UNDECODABLE,
                f"{controls} control characters in {len(text)} ({decoded.charset}): this is not text",
            )
        text, repaired = _CONTROLS.sub("", text), True
    fixed = _repair_mojibake(text)
    if fixed is not None:
        return Decoded(fixed, decoded.charset, repaired=True, reason=decoded.reason + ", then decoded once too often")
    return Decoded(text, decoded.charset, repaired, decoded.reason)


def _decode(content: bytes, hint: str | None, http: HttpHint | None) -> Decoded:
    for mark, charset in _BOMS:
        if content.startswith(mark):
            try:
                return Decoded(content.decode(charset).removeprefix("\ufeff"), charset, reason="byte-order mark")
            except UnicodeDecodeError:
                content = content.removeprefix(mark) if charset == "utf-8" else content
                break
    claims = list(_claims(content, hint, http))
    if b"\x00" in content:
        wide = _wide(content)
        if wide is not None:
            return wide
    escapes = b"\x1b" in content or b"~{" in content
    if not escapes or not any(codec.startswith(("iso2022", "hz")) for codec, _ in claims):
        try:
            return Decoded(content.decode("utf-8"), "utf-8", reason="the bytes are valid UTF-8")
        except UnicodeDecodeError:
            pass
    for codec, who in claims:
        if codec == "utf-8":
            continue
        try:
            text = content.decode(codec)
        except (UnicodeDecodeError, UnicodeError):
            continue
        if _plausible(text):
            return Decoded(text, _public_name(codec), reason=f"{who} says so and the text reads well")
    damaged = _damaged_utf8(content)
    if damaged is not None:
        return damaged
    return _guess(content)


def _is_mislabelled(content: bytes, decoded: Decoded, hint: str | None, http: HttpHint | None) -> bool:
    """Whether the charset that is claimed, the first where there are several, makes another text of the bytes."""
    codec, who = next(_claims(content, hint, http), (None, None))
    if codec is None:
        return False
    if who == _PAGE and not content.lstrip(_BLANK).startswith(b"<"):
        return False  # prose that shows the first lines of a page claims nothing of itself
    try:
        return codec != decoded.charset and content.decode(codec).removeprefix("\ufeff") != decoded.text
    except (UnicodeDecodeError, UnicodeError):
        return True


def _has_controls(encoded: bytes) -> bool:
    """Whether UTF-8 holds control characters. On bytes this is ten times faster than an expression on text."""
    return len(encoded.translate(None, _C0)) != len(encoded) or bool(b"\xc2" in encoded and _C1.search(encoded))


def _claims(content: bytes, hint: str | None, http: HttpHint | None) -> Iterator[tuple[str, str]]:
    """Python codecs claimed for the document, the producer's first, each with who claims it."""
    head = content[:_HEAD]
    header = next((v for k, v in http.headers.items() if k.lower() == "content-type"), "") if http else ""
    in_header, in_meta, in_xml = _HTTP.search(header), _META.search(head), _XML.search(head)
    claimed = (
        (hint, "the producer"),
        (in_header and in_header[1], "the HTTP response"),
        (in_meta and in_meta[1].decode("ascii"), _PAGE),
        (in_xml and in_xml[1].decode("ascii"), "the XML declaration"),
    )
    seen = []
    for label, who in claimed:
        codec = codec_of(label) if label else None
        if codec is not None and codec not in seen:
            seen.append(codec)
            yield codec, who


def codec_of(label: str) -> str | None:
    """Python's codec for a charset label as the web means it; None where there is none (or it is no text codec)."""
    label = label.strip().lower()
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name
    except (LookupError, ValueError, UnicodeError):
        return None
    name = _WIDER.get(name, name)
    return name if _TEXT_CODECS.fullmatch(name) else None


def _public_name(codec: str) -> str:
    return _PUBLIC.get(codec) or re.sub(r"\Acp(125\d|874)\Z", r"windows-\1", codec)


def _wide(content: bytes) -> Decoded | None:
    """UTF-16 or UTF-32 without a byte-order mark: in text with Latin markup every second byte is zero."""
    sample = content[:_HEAD]
    half = max(1, len(sample) // 2)
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    for codec, empty, full in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if empty > 0.2 and full < empty / 10:
            try:
                return Decoded(content.decode(codec), codec, reason="every second byte is zero")
            except UnicodeDecodeError:
                continue
    return None


def _plausible(text: str) -> bool:
    """Whether a single- or multi-byte decoding can be right: what does not read as language was another charset.

    Read as the wrong single-byte charset, accented letters stand in long runs (Cyrillic read as windows-1252) or amid
    Latin words (the reverse). Right decodings of European text have both in under a tenth of their runs.
    """
    if text.count("\ufffd") * 200 > len(text) or len(_CONTROLS.findall(text)) * 200 > len(text):
        return False
    runs = [m for m in _NON_ASCII_RUN.finditer(text) if any(c.isalpha() for c in m[0])]
    if not runs:
        return True
    sample = runs[:2000]
    latin = [m for m in sample if all(ord(c) < 0x250 or not c.isalpha() for c in m[0])]
    odd = sum(1 for m in latin if sum(c.isalpha() for c in m[0]) >= 3)
    for m in sample:
        if m in latin or ord(m[0][0]) > 0x2FFF:
            continue
        before, after = text[m.start() - 1 : m.start()], text[m.end() : m.end() + 1]
        odd += before.isalpha() or after.isalpha()
    return odd * 3 < len(sample)


def _damaged_utf8(content: bytes) -> Decoded | None:
    """UTF-8 with a few broken bytes: cut off in mid-character, or with a pasted-in stretch of another charset."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = sum(1 for m in _NON_ASCII_RUN.finditer(text) if m[0].strip("\ufffd"))
    if sound and broken <= max(1, sound // 10):
        return Decoded(text, "utf-8", repaired=True, reason=f"UTF-8 but for {broken} damaged places")
    return None


def _is_latin(content: bytes, codec: str) -> bool:
    """Whether a guessed charset makes Latin letters of the bytes above ASCII."""
    text = content.decode(codec, "replace")
    letters = [c for c in text if ord(c) > 0x7F and c.isalpha()]
    return bool(letters) and sum(ord(c) < 0x250 for c in letters) * 10 >= len(letters) * 9


def _guess(content: bytes) -> Decoded:
    from charset_normalizer import from_bytes

    # Markup and ASCII say nothing about a charset: judge the stretches between tags that hold other bytes.
    pieces = [p for p in _TAG.sub(b"\n", content).split(b"\n") if p.strip() and not p.isascii()]
    sample = b"\n".join(pieces)[:8192] or content[:8192]
    best = from_bytes(sample).best()
    guesses = ([best.encoding] if best is not None else []) + ["cp1252"]
    language = _LANGUAGE.search(content[:8192])
    if language is not None and best is not None and _is_latin(content, best.encoding):
        # Western and Central European tables differ in a few letters only, which short samples do not tell apart;
        # the page's language does. The table of defaults is that of the WHATWG encoding standard.
        guesses.insert(0, _LATIN_DEFAULTS.get(language[1][:2].lower().decode("ascii"), "cp1252"))
    for codec in guesses:
        name = codec_of(codec)
        if name is None:
            continue
        try:
            text = content.decode(name)
        except (UnicodeDecodeError, UnicodeError):
            text = content.decode(name, "replace")
        if _plausible(text):
            return Decoded(text, _public_name(name), repaired="\ufffd" in text, reason="guessed from the bytes")
    raise Rejected(Code.UNDECODABLE, "no character set makes readable text of these bytes")


def _has_signs(text: str) -> bool:
    """Whether there are three signs of mojibake. Looked for lead by lead: in nearly all texts leads are rare."""
    signs = 0
    for lead in _LEADS:
        at = text.find(lead)
        while at >= 0:
            signs += _MOJIBAKE.match(text, at) is not None
            if signs == _SIGNS:
                return True
            at = text.find(lead, at + 1)
    return False


def _repair_mojibake(text: str) -> str | None:
    """The text with wrongly decoded stretches repaired; None where there is nothing sure to repair.

    At least three signs of it, and they are a good part of all that is not ASCII: a page that merely quotes some
    mojibake is left alone. ftfy then has to agree, line by line.
    """
    if text.isascii() or not _has_signs(text):
        return None
    if len(_MOJIBAKE.findall(text)) * 4 < len(_NON_ASCII_RUN.findall(text)):
        return None
    from ftfy import fix_encoding

    lines = [fix_encoding(line) if _MOJIBAKE.search(line) else line for line in text.split("\n")]
    fixed = _SURROGATES.sub("\ufffd", "\n".join(lines))
    return fixed if fixed != text else None
