"""Hears voice notes: the one door for whoever has a file and wants its words, and what people are told of it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from waia.kit.clock import Clock
from waia.media.decoders import Killed, NoDecoder, Said, TooSlow, Undecodable
from waia.settings import Settings
from waia.transcription.audio import Halted, Limits, Sound, TooLong, sounding
from waia.transcription.breaker import Breaker
from waia.transcription.model import Load, Models, NoModel
from waia.transcription.places import ModelPlaces
from waia.transcription.pool import Pool
from waia.transcription.recognizer import Found, VoiceModel, recognize
from waia.transcription.values import Heard, TranscriptState


@dataclass(slots=True)
class Ears:
    """What one process hears with. `limits` None: the owner wants nothing to be heard."""

    places: ModelPlaces
    limits: Limits | None
    pool: Pool
    models: Models
    breaker: Breaker
    clock: Clock

    @property
    def at_once(self) -> int:
        return self.pool.size

    async def hear(self, path: Path, mime: str, vocabulary: Sequence[str] = ()) -> Heard:
        """The words of a file of this machine; what cannot be heard is an answer, too.

        Raises Killed when somebody ended the decoder: another try may work.
        """
        if self.limits is None:
            return Heard(TranscriptState.SKIPPED, reason="off")
        leave = self.breaker.begin(self.clock.real())
        if leave is None:
            return Heard(TranscriptState.SKIPPED, reason="paused")
        took_s = None
        try:
            async with self.models.borrowed(self.clock.real()) as model:
                heard = await self._listen(model, path, mime, vocabulary, self.limits)
            took_s = heard.took_ms / 1000 if heard.state.has_text or heard.state is TranscriptState.SILENT else None
        except NoModel as error:
            return Heard(TranscriptState.NO_MODEL, reason=error.reason)
        finally:
            before, now = self.breaker.until, self.clock.real()
            self.breaker.end(leave, took_s, now)
            if self.breaker.until != before:
                self.places.tell_pause(self.breaker.until)
        return heard

    def rest(self) -> None:
        """Called now and then: memory that nobody needs goes back."""
        self.models.rest(self.clock.real())

    def close(self) -> None:
        self.pool.close()

    async def _listen(
        self, model: VoiceModel, path: Path, mime: str, vocabulary: Sequence[str], limits: Limits
    ) -> Heard:
        began = time.monotonic()
        try:
            async with sounding(path, mime, limits) as (sound, listening):
                work = partial(recognize, model, sound.pieces(), vocabulary, sound.check)
                try:
                    found = await self.pool.run(work, sound.pour.halt)
                except Halted:
                    return Heard(TranscriptState.TOO_LONG, duration_ms=sound.declared_ms, reason="declared")
                said = await sound.close(listening)
        except TooLong as error:
            return Heard(TranscriptState.TOO_LONG, duration_ms=error.duration_ms, reason="cut")
        except NoDecoder:
            return Heard(TranscriptState.FAILED, reason="no_decoder")
        except TooSlow:
            return Heard(TranscriptState.FAILED, reason="too_slow")
        except Killed:
            raise
        except Undecodable:
            return Heard(TranscriptState.FAILED, reason="undecodable")
        return _verdict(sound, said, found, round((time.monotonic() - began) * 1000))


def _verdict(sound: Sound, said: Said, found: Found, took_ms: int) -> Heard:
    """`took_ms` counts decoder and recogniser, not the loading of the model."""
    heard = partial(Heard, duration_ms=sound.duration_ms, took_ms=took_ms)
    if sound.is_too_long:
        return heard(TranscriptState.TOO_LONG, duration_ms=sound.declared_ms or sound.duration_ms, reason="declared")
    if not sound.poured:
        return heard(TranscriptState.FAILED, reason="undecodable")
    if sound.is_damaged(said):
        state = TranscriptState.PARTIAL if found.words else TranscriptState.FAILED
        return heard(state, words=found.words, closed=found.closed, reason="damaged")
    if not found.words:
        return heard(TranscriptState.SILENT)
    return heard(TranscriptState.HEARD, words=found.words, closed=found.closed)


def open_ears(settings: Settings, clock: Clock, load: Load = VoiceModel) -> Ears:
    """Nothing is loaded before the first note."""
    places, pool = ModelPlaces.of(settings), Pool(int(settings.voice_workers))
    longest_ms = int(settings.max_transcription_ms)
    return Ears(
        places=places,
        limits=Limits.of(longest_ms) if longest_ms else None,
        pool=pool,
        models=Models(places.model, pool, timedelta(minutes=settings.voice_model_idle_min), load),
        breaker=Breaker(settings.max_transcription_avg_s),
        clock=clock,
    )
