"""`GET /metrics`: who may look, what moves when something happens, and that a look costs little at any size."""

import asyncio
import platform
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest

from tests.observing.house import house
from tests.observing.private import sign_in
from tests.observing.scrape import KNOWS, TOKEN, Scrape, read, scrape
from tests.road_world import Inside, Waia, eventually, inside, served
from tests.roads.bodies import status, text, texts, value, webhook
from tests.roads.desk import publish, rule
from tests.servers import free_port
from tests.transcription.test_road import says_aloud, with_one_word
from waia.kit.metrics import Counter, Histogram, exposition
from waia.settings import SettingError, load_settings

OPEN = {"METRICS_TOKEN": TOKEN}
GREETING = rule("menu_principal", "iniciar", "¡Hola!")
UNDELIVERABLE, RATE = 131026, 130429
AT = "%Y-%m-%d %H:%M:%S.%f"


async def settled(road: Inside) -> Scrape:
    """When nothing is on its way."""
    await road.calm()
    road.parts.backlog.fresh_s = 0
    return await scrape(road.http)


async def test_without_a_token_there_is_no_such_page_for_anybody(tmp_path: Path, sqlite_url: str) -> None:
    """From loopback as well: behind a proxy everybody comes from there."""
    async with house(tmp_path, sqlite_url) as ours:
        for headers in ({}, KNOWS, {"authorization": "Bearer "}):
            assert (await ours.http.get("/metrics", headers=headers)).status_code == 404


async def test_who_does_not_know_the_token_sees_nothing(tmp_path: Path, sqlite_url: str) -> None:
    close = (f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN)
    async with house(tmp_path, sqlite_url, **OPEN) as ours:
        for told in ("", "Bearer", "bearer  ", "Bearer \xf1", *close):
            answer = await ours.http.get("/metrics", headers=[(b"authorization", told.encode("latin-1"))])
            assert (answer.status_code, answer.content) == (401, b""), told
            assert answer.headers["www-authenticate"] == "Bearer"
        assert (await ours.http.get("/metrics", headers={"authorization": f"bearer {TOKEN}"})).status_code == 200


def test_a_token_that_can_be_guessed_and_an_open_port_for_all_are_refused_at_start() -> None:
    for settings in ({"METRICS_TOKEN": "short"}, {"METRICS_PORT": "9100", "METRICS_HOST": "0.0.0.0"}):
        with pytest.raises(SettingError, match="METRICS_"):
            load_settings(settings, env_file=None)


def test_what_people_write_can_neither_become_a_label_nor_break_the_format() -> None:
    counter = Counter("waia_sample_total", 'A "sample"\nwith \\ in it', "kind", ("known",))
    for word in ("known", "known", "+57 300 111 2233", 'x"} 1\ny'):
        counter.add(word)
    hard = Histogram("waia_sample_seconds", "Another", (0.1, 1.0), "kind", ('quo"te', "line\nbreak", "back\\slash"))
    for amount in (0.1, 0.5, 7.0):
        hard.observe(amount, 'quo"te')
    found = read(exposition([counter.family(), hard.family()]))
    assert found['waia_sample_total{kind="known"}'] == 2
    assert found['waia_sample_total{kind="other"}'] == 2
    buckets = [found[f'waia_sample_seconds_bucket{{kind="quo\\"te",le="{bound}"}}'] for bound in ("0.1", "1", "+Inf")]
    assert buckets == [1, 2, 3]
    assert found['waia_sample_seconds_sum{kind="quo\\"te"}'] == pytest.approx(7.6)


async def test_a_message_moves_the_figures_of_its_whole_road(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url, **OPEN) as road:
        await publish(road, GREETING)
        before = await settled(road)
        body = texts(("wamid.1", "Hola"))
        assert [await road.post(body) for _ in range(2)] == [200, 200]
        assert await road.post(body, "sha256=wrong") == 403
        assert await road.post(b"x" * (4 * 1024 * 1024 + 1)) == 413
        after = await settled(road)
    rose = {series: after.since(before, series) for series in after.values}
    assert rose['waia_webhook_duration_seconds_count{code="403"}'] == 1
    assert rose['waia_webhook_duration_seconds_count{code="413"}'] == 1
    assert rose['waia_webhook_duration_seconds_count{code="200"}'] >= 2, "the statuses came as well"
    assert rose['waia_webhook_refused_total{reason="signature"}'] == 1
    assert rose['waia_webhook_refused_total{reason="oversize"}'] == 1
    assert rose['waia_webhook_items_total{kind="repeated"}'] == 1
    assert rose['waia_webhook_items_total{kind="new"}'] == 1 + 3, "a message, and sent, delivered, read"
    assert rose['waia_turns_total{outcome="replied"}'] == rose["waia_turn_duration_seconds_count"] == 1
    assert rose['waia_sends_total{outcome="sent"}'] == rose["waia_send_delay_seconds_count"] == 1
    assert rose['waia_send_duration_seconds_count{outcome="sent"}'] == 1
    moved = [rose[f'waia_statuses_applied_total{{status="{name}"}}'] for name in ("sent", "delivered", "read")]
    assert 1 <= sum(moved) <= 3
    assert moved[-1] == 1, "statuses of one batch move a message once, to the highest"
    assert rose['waia_http_responses_total{class="4xx"}'] == 2
    assert rose['waia_loop_runs_total{loop="inbox"}'] > 0
    assert rose['waia_database_wait_seconds_count{for="write"}'] > 0


