"""What the webhook counts."""

from waia.kit.metrics import QUICK_S, Counter, Histogram

ACKS = Histogram(
    "waia_webhook_duration_seconds",
    "From the first line of a webhook to its answer, by status code",
    QUICK_S,
    "code",
    ("200", "403", "413", "503"),
)
REFUSED = Counter(
    "waia_webhook_refused_total",
    "Webhooks that were not taken in: badly signed, too large, too many at once, not stored, sent too slowly, cut off",
    "reason",
    ("signature", "oversize", "overload", "not_stored", "slow", "gone"),
)
ITEMS = Counter(
    "waia_webhook_items_total",
    "Messages, statuses and other news in webhooks that were stored; repeats change nothing",
    "kind",
    ("new", "repeated"),
)
