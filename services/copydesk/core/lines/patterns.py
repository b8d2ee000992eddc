"""Shapes of the short lines that stand around a story: dates, times, bylines, picture credits, counters, addresses.

No pattern has a nested repetition, and none that takes more than linear time is tried on a long line. A line of few
words may be long all the same: one word can have a megabyte.
"""

from __future__ import annotations

import re

MONTHS = (
    "jan|january|januar|janvier|enero|gennaio|janeiro|januari|stycznia|января|січня|januára|ledna|ocak|tammikuuta|"
    "ianuarie|január|feb|february|februar|février|febrero|febbraio|fevereiro|februari|lutego|февраля|"
    "лютого|února|şubat|"
    "mar|march|märz|mars|marzo|março|maart|marca|марта|березня|března|mart|apr|april|avril|abril|aprile|"
    "kwietnia|апреля|"
    "квітня|dubna|nisan|may|mai|mayo|maggio|maio|mei|maja|мая|травня|května|mayıs|maj|jun|june|juni|juin|junio|giugno|"
    "junho|czerwca|июня|червня|června|haziran|jul|july|juli|juillet|julio|luglio|julho|lipca|июля|липня|"
    "července|temmuz|"
    "aug|august|août|agosto|augustus|sierpnia|августа|серпня|srpna|ağustos|augusti|sep|sept|september|septembre|"
    "septiembre|settembre|setembro|września|сентября|вересня|září|eylül|oct|okt|october|oktober|octobre|"
    "octubre|ottobre|"
    "outubro|października|октября|жовтня|října|ekim|nov|november|novembre|noviembre|novembro|listopada|"
    "ноября|листопада|"
    "listopadu|kasım|dec|dez|december|dezember|décembre|diciembre|dicembre|dezembro|grudnia|декабря|грудня|prosince|"
    "aralık|desember|يناير|فبراير|مارس|أبريل|ابريل|مايو|يونيو|يوليو|أغسطس|اغسطس|سبتمبر|أكتوبر|اكتوبر|نوفمبر|ديسمبر|"
    "ιανουαρίου|φεβρουαρίου|μαρτίου|απριλίου|μαΐου|ιουνίου|ιουλίου|αυγούστου|σεπτεμβρίου|οκτωβρίου|νοεμβρίου|"
    "δεκεμβρίου|जनवरी|फरवरी|मार्च|अप्रैल|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर"
)

_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|ª)?"
_YEAR = r"(?:19|20)\d\d"
DATE = re.compile(
    rf"(?<!\d)(?:{_YEAR}[-/.年] ?\d{{1,2}}[-/.月] ?\d{{1,2}}日?(?!\d)|{_YEAR}년 ?\d{{1,2}}월 ?\d{{1,2}}일"
    rf"|\d{{1,2}}[-/. ]\d{{1,2}}[-/. ](?:{_YEAR}|\d\d)(?!\d)"
    rf"|{_DAY}\.? ?(?:de |of |d[’'])?\b(?:{MONTHS})\b\.?(?:,? (?:de |del )?{_YEAR})?"
    rf"|\b(?:{MONTHS})\b\.? {_DAY}(?!\d)(?:,? {_YEAR})?|\d{{1,2}}月\d{{1,2}}日)",
    re.IGNORECASE,
)
"""A day, with or without its year."""