async def test_how_sends_end_is_told_by_kind_and_reason(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url, **OPEN) as road:
        await publish(road, GREETING)
        before = await settled(road)
        road.world.faults.send.next_codes = [UNDELIVERABLE]
        await road.talk("Hola")
        road.world.faults.send.next_codes, road.world.faults.send.retry_after_s = [RATE], 1
        await road.says("Hola", "diego")
        await road.until("SELECT count(*) FROM outbox WHERE state = 'queued' AND attempts = 1")
        road.world.faults.send.lost_answer.times = 1
        road.world.faults.status.never.times = 1
        await road.talk("Hola", "elena")  # while the number pauses
        first = next(sent for sent in road.world.sent if sent.customer_key == "elena")
        await road.post(webhook(value(statuses=[status(first.wamid, "delivered", opaque=str(first.opaque))])))
        await road.post(webhook(value(statuses=[status("wamid.nobody", "read")])))
        after = await settled(road)
    ended = {word: after.since(before, f'waia_sends_total{{outcome="{word}"}}') for word in ("sent", "failed")}
    assert ended == {"sent": 2, "failed": 1}
    assert after.since(before, 'waia_sends_total{outcome="retried"}') == 1
    assert after.since(before, 'waia_sends_total{outcome="uncertain"}') == 1
    assert after.since(before, 'waia_send_failures_total{reason="recipient"}') == 1
    assert after.since(before, "waia_uncertain_resent_total") == 1
    assert after.since(before, "waia_possible_duplicates_total") == 1
    assert after.since(before, "waia_statuses_parked_total") == 1
    assert after.since(before, 'waia_send_throttle_waits_total{reason="pause"}') >= 1
    assert after['waia_outbox_messages{state="uncertain"}'] == 0


async def test_a_bug_in_the_bot_and_a_loop_that_fails_are_counted(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url, **OPEN) as road:
        await publish(road, GREETING)
        await road.talk("Hola")
        before = await settled(road)
        await road.store.rows("UPDATE chat_state SET holder = 'nobody', bot_failures = 4")
        await road.says("otra vez")
        await road.until("SELECT needs_person FROM chat_state", "bot_failed")
        await road.store.rows("ALTER TABLE sheet_imports RENAME TO gone")

        async def failed() -> bool:
            return (await scrape(road.http)).since(before, 'waia_loop_failures_total{loop="sheets"}') > 0

        await eventually(failed, "the loop of sheets fails")
        after = await scrape(road.http)
    assert after.since(before, 'waia_turns_total{outcome="failed"}') == 1


async def test_a_voice_note_that_was_heard_is_counted_with_its_time(tmp_path: Path, sqlite_url: str) -> None:
    async with with_one_word(tmp_path, sqlite_url, **OPEN) as road:
        before = await settled(road)
        await says_aloud(road)
        await road.until("SELECT state FROM transcripts", "heard")
        after = await settled(road)
    assert after.since(before, 'waia_transcriptions_total{outcome="heard"}') == 1
    assert after.since(before, "waia_transcription_duration_seconds_count") == 1
    assert after.since(before, "waia_transcription_audio_seconds_total") > 0
    assert after.since(before, 'waia_media_fetches_total{outcome="stored"}') == 1
    assert (after["waia_transcription_running"], after["waia_transcription_paused"]) == (0, 0)


async def test_what_waits_is_told_with_its_age(tmp_path: Path, database_url: str) -> None:
    """Nobody works here, so what comes in waits; five minutes ago it came."""
    long_ago = (datetime.now(UTC) - timedelta(minutes=5)).strftime(AT)
    async with house(tmp_path, database_url, **OPEN) as ours:
        assert await ours.post(webhook(value([text("wamid.1", "Hola"), text("wamid.2", "¿Hola?")]))) == 200
        await ours.store.rows("UPDATE inbox SET received_at = :at", at=long_ago)
        await ours.store.rows("UPDATE lanes SET due_at = :at WHERE queue = 'inbox'", at=long_ago)
        await ours.store.rows("UPDATE inbox SET state = 'dead' WHERE id > 1")
        found = await ours.scrape()
    assert found['waia_inbox_items{state="ready"}'] == found['waia_inbox_items{state="dead"}'] == 1
    assert found['waia_queue_due{queue="inbox"}'] == 1
    assert 300 <= found["waia_inbox_oldest_seconds"] < 400
    assert 300 <= found['waia_queue_lateness_seconds{queue="inbox"}'] < 400
    assert found["waia_outbox_oldest_seconds"] == found['waia_queue_due{queue="outbox"}'] == 0
    assert found["waia_database_up"] == 1
    assert found["process_resident_memory_bytes"] > 10_000_000
    assert found["process_start_time_seconds"] <= datetime.now(UTC).timestamp()
    told = f'version="{version("waia")}",database="{database_url.partition(":")[0]}"'
    told += f',python="{platform.python_version()}"'
    assert found[f"waia_build_info{{{told}}}"] == 1


