"""A small host is told before anything changes that two releases will not fit, and how to make room."""

from __future__ import annotations

from typing import Any

from golive.drivers.preflight import SWAP, host_notices
from golive.drivers.recipe import EnvironmentRecipe, Recipe, Unit
from golive.model.app import App
from golive.planner.room import room_beside, room_for_two
from golive.protocol.facts import Facts

APP = App("shop", "flask", "app:app")
LIVE = {"number": 3, "units": ["golive-shop-web-3@1.service", "golive-shop-web-3@2.service"]}


def recipe(instances: int = 1) -> Recipe:
    return Recipe(EnvironmentRecipe("k", "pip", (), ()), (Unit("web", instances, ""),))


def facts(available: int, swap: int = 0, total: int = 960_000, used: int = 0) -> Facts:
    """Kilobytes; USED: bytes of each live instance."""
    units: dict[str, Any] = {unit: {"memory": used + number} for number, unit in enumerate(LIVE["units"])}
    return Facts({"cores": 1, "memory": {"total": total, "available": available, "swap": swap}, "units": units})


def test_what_fits_is_not_spoken_of() -> None:
    assert room_for_two(APP, recipe(), facts(available=700_000)) == ()
    assert room_beside(LIVE, recipe(), facts(available=300_000, used=200_000_000)) == ()
    assert room_beside(LIVE, recipe(), facts(available=10_000, used=0)) == (), "nobody knows what it uses"
    assert room_beside(LIVE, recipe(), facts(available=100_000, swap=1_000_000, used=200_000_000)) == ()


def test_a_release_beside_the_live_one_by_what_that_uses() -> None:
    (told,) = room_beside(LIVE, recipe(2), facts(available=100_000, used=104_857_600))
    assert told.code == "memory-beside"
    assert dict(told.params) == {"need": 200, "free": 97, "swap": SWAP}


def test_the_first_release_by_what_a_worker_takes() -> None:
    (told,) = room_for_two(APP, recipe(), facts(available=300_000))
    assert told.code == "memory-for-two"
    assert dict(told.params) == {"need": 381, "free": 292, "swap": SWAP}


def test_swap_is_offered_once_and_not_where_there_is_some() -> None:
    tiny = facts(available=100_000, total=480_000)
    assert [dict(told.params)["swap"] for told in (*host_notices(tiny), *room_for_two(APP, recipe(), tiny))] == [
        SWAP,
        "",
    ]
    (told,) = room_beside(LIVE, recipe(), facts(available=10_000, swap=600_000, used=700_000_000))
    assert dict(told.params)["swap"] == ""
