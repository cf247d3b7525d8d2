"""Two web processes behind one address: what one knows the other knows, sooner with Redis, and without it too."""

import asyncio
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.chats.stream_world import Client, ask_at
from tests.crash.effort import note_figures, times
from tests.crash.fault_world import admins_signed_in, browser
from tests.crash.fleet import Fleet, fleet
from tests.crash.forks import Forks
from tests.crash.test_fault_stop import PER_PERSON, open_streams, stop_politely
from tests.road_world import Waia, eventually, said, served
from tests.roads.invariants import check_invariants
from tests.roads.store import Store
from tests.servers import Server, free_port
from waia.accounts.cookies import csrf_token

ACTS, SOON_S, LATER_S = 6, 1.0, 2.0
STREAMS = times(50, 500)
FAREWELL = "Hasta luego"


async def act(web: Waia, token: str, method: str, path: str) -> int:
    async with browser(web, token) as agent:
        answer = await agent.request(method, path, headers={"x-csrf-token": csrf_token(token), "hx-request": "true"})
        return answer.status_code


async def watch(web: Waia, token: str, chat: int) -> Client:
    status, _, reader, writer = await ask_at(int(web.environ["PORT"]), f"chat={chat}", token=token)
    assert status == 200
    client = Client(reader, writer)
    await client.until_told("ready")
    return client


async def one_chat(ships: Fleet) -> int:
    await ships.road.says("Hola")
    await ships.road.calm()
    chat: int = await ships.road.store.one("SELECT id FROM chat_state")
    return chat


async def standing(web: Waia) -> tuple[str, str]:
    """As operators see it: the status, and what is said of Redis."""
    async with browser(web) as operator:
        found = (await operator.get("/readyz", headers={"accept": "application/json"})).json()
    return found["status"], found["checks"]["redis"]


async def all_joined(webs: Sequence[Waia]) -> None:
    async def joined() -> bool:
        return [(await standing(web))[1] for web in webs] == ["ok"] * len(webs)

    await eventually(joined, "all webs are joined by Redis")


async def shown_after(ships: Fleet, watching: Client, token: str, chat: int) -> list[float]:
    """An agent at the second web takes the chat and gives it back; the seconds until the first web shows it."""
    found = []
    for number in range(ACTS):
        method, before, started = ("PUT", "DELETE")[number % 2], len(watching.told), time.monotonic()
        assert await act(ships.more_webs[0], token, method, f"/chats/{chat}/atencion") == 200

        async def is_shown(before: int = before) -> bool:
            return any(f'id="holder-{chat}"' in told.data for told in watching.told[before:])

        await eventually(is_shown, "the first web shows it")
        found.append(time.monotonic() - started)
    return sorted(found)


