"""What the loops count: their turns, sends, fetched files, voice notes that were heard."""

from waia.kit.metrics import SLOW_S, Counter, Histogram
from waia.transcription.values import TranscriptState
from waia.whatsapp.answers import ReasonKind

RUNS = Counter("waia_loop_runs_total", "Turns that a loop finished, also those that found nothing to do", "loop")
FAILURES = Counter("waia_loop_failures_total", "Turns of a loop that ended in an error", "loop")

SENDS = Counter(
    "waia_sends_total",
    "How sends ended: taken by WhatsApp, put off, refused for good, kept because the number may not send, unknown",
    "outcome",
    ("sent", "retried", "failed", "stopped", "uncertain"),
)
FAILED = Counter("waia_send_failures_total", "Sends refused for good", "reason", tuple(ReasonKind))
SEND_TIME = Histogram(
    "waia_send_duration_seconds",
    "From asking WhatsApp to its answer",
    SLOW_S,
    "outcome",
    ("sent", "retried", "failed", "stopped", "uncertain"),
)
DELAY = Histogram("waia_send_delay_seconds", "From writing a message to WhatsApp taking it", SLOW_S)
HELD_BACK = Counter(
    "waia_send_throttle_waits_total",
    "Messages that were due and had to wait: for the pace of one customer, that of the number, a pause of the number",
    "reason",
    ("customer", "rate", "pause"),
)
SENT_AGAIN = Counter("waia_uncertain_resent_total", "Replies of unknown outcome that were sent once more")

FETCHES = Counter(
    "waia_media_fetches_total",
    "Tries to fetch a customer's file",
    "outcome",
    ("stored", "retried", "given_up"),
)

NOTES = Counter(
    "waia_transcriptions_total",
    "Voice notes by how hearing them ended",
    "outcome",
    tuple(state for state in TranscriptState if state is not TranscriptState.WAITING),
)
HEARING_TIME = Histogram(
    "waia_transcription_duration_seconds", "Decoding and hearing one voice note, without loading the model", SLOW_S
)
HEARD_SECONDS = Counter("waia_transcription_audio_seconds_total", "Length of the voice notes that were heard")
