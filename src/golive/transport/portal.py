"""A door between the calling thread and an event loop in the background.

``call`` runs a coroutine over there; whatever it wants done over here (a question, an event for the view) is done by
the calling thread itself, so that no callback of the user's ever runs in a foreign thread.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

# Windows cannot interrupt a wait for a lock: without a limit, Ctrl-C would be heard only when the wait is over.
_HEARING = 0.25


class Portal:
    """One event loop in one daemon thread, started by the first call."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._errands: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result. Ctrl-C cancels it and waits until it has cleaned up."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._running_loop())
        future.add_done_callback(lambda _: self._errands.put(lambda: None))
        try:
            while True:
                self._do_errands(future.done)
                if future.done() and self._errands.empty():
                    return future.result()
        except BaseException:
            future.cancel()
            raise

    def tell(self, function: Callable[..., None], *arguments: Any) -> None:
        """From the loop: have the calling thread do this, without waiting for it."""
        self._errands.put(lambda: function(*arguments))

    async def ask(self, function: Callable[..., T], *arguments: Any) -> T:
        """From the loop: what FUNCTION returns (or raises) in the calling thread."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def errand() -> None:
            try:
                result = function(*arguments)
            except Exception as error:
                loop.call_soon_threadsafe(_settle, answer, None, error)
            else:
                loop.call_soon_threadsafe(_settle, answer, result, None)

        self._errands.put(errand)
        return await answer

    def close(self) -> None:
        """Stop the loop."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(loop.stop)

    def _do_errands(self, done: Callable[[], bool]) -> None:
        try:
            self._errands.get(timeout=_HEARING)()
        except queue.Empty:
            return
        while done() and not self._errands.empty():
            self._errands.get()()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            loop = self._loop = asyncio.new_event_loop()
            threading.Thread(target=_serve, args=(loop,), name="golive-portal", daemon=True).start()
        return self._loop


def _settle(answer: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if answer.done():
        return
    if error is not None:
        answer.set_exception(error)
    else:
        answer.set_result(result)


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()