async def test_what_an_agent_does_at_one_web_the_other_shows_soon_with_redis_and_without(
    tmp_path: Path, mariadb_url: str, redis_server: Server, forks: Forks
) -> None:
    settings = {"REDIS_URL": redis_server.address}
    async with fleet(tmp_path, mariadb_url, 2, spawn=forks.spawn(), **settings) as ships:
        await ships.start()
        ana, beto = await admins_signed_in(ships.road, 2)
        chat = await one_chat(ships)
        await all_joined(ships.webs)
        watching = await watch(ships.webs[0], ana, chat)
        with_redis = (await shown_after(ships, watching, beto, chat))[ACTS // 2]
        assert with_redis < SOON_S
        there = await watch(ships.webs[1], beto, chat)
        await watching.until('">jefe1<')
        await asyncio.to_thread(redis_server.kill)
        try:
            without = (await shown_after(ships, watching, beto, chat))[ACTS // 2]
            assert without < LATER_S
            assert await standing_without(ships.webs) == {"degraded"}
        finally:
            await asyncio.to_thread(redis_server.start)
        await all_joined(ships.webs)
        for client in (watching, there):
            await client.close()
        note_figures("F18", shown_s=round(with_redis, 3), shown_without_s=round(without, 3))


async def standing_without(webs: Sequence[Waia]) -> set[str]:
    """Whether they may take requests: they may."""
    found = [await standing(web) for web in webs]
    assert all(words.startswith("away for") for _, words in found), found
    return {status for status, _ in found}


async def test_wrong_passwords_count_at_both_webs_and_who_is_disabled_is_out_at_both(
    tmp_path: Path, mariadb_url: str, forks: Forks
) -> None:
    async with fleet(tmp_path, mariadb_url, 2, spawn=forks.spawn()) as ships:
        await asyncio.gather(*(web.start() for web in ships.webs))
        statuses = []
        for number in range(6):
            async with browser(ships.webs[number % 2]) as guesser:
                statuses.append((await guesser.sign_in("jefe0", "wrong")).status_code)
        assert statuses == [401] * 5 + [429]
        ana, beto = await admins_signed_in(ships.road, 2)
        user = await ships.road.store.one("SELECT id FROM usuarios WHERE username = 'jefe0'")
        async with browser(ships.webs[0], ana) as agent:
            assert (await agent.get("/")).status_code == 200
            assert await act(ships.webs[1], beto, "PUT", f"/usuarios/{user}/baja") == 200
            started = time.monotonic()

            async def is_out() -> bool:
                return (await agent.get("/")).status_code != 200

            await eventually(is_out, "who was disabled at the other web is out")
            assert time.monotonic() - started < LATER_S


async def test_two_workers_end_each_session_once(tmp_path: Path, mariadb_url: str, forks: Forks) -> None:
    settings = {"SESSION_TIMEOUT": "1", "SESSION_CLOSE_TEXT": FAREWELL}
    async with fleet(tmp_path, mariadb_url, spawn=forks.spawn(), **settings) as ships:
        await ships.start()
        customers = [f"c{number}" for number in range(30)]
        for number, customer in enumerate(customers):
            ships.road.world.add_customer(customer, customer, f"5732{number:08}", reads_at_once=False)
            await ships.road.says("Hola", customer)
        open_ones = "SELECT count(*) FROM mensajes WHERE mensaje = :words"
        await ships.road.until(open_ones, len(customers), words=FAREWELL)
        await ships.road.calm()
        told = {customer: [said(sent) for sent in ships.road.sent_to(customer)] for customer in customers}
        assert {words.count(FAREWELL) for words in told.values()} == {1}
        await check_invariants(ships.road)


async def test_processes_that_start_together_set_up_an_empty_database_once(
    tmp_path: Path, mariadb_server: str, forks: Forks
) -> None:
    name = f"waia_{secrets.token_hex(6)}"
    await Store(f"{mariadb_server}/mysql").rows(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    async with fleet(tmp_path, f"{mariadb_server}/{name}", 2, spawn=forks.spawn()) as ships:
        await ships.start()
        await one_chat(ships)
        assert ships.log.count("database_set_up") == 1
        assert [worker.process and worker.process.returncode for worker in ships.workers] == [None, None]
        assert await ships.road.store.one("SELECT count(*) FROM usuarios") == 1
        await check_invariants(ships.road)


@pytest.mark.usefixtures("many_files")
async def test_one_of_two_webs_stops_with_many_open_pages(
    tmp_path: Path, mariadb_url: str, redis_server: Server, forks: Forks
) -> None:
    """N8, F46 with a database server and Redis: the other web and the workers go on."""
    settings = {"REDIS_URL": redis_server.address}
    async with fleet(tmp_path, mariadb_url, 2, spawn=forks.spawn(), **settings) as ships:
        await ships.start()
        tokens = await admins_signed_in(ships.road, STREAMS // PER_PERSON)
        async with open_streams(ships.webs[1], tokens) as streams:
            await ships.road.says("Hola")
            await ships.road.world.until(lambda: len(ships.road.world.sent) > 0, 20)
            await stop_politely(ships.webs[1], streams)
        await ships.road.says("Hola", "diego")
        await ships.road.calm()
        assert {await member.stop() for member in (ships.webs[0], *ships.workers)} == {0}
        await check_invariants(ships.road)


async def test_an_installation_without_redis_behind_its_address_starts_and_works(
    tmp_path: Path, mariadb_url: str
) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    async with served(tmp_path, mariadb_url, REDIS_URL=nowhere) as road:
        assert len(await road.talk("Hola")) == 1
        assert await standing_without([road.waia]) == {"degraded"}
        assert "redis_lost" in road.waia.log
        assert nowhere not in road.waia.log
