"""A terminal over one channel of a connection: what is typed goes in, what the program says comes out."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import Any

from golive.errors import HostError
from golive.protocol.terminal import ERRORS, STARTED
from golive.transport.channel import Channel
from golive.transport.portal import Portal
from golive.transport.terminal import Ends, Listener, Opening, input_frame, size_frame


class SshTerminal:
    """One program at the other end of CHANNEL, which the runner's ``terminal`` answers on."""

    def __init__(self, channel: Channel, portal: Portal, host: str) -> None:
        self._channel = channel
        self._portal = portal
        self._host = host
        self._loop = asyncio.get_running_loop()
        self._over = False

    async def hold(self, opening: Opening, ends: Ends) -> dict[str, Any]:
        """To the program's end: {status}, or {code, params} if it never ran. Raises HostError ``connection-lost``."""
        listener = Listener(self._host)
        try:
            await self._channel.send([opening.frame])
            while listener.last is None:
                content = await self._channel.piece()
                if not content:
                    await self._ended_untold()
                for name, inner in listener.feed(content):
                    if name == STARTED:
                        await self._portal.ask(self._begin, ends)
                    else:
                        await self._portal.ask(ends.write, inner, name == ERRORS)
            return listener.last
        finally:
            self._over = True
            self._channel.close()

    async def _ended_untold(self) -> None:
        status = await self._channel.status()
        if status:
            raise HostError("runner-failed", host=self._host, status=status, output=await self._channel.errors())
        raise HostError("connection-lost", host=self._host)

    def _begin(self, ends: Ends) -> None:
        """In the person's own thread: from now on what is typed is the program's."""
        ends.begin(lambda rows, columns: self._tell(size_frame(rows, columns)))
        threading.Thread(target=self._feed, args=(ends,), name="golive-keyboard", daemon=True).start()

    def _feed(self, ends: Ends) -> None:
        """No faster than the host takes it."""
        with suppress(HostError, OSError, RuntimeError, asyncio.CancelledError):
            while not self._over:
                content = ends.read()
                if self._over:
                    return
                sending = self._channel.send([input_frame(content)])
                asyncio.run_coroutine_threadsafe(sending, self._loop).result()
                if not content:
                    return

    def _tell(self, content: bytes) -> None:
        """Without waiting: whoever resizes a window in a flood of output must not wait for it."""
        if not self._over:
            asyncio.run_coroutine_threadsafe(self._channel.send([content]), self._loop)
