"""Named time zones as offsets, in minutes east of UTC. Names that several countries use are not guessed."""

from __future__ import annotations

OFFSETS: dict[str, int] = {
    "Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "MEZ": 60, "CEST": 120,
    "MESZ": 120, "EET": 120, "EEST": 180, "MSK": 180, "TRT": 180, "EAT": 180, "SAST": 120, "CAT": 120, "WAT": 60,
    "EST": -300, "EDT": -240, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "AKST": -540,
    "AKDT": -480, "HST": -600, "NST": -210, "NDT": -150, "ADT": -180, "BRT": -180, "ART": -180, "PKT": 300,
    "NPT": 345, "WIB": 420, "WITA": 480, "WIT": 540, "HKT": 480, "SGT": 480, "PHT": 480, "JST": 540, "KST": 540,
    "AWST": 480, "ACST": 570, "ACDT": 630, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "GST": 240,
}  # fmt: skip
"""The IANA database's abbreviations.

BST is British Summer Time: Bangladesh's and Bougainville's hardly appear in print.
"""

AMBIGUOUS = frozenset({"IST", "CST", "AST", "ECT", "AMT", "ET", "CT", "MT", "PT", "SST", "WST", "LT"})
"""Two or more offsets each: India, Ireland, Israel; US Central, China, Cuba; ET is EST in winter and EDT in summer."""
