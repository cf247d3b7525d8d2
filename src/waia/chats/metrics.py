"""What chats count: turns of the bot, statuses of messages, and the pages that listen."""

from waia.kit.metrics import QUICK_S, Counter, Histogram

TURNS = Counter(
    "waia_turns_total",
    "Turns of the bot: it replied, said nothing, gave the chat to people, or stumbled",
    "outcome",
    ("replied", "silent", "handed_over", "failed"),
)
DECIDING = Histogram("waia_turn_duration_seconds", "What the bot needed to decide a turn", QUICK_S)
STATUSES = Counter(
    "waia_statuses_applied_total",
    "Messages that a status of WhatsApp moved",
    "status",
    ("sent", "delivered", "read", "played", "failed"),
)
PARKED = Counter("waia_statuses_parked_total", "Statuses of messages that were not known yet")
DOUBLES = Counter("waia_possible_duplicates_total", "Messages that WhatsApp may have taken twice")

OPENED = Counter("waia_streams_opened_total", "Pages that began to listen for live updates")
REFUSED = Counter("waia_streams_refused_total", "Pages that could not listen: too many, or a stop")
CUT = Counter("waia_streams_cut_total", "Streams cut because the browser did not read them")
REPLAYED = Counter("waia_stream_events_replayed_total", "Events that a page had missed when its stream began")
