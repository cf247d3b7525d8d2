"""What an open page is told, and who is told: fragments, views, rights, caps."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise

from sqlalchemy import update

from tests.chats.stream_world import Office, ask, connect, eventually, serving
from waia.accounts.models import User
from waia.chats.panel.audience import viewer as audience
from waia.chats.panel.feed import Pace
from waia.kit.wakeups import Wakeups

BATCH_S = 0.5


async def test_a_message_reaches_the_open_chat_and_every_list(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office) as server:
        reading = await connect(office, server, "ana", f"vista=todos&chat={chat}")
        listing = await connect(office, server, "beto")
        message = await office.receive(chat, "¿Tienen granito?")
        await reading.until(f'id="message-{message}"')
        await reading.until(f'id="chat-{chat}"')
        await listing.until("¿Tienen granito?")
        assert f"#messages-{chat}" in reading.html
        assert listing.messages() == set()


async def test_the_first_event_does_not_wait(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office, pace=Pace(batch_s=30)) as server:
        ana = await connect(office, server, "ana", f"chat={chat}")
        message = await office.receive(chat)
        await ana.until(f'id="message-{message}"')


async def test_events_in_quick_succession_come_as_one_batch(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office, pace=Pace(batch_s=BATCH_S, counts_s=60)) as server:
        ana = await connect(office, server, "ana", f"chat={chat}")
        began = asyncio.get_running_loop().time()
        first = await office.receive(chat, "uno")
        await ana.until(f'id="message-{first}"')
        later = [await office.receive(chat, f"mensaje {n}") for n in range(20)]
        await ana.until(f'id="message-{later[-1]}"')
        news = [told for told in ana.told if told.id and "message-" in told.data]
        assert len(news) <= 2 + (asyncio.get_running_loop().time() - began) / BATCH_S
        assert news[-1].data.count(f'id="chat-{chat}"') == 1
        assert set(later) <= ana.messages()


async def test_a_row_is_taken_out_and_put_at_its_place_in_one_message(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office) as server:
        beto = await connect(office, server, "beto")
        await office.receive(chat, "Hola")
        await beto.until("Hola")
        told = next(told.data for told in beto.told if "Hola" in told.data)
        taken, put = told.index('hx-swap="delete"'), told.index("upsert key:data-recent sort:desc")
        assert taken < put < told.index(f'id="chat-{chat}"')


async def test_each_view_holds_its_chats_and_is_told_of_those_that_leave(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office) as server:
        mine = await connect(office, server, "ana", "vista=mios")
        await office.change_chat(chat, owner_id=office.users["ana"], holder="person")
        await mine.until(f'id="chat-{chat}"')
        await office.change_chat(chat, owner_id=None, holder="bot")
        await mine.until(f'[data-list=mios] #chat-{chat}"')


async def test_a_filtered_list_holds_its_chats_and_is_told_of_those_that_leave(office: Office) -> None:
    chat, other = await office.add_chat("Carla"), await office.add_chat("Diego")
    async with serving(office) as server:
        asking = await connect(office, server, "beto", f"estado=asesor&dueno={office.users['ana']}&rol=VENTAS")
        await office.change_chat(chat, owner_id=office.users["ana"], holder="person", estado="asesor")
        await asking.until(f'id="chat-{chat}"')
        await office.change_chat(chat, estado="cerrado")
        await asking.until(f'] #chat-{chat}" hx-swap="delete"')
        await office.change_chat(other, estado="asesor")
        await office.change_chat(chat, estado="asesor", preview="de vuelta")
        await asking.until("de vuelta")
        assert f'id="chat-{other}"' not in asking.html


async def test_an_archived_chat_leaves_every_list_but_its_own(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office) as server:
        everyday, archived = (
            await connect(office, server, "ana"),
            await connect(office, server, "ana", "vista=archivados"),
        )
        await office.change_chat(chat, archived_at=office.clock.real(), preview="al archivo")
        await archived.until("upsert key:data-archived sort:desc")
        await everyday.until(f'[data-list=todos] #chat-{chat}" hx-swap="delete"')
        assert "al archivo" not in everyday.html


async def test_a_search_takes_no_new_rows(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office) as server:
        ana = await connect(office, server, "ana", "vista=todos&busca=1")
        await office.receive(chat, "Hola")
        await ana.until(f'hx-target="#chat-{chat}" hx-swap="outerHTML"')
        assert "upsert" not in ana.html


async def test_a_change_of_a_message_only_replaces_what_is_on_the_page(office: Office) -> None:
    chat = await office.add_chat("Carla")
    message = await office.receive(chat)
    async with serving(office) as server:
        ana = await connect(office, server, "ana", f"chat={chat}")
        await office.change_message(chat, message, text="corregido")
        await ana.until("corregido")
        assert f'hx-target="#message-{message}" hx-swap="outerMorph"' in ana.html


async def test_d12_an_edit_and_a_transcription_reach_the_bubble_that_is_open(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office) as server:
        ana = await connect(office, server, "ana", f"chat={chat}")
        message = await office.receive(chat, "Quiero 2 metros")
        await ana.until("Quiero 2 metros")
        await office.change_message(chat, message, text="Quiero 3 metros", edited_at=datetime.now(UTC))
        await ana.until("Quiero 3 metros")
        assert f'hx-target="#message-{message}" hx-swap="outerMorph"' in ana.html


async def test_the_numbers_on_the_tabs_follow_at_most_once_a_second(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office, pace=Pace(batch_s=0.01, counts_s=0.5)) as server:
        ana = await connect(office, server, "ana")
        for n in range(10):
            await office.receive(chat, f"mensaje {n}")
            await ana.until(f"mensaje {n}")
        await eventually(lambda: sum('id="counts"' in told.data for told in ana.told) >= 2, "two counts")
        times = [told.at for told in ana.told if 'id="counts"' in told.data]
        assert all(later - earlier >= 0.45 for earlier, later in pairwise(times))


async def test_only_admins_get_the_question_why(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office) as server:
        ana = await connect(office, server, "ana", f"chat={chat}")
        beto = await connect(office, server, "beto", f"chat={chat}")
        message = await office.receive(chat)
        for client in (ana, beto):
            await client.until(f'id="message-{message}"')
        assert f"/mensajes/{message}/porque" in beto.html
        assert "/porque" not in ana.html


async def test_nobody_is_told_of_chats_out_of_sight(office: Office) -> None:
    hidden, shown = await office.add_chat("Secreta", role=None), await office.add_chat("Carla")
    async with serving(office) as server:
        ana = await connect(office, server, "ana")
        beto = await connect(office, server, "beto")
        await office.receive(hidden, "solo para admins")
        await office.receive(shown, "para todos")
        for client in (ana, beto):
            await client.until("para todos")
        await beto.until("solo para admins")
        assert "solo para admins" not in ana.html
        assert "Secreta" not in ana.html


async def test_the_further_life_of_a_chat_out_of_sight_makes_no_noise(office: Office) -> None:
    hidden, shown = await office.add_chat("Secreta", role=None), await office.add_chat("Carla")
    async with serving(office) as server:
        ana = await connect(office, server, "ana")
        for text in ("uno", "dos", "tres"):
            await office.receive(hidden, text)
            await office.receive(shown, text)
            await ana.until(text)
        assert ana.html.count(f"#chat-{hidden}") == 1


async def test_a_page_that_shows_a_chat_out_of_sight_is_sent_away(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office) as server:
        dora = await connect(office, server, "dora", f"chat={chat}")
        await dora.until_told("gone")
        await dora.until_ended()


async def test_a_chat_handed_to_others_leaves_the_open_page(office: Office) -> None:
    chat = await office.add_chat("Carla", role=None)
    await office.change_chat(chat, owner_id=office.users["ana"])
    async with serving(office) as server:
        ana = await connect(office, server, "ana", f"chat={chat}")
        await office.change_chat(chat, owner_id=office.users["beto"])
        await ana.until_told("gone")
        await office.receive(chat, "para Beto")
        await ana.until_ended()
        assert "para Beto" not in ana.html


async def test_a_role_taken_away_ends_the_stream_within_five_seconds(office: Office) -> None:
    async with serving(office) as server:
        ana = await connect(office, server, "ana")
        await office.take_roles("ana", announce=False)
        await ana.until_told("reset", timeout_s=5)
        await ana.until_ended()


async def test_an_announced_change_of_rights_counts_at_once(office: Office) -> None:
    async with serving(office) as server:
        ana = await connect(office, server, "ana")
        await office.take_roles("ana", announce=True)
        await ana.until_told("reset", timeout_s=audience.REFRESH_S / 2)


async def test_a_revoked_login_ends_the_stream_within_five_seconds(office: Office) -> None:
    async with serving(office) as server:
        ana = await connect(office, server, "ana")
        await office.revoke("ana")
        await ana.until_told("signed-out", timeout_s=5)
        await ana.until_ended()


async def test_a_disabled_user_hears_nothing_more_after_five_seconds(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office) as server:
        ana = await connect(office, server, "ana")
        async with office.database.writing() as tx:
            gone = update(User).where(User.id == office.users["ana"]).values(disabled_at=office.clock.real())
            await tx.execute(gone)
        await ana.until_told("signed-out", timeout_s=5)
        await office.receive(chat, "en secreto")
        await ana.until_ended()
        assert "en secreto" not in ana.html


async def test_strangers_get_401_and_no_way_to_the_login_page(office: Office) -> None:
    async with serving(office) as server:
        status, headers, _, writer = await ask(server, "vista=todos")
        writer.close()
        assert status == 401
        assert "location" not in headers


async def test_the_eleventh_stream_of_a_user_is_asked_to_come_later(office: Office) -> None:
    async with serving(office) as server:
        clients = [await connect(office, server, "ana") for _ in range(audience.STREAMS_PER_USER)]
        status, headers, _, writer = await ask(server, token=office.tokens["ana"])
        writer.close()
        assert (status, headers["retry-after"]) == (503, "5")
        beto = await connect(office, server, "beto")
        await clients[0].close()
        await eventually(lambda: len(server.live.audience) == audience.STREAMS_PER_USER, "the stream left")
        again = await connect(office, server, "ana")
        assert not again.ended
        assert not beto.ended


async def test_a_quiet_stream_has_a_heartbeat_that_tells_the_cursor(office: Office) -> None:
    hidden = await office.add_chat("Secreta", role=None)
    async with serving(office, pace=Pace(heartbeat_s=0.1)) as server:
        ana = await connect(office, server, "ana")
        for text in ("uno", "dos"):
            await office.receive(hidden, text)
        seq = (await office.position()).seq
        await eventually(lambda: ana.last_id == str(seq), f"the heartbeat told {seq}")
        await eventually(lambda: ana.comments > 0 and ana.words[-1] == "heartbeat", "a heartbeat")


async def test_an_event_of_another_process_arrives(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office) as one, serving(office, wakeups=Wakeups()) as two:
        clients = [await connect(office, server, "ana", f"chat={chat}") for server in (one, two)]
        message = await office.receive(chat)
        await asyncio.gather(*(client.until(f'id="message-{message}"') for client in clients))
