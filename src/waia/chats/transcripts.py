"""What a voice note says, where people mend it: the machine's words stay beside theirs, the bot is not asked again."""

from datetime import datetime

from waia.accounts.signed_in import SignedIn
from waia.chats.record import ChatRecord
from waia.chats.repository import save_chats
from waia.chats.transcripts_repository import store_text
from waia.kit.db import Transaction
from waia.kit.errors import Invalid
from waia.kit.i18n import N_
from waia.kit.overtaken import refuse_overtaken, seen_of
from waia.transcription import repository
from waia.transcription.values import Transcript, TranscriptState

LONGEST = 4_000
EMPTY, TOO_LONG = N_("Escribe lo que dice el audio."), N_("La transcripción puede tener hasta 4000 caracteres.")


def seen_in(transcript: Transcript) -> str:
    """By what a form says which words it was opened with."""
    return seen_of(transcript.text)


async def correct(
    tx: Transaction, chat: ChatRecord, transcript: Transcript, user: SignedIn, words: str, seen: str, now: datetime
) -> None:
    """A person's words instead of those that are shown; what is shown already changes nothing.

    Raises Invalid, and Overtaken when somebody else was faster.
    """
    text = _checked(words)
    if text == transcript.text:
        return
    refuse_overtaken(seen, seen_in(transcript))
    await repository.correct(tx, transcript.message_id, text, user.id, now)
    await retell(tx, chat, transcript.message_id, text)


async def take_back(tx: Transaction, chat: ChatRecord, transcript: Transcript) -> None:
    """What was heard counts again."""
    if transcript.is_corrected:
        await repository.take_back(tx, transcript.message_id)
        await retell(tx, chat, transcript.message_id, transcript.heard_text)


async def hear_again(tx: Transaction, transcript: Transcript, real_now: datetime) -> None:
    """One that has no text is listened to once more; one that is waited for already, or has its text, is left alone."""
    if transcript.state is TranscriptState.WAITING or transcript.state.has_text:
        return
    if await repository.want_again(tx, transcript.message_id, real_now):
        tx.announce("message_changed", transcript.chat_id, str(transcript.message_id))


async def retell(tx: Transaction, chat: ChatRecord, message_id: int, text: str) -> None:
    """The message says this now: in the conversation, in search, and in the list where it is the last one."""
    await store_text(tx, message_id, text)
    tx.announce("message_changed", chat.id, str(message_id))
    if chat.last_message_id == message_id:
        chat.preview_text(text)
        await save_chats(tx, [chat])


def _checked(words: str) -> str:
    text = words.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid({"texto": EMPTY})
    if len(text) > LONGEST:
        raise Invalid({"texto": TOO_LONG})
    return text
