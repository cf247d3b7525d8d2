"""What the loops must know of the owner's wishes, as of now: how to receive, and how to decide."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from waia.chats.assignment import Assigning
from waia.chats.receive import Reception
from waia.chats.turns import Brain
from waia.chats.voice_notices import VoiceTexts
from waia.kit.clock import Clock
from waia.rules.book import Flow, Rules
from waia.rules.replies import contents_of

LONGEST_QUIET_S = 8.0


@dataclass(frozen=True, slots=True)
class Mind:
    """`base_url` is where customers' phones (and Meta) reach our own media."""

    rules: Rules
    clock: Clock
    base_url: str

    async def flow(self) -> Flow:
        return await self.rules.book(self.clock.real())

    async def reception(self) -> Reception:
        values = (await self.flow()).values
        return Reception(
            our_numbers=frozenset(values.phone_number_ids),
            quiet_s=values.buffer_s,
            longest_quiet_s=min(LONGEST_QUIET_S, values.buffer_s * 4),
            bot_max_age=timedelta(minutes=values.bot_max_age_min),
            resume_hours=values.bot_resume_hours,
            session_timeout_s=values.session_timeout_s,
            shows_typing=values.typing_indicator,
            hears=values.max_transcription_ms > 0,
            voice_wait_s=values.voice_wait_s,
        )

    async def brain(self) -> Brain:
        flow = await self.flow()
        return Brain(
            book=flow.book,
            is_open=flow.is_open,
            contents_of=partial(contents_of, base_url=self.base_url),
            resume_hours=flow.values.bot_resume_hours,
            session_timeout_s=flow.values.session_timeout_s,
            away_text=flow.away_text,
            voice=VoiceTexts(flow.values.voice_too_long_text, flow.values.voice_not_understood_text),
            bot_max_age=timedelta(minutes=flow.values.bot_max_age_min),
            assigning=Assigning(
                is_on=flow.values.auto_assign,
                without_role=flow.chats_without_role,
                resume_hours=flow.values.bot_resume_hours,
            ),
        )
