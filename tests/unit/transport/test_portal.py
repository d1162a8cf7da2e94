"""The portal: coroutines over there, callbacks over here."""

import asyncio
import threading

import pytest

from golive.transport.portal import Portal


@pytest.fixture
def portal():
    portal = Portal()
    yield portal
    portal.close()


def test_questions_are_asked_in_the_calling_thread(portal):
    async def over_there():
        assert threading.current_thread() is not threading.main_thread()
        return await portal.ask(lambda word: (word, threading.current_thread()), "hello")

    assert portal.call(over_there()) == ("hello", threading.current_thread())


def test_everything_told_is_heard_in_order_before_the_call_returns(portal):
    heard = []

    async def over_there():
        for number in range(1000):
            portal.tell(heard.append, number)
        return "done"

    assert portal.call(over_there()) == "done"
    assert heard == list(range(1000))


def test_an_error_of_a_question_goes_to_who_asked(portal):
    def question():
        raise LookupError("no answer")

    async def over_there():
        with pytest.raises(LookupError):
            await portal.ask(question)
        return "went on"

    assert portal.call(over_there()) == "went on"


def test_an_interrupt_cancels_what_runs_over_there(portal):
    cancelled = threading.Event()

    def interrupt():
        raise KeyboardInterrupt

    async def over_there():
        portal.tell(interrupt)
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with pytest.raises(KeyboardInterrupt):
        portal.call(over_there())
    assert cancelled.wait(10)

    async def works():
        return 1

    assert portal.call(works()) == 1
