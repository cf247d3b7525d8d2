"""Guessing passwords is slow, and locks out nobody but the one who guesses."""

import asyncio
import statistics
import time
from collections.abc import Callable

from tests.accounts.world import PASSWORD, World


async def test_c06_five_wrong_passwords_block_the_account_from_this_address_even_for_the_right_one(
    world: World,
) -> None:
    await world.add_user("ana")
    browser = world.browser()
    for _ in range(5):
        assert (await browser.sign_in("ana", "wrong")).status_code == 401
    blocked = await browser.sign_in("ana", PASSWORD)
    assert blocked.status_code == 429
    assert blocked.headers["retry-after"] == "900"
    assert "Espera 15 minutos" in blocked.text
    assert 'value="ana"' in blocked.text


async def test_the_block_is_the_same_for_a_user_that_does_not_exist(world: World) -> None:
    browser = world.browser()
    for _ in range(5):
        assert (await browser.sign_in("nobody", "wrong")).status_code == 401
    assert (await browser.sign_in("nobody", "wrong")).status_code == 429


async def test_a_block_ends_and_the_next_one_lasts_longer(world: World) -> None:
    await world.add_user("ana")
    browser = world.browser()
    waits = []
    for _ in range(6):
        for _ in range(5):
            assert (await browser.sign_in("ana", "wrong")).status_code == 401
        waits.append(int((await browser.sign_in("ana")).headers["retry-after"]))
        world.clock.move(seconds=waits[-1])
    assert waits == [900, 1800, 3600, 7200, 14400, 14400]
    assert (await browser.sign_in("ana")).status_code == 303


async def test_refused_tries_do_not_make_the_block_longer(world: World) -> None:
    browser = world.browser()
    for _ in range(5):
        await browser.sign_in("ana", "wrong")
    world.clock.move(minutes=14)
    for _ in range(10):
        assert (await browser.sign_in("ana", "wrong")).headers["retry-after"] == "60"


async def test_somebody_far_away_cannot_lock_out_the_real_user(world: World) -> None:
    await world.add_user("ana")
    for guesser in range(8):
        attacker = world.browser(address=f"198.51.100.{guesser}")
        for _ in range(6):
            await attacker.sign_in("ana", "wrong")
    assert (await world.browser().sign_in("ana")).status_code == 303


async def test_a_login_that_exists_goes_on_during_a_block(world: World) -> None:
    await world.add_user("ana")
    browser, attacker = world.browser(), world.browser()
    await browser.sign_in("ana")
    for _ in range(25):
        await attacker.sign_in("ana", "wrong")
    assert await browser.is_signed_in()


async def test_one_address_has_twenty_tries_over_all_names(world: World) -> None:
    await world.add_user("ana")
    browser = world.browser()
    statuses = [(await browser.sign_in(f"user{n}", "wrong")).status_code for n in range(22)]
    assert statuses == [401] * 20 + [429] * 2
    assert (await browser.sign_in("ana")).status_code == 429
    assert (await world.browser(address="203.0.113.8").sign_in("ana")).status_code == 303


async def test_all_addresses_of_one_ipv6_customer_count_as_one(world: World) -> None:
    statuses = [
        (await world.browser(address=f"2001:db8:1:2::{n:x}").sign_in(f"user{n}", "wrong")).status_code
        for n in range(21)
    ]
    assert statuses == [401] * 20 + [429]
    assert (await world.browser(address="2001:db8:1:3::1").sign_in("user", "wrong")).status_code == 401


async def test_the_address_cannot_be_forged_by_a_header(world: World) -> None:
    statuses = []
    for n in range(21):
        browser = world.browser(headers={"X-Forwarded-For": f"198.51.100.{n}", "X-Real-IP": f"10.0.0.{n}"})
        statuses.append((await browser.sign_in(f"user{n}", "wrong")).status_code)
    assert statuses == [401] * 20 + [429]


async def test_behind_a_trusted_proxy_each_customer_of_it_has_their_own_tries(
    make_world: Callable[..., World],
) -> None:
    world = make_world(trusted_proxies=("10.0.0.0/8",))
    for n in range(25):
        browser = world.browser(address="10.1.2.3", headers={"X-Forwarded-For": f"6.6.6.6, 198.51.100.{n}, 10.0.0.9"})
        assert (await browser.sign_in(f"user{n}", "wrong")).status_code == 401


async def test_a_thousand_guesses_at_once_compute_twenty_hashes(world: World) -> None:
    await world.add_user("ana")
    tries = [world.accounts.throttle.begin("ana", "203.0.113.7") for _ in range(500)]
    tries += [world.accounts.throttle.begin(f"u{n}", "203.0.113.7") for n in range(500)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(result, BaseException) for result in results) <= 20


async def test_a_success_forgives_the_account_but_not_the_address(world: World) -> None:
    await world.add_user("ana")
    browser = world.browser()
    for _ in range(4):
        for _ in range(4):
            assert (await browser.sign_in("ana", "wrong")).status_code == 401
        assert (await browser.sign_in("ana")).status_code == 303
        browser.cookies.clear()
    statuses = [(await browser.sign_in(f"user{n}", "wrong")).status_code for n in range(5)]
    assert statuses == [401] * 4 + [429]


async def test_the_start_of_a_block_is_in_the_audit_trail_once(world: World) -> None:
    browser = world.browser()
    for _ in range(9):
        await browser.sign_in("ana", "wrong")
    assert await world.trail() == ["login_failed"] * 5 + ["login_throttled"]


async def test_what_was_typed_as_a_name_is_not_stored(world: World) -> None:
    await world.browser().sign_in("my-secret-password", "x")
    stored = b"".join(path.read_bytes() for path in world.settings.data_dir.glob("waia.db*"))
    assert b"my-secret-password" not in stored


async def test_an_unknown_user_takes_as_long_as_a_known_one(world: World) -> None:
    await world.add_user("ana")
    known_hash = await world.stored_hash("ana")
    passwords = world.accounts.passwords
    known: list[float] = []
    unknown: list[float] = []
    for _ in range(9):
        for times, stored in ((known, known_hash), (unknown, None)):
            begun = time.process_time()
            await passwords.check("wrong", stored)
            times.append(time.process_time() - begun)
    assert 0.5 < statistics.median(unknown) / statistics.median(known) < 2


async def test_an_endless_password_is_refused_without_hashing_it(world: World) -> None:
    await world.add_user("ana")
    assert (await world.browser().sign_in("ana", "a" * 5_000)).status_code == 401
    assert (await world.browser().sign_in("ana", "a" * 50_000)).status_code == 413
