"""What customers are told of a voice note that did not become text: only what helps, and only what is true."""

from collections.abc import Iterable
from dataclasses import dataclass

from waia.bot.models import Trace
from waia.transcription.values import Transcript, TranscriptState

ANSWERED = ("rules", "event", "@audio")


@dataclass(frozen=True, slots=True)
class VoiceTexts:
    """Empty says nothing. Of a missing model, a pause or a failure of ours no customer is told."""

    too_long: str = ""
    not_understood: str = ""


def notices_of(heard: Iterable[Transcript], trace: Trace, texts: VoiceTexts) -> dict[str, int]:
    """Texts to send, each once, with the note that it is about. A flow with a rule for notes has answered itself."""
    told = {TranscriptState.TOO_LONG: texts.too_long, TranscriptState.SILENT: texts.not_understood}
    notes = [each for each in heard if told.get(each.state, "").strip()]
    if any(stage == ANSWERED for stage in trace.stages):
        return {}
    return {told[each.state]: each.message_id for each in reversed(notes)}