async def test_pages_that_listen_are_counted_and_what_they_missed(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url, **OPEN) as road:
        await publish(road, GREETING)
        await road.talk("Hola")
        live, before = road.parts.live, await settled(road)
        missed = (await live.hub.position()).seq
        cookie = f"waia={await sign_in(road.store)}"
        async with road.http.stream("GET", "/eventos?desde=0", headers={"cookie": cookie}) as page:
            assert page.status_code == 200

            async def told() -> bool:
                return (await scrape(road.http)).since(before, "waia_stream_events_replayed_total") == missed > 0

            await eventually(told, "what was missed is told")
            during = await scrape(road.http)
        assert during["waia_streams_open"] == 1
        assert during.since(before, "waia_streams_opened_total") == 1

        async def gone() -> bool:
            return (await scrape(road.http))["waia_streams_open"] == 0

        await eventually(gone, "the stream is closed")


async def test_a_database_that_does_not_answer_leaves_the_rest(tmp_path: Path, sqlite_url: str) -> None:
    async with house(tmp_path, sqlite_url, **OPEN) as ours:
        await ours.store.rows("ALTER TABLE lanes RENAME TO gone")
        found = await ours.scrape()
    assert found["waia_database_up"] == 0
    assert "process_cpu_seconds_total" in found.values
    assert not [series for series in found.values if series.startswith("waia_inbox_")]


async def test_many_looks_are_one_look_at_the_database(tmp_path: Path, sqlite_url: str) -> None:
    async with house(tmp_path, sqlite_url, **OPEN) as ours:
        await ours.store.rows("ALTER TABLE lanes RENAME TO gone")
        await asyncio.gather(*(ours.scrape() for _ in range(20)))
        await ours.store.rows("ALTER TABLE gone RENAME TO lanes")
        assert (await ours.scrape())["waia_database_up"] == 0, "as it was seconds ago"
        ours.building.parts.backlog.fresh_s = 0
        assert (await ours.scrape())["waia_database_up"] == 1


async def test_a_look_never_goes_through_history(tmp_path: Path, mariadb_url: str) -> None:
    """A hundred times as many messages, notes, exports and imports that are over cost not one row more."""
    async with house(tmp_path, mariadb_url, **OPEN) as ours:
        await ours.building.invite()
        ours.building.parts.backlog.fresh_s, costs = 0, []
        for rows in (100, 10_000):
            await ours.lives_through(rows)
            before = await ours.rows_read()
            assert (await ours.scrape())["waia_database_up"] == 1
            costs.append(await ours.rows_read() - before)
    assert costs[1] <= costs[0] + 5, costs


async def test_a_worker_without_web_has_a_door_of_its_own(tmp_path: Path, mariadb_url: str) -> None:
    """On loopback and under its own name it needs no token; a browser led here by a foreign name sees nothing."""
    port = str(free_port())
    async with served(tmp_path, mariadb_url, start=False) as road:
        road.waia.arguments = ("serve", "--web-only")
        await road.waia.start()
        folder = tmp_path / "worker"
        folder.mkdir()
        worker = Waia(folder, {**road.waia.environ, "METRICS_PORT": port}, arguments=("work",), spawn=road.waia.spawn)
        await worker.launch()
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
                await eventually(lambda: _listens(http), "the worker's door is open")
                await road.talk("Hola")
                answer = await http.get("/metrics")
                assert read(answer.text)['waia_sends_total{outcome="sent"}'] == 1
                for path, headers, wanted in (
                    ("/", {}, 404),
                    ("/metrics", {"host": "evil.example"}, 401),
                    ("/metrics", {"x-forwarded-for": "203.0.113.7"}, 401),
                ):
                    assert (await http.get(path, headers=headers)).status_code == wanted, (path, headers)
                assert (await http.post("/metrics")).status_code == 404
            assert await worker.stop() == 0
        finally:
            await worker.kill()
        assert (await road.http.get("/metrics")).status_code == 404, "the web was told neither port nor token"


async def _listens(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/metrics")).is_success
    except httpx.TransportError:
        return False