TIME = re.compile(
    r"(?<![\d:.])(?:[01]?\d|2[0-3])(?:[:h.]|点|時|시 ?)[0-5]\d(?![\d%])(?: ?(?:am|pm|a\.m\.|p\.m\.|uhr))?",
    re.IGNORECASE,
)
AGO = re.compile(
    r"(?<!\d)\d{1,9} ?(?:min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?|h|m|d) ago\b"
    r"|\bvor \d+ \w+|\bhace \d+ \w+|\bil y a \d+ \w+"
    r"|(?<!\d)\d{1,9} \w{2,10} (?:назад|тому|fa|atrás|geleden|temu|sedan|siden|sitten|önce)\b"
    r"|(?<!\d)\d{1,9}(?:分|時間|小时|小時|天|日)前|منذ \d+",
    re.IGNORECASE,
)
URL = re.compile(r"https?://\S{3,}|\bwww\.\S{3,}|(?<![\w.])[a-z0-9-]{2,40}\.(?:com|org|net|de|co\.uk)\b", re.IGNORECASE)
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}")
HANDLE = re.compile(r"(?<!\w)@\w{2,30}")
_COUNTER = re.compile(r"\W*\d[\d.,:/ ]*[kKmM%]?\W*$")
CREDIT = re.compile(
    r"©|\(c\) |\b(?:photo|foto|bild|image|picture|photograph|photos|fotos|credit|crédit|crédits|créditos|fot|фото|"
    r"illustration|fotó|fotoğraf|kuva|bildquelle|grafik|grafiken|video|infografik|photographer|fotograf|المصور)s?\b ?"
    r"(?:by |credit|courtesy|crédit|von |de |:|/)|"
    r"\b(?:getty|shutterstock|istock|unsplash|imago|picture alliance|keystone|scanpix|alamy|ap photo|epa[-/]|"
    r"afp via|/afp|/reuters|/dpa|/efe|/ap\b)",
    re.IGNORECASE,
)
PICTURED = re.compile(
    r"\b(?:pictured|seen here|file photo|in this photo|in this picture|photo shows|archivbild|archivfoto|symbolbild|"
    r"symbolfoto|im bild|photo d[’']archives|en la imagen|imagen de archivo|nella foto|na foto|na zdjęciu|на фото|"
    r"фото из архива|fotoğraf|في الصورة|stock image|screenshot|watch:?)\b"
    r"|\((?:left|right|centre|center|l|r|links|rechts|à gauche|à droite|izquierda|derecha|pictured[^()]{0,80}|"
    r"[^()]{2,60} (?:pictured|on|at|in) [^()]{2,60})\)|資料写真|代表撮影|（左から）|"
    r"（[左右中][^（）]{0,8}）|图为|圖為|資料圖|自料사진",
    re.IGNORECASE,
)
"""Words that tell who or what stands where in a picture."""
PICTURE_MARK = re.compile(
    r"(?:(?:photo|image|picture|caption|image caption|foto|bild|figure|légende|legende|bildunterschrift|bildlegende|"
    r"didascalia|pie de foto|fotografía|зображення|"
    r"фото|الصورة|图|写真)"
    r"\s*[:：]|\[(?:image|photo|picture)[^\]]{0,40}\])\s*",
    re.IGNORECASE,
)
"""What a caption opens with where it is marked as one."""
YEAR = re.compile(_YEAR)
FULL_DATE = re.compile(rf"(?:{DATE.pattern})(?<={_YEAR})|{_YEAR}[年년]", re.IGNORECASE)
"""A day with its year, as captions and notices have it and stories seldom."""
LABEL = re.compile(r"(?P<name>[^\W\d_][^.:!?\n]{1,40}?)(?:: | [-–—] )(?=\S)")
"""A short label that opens a line: «FILE - …», «Legende: …»."""
TAIL = re.compile(r"(?:[.!?。)»”\"]|\s[/|©=]|[=＝])\s?(?P<tail>[^.!?。:]{2,60})$")
"""What follows the last sentence of a line without ending one: often the photographer's name."""
SEPARATORS = re.compile(r"[|›»•·→▸>]")


def is_counter(text: str) -> bool:
    """Whether a line is a number with its marks, such as «1.2K» or «(14)»."""
    return len(text) <= 200 and _COUNTER.match(text) is not None


def date_share(text: str) -> float:
    """Share of a short line that dates and times take."""
    if len(text) > 200 or not any(c.isdigit() for c in text):
        return 0.0
    rest = TIME.sub("", DATE.sub("", text))
    return 1 - len(rest) / len(text)
