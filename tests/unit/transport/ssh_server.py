"""A real SSH server on loopback, in this process: a real shell runs what it is told, as whoever runs the tests."""

import asyncio
import os
import threading
from pathlib import Path

import asyncssh


class _Door(asyncssh.SSHServer):
    def __init__(self, server):
        self._server = server

    def connection_made(self, conn):
        self._server.connections.append(conn)

    def password_auth_supported(self):
        return bool(self._server.password) and not self._server.challenge

    def validate_password(self, username, password):
        self._server.passwords.append(password)
        return password == self._server.password

    def kbdint_auth_supported(self):
        return self._server.challenge

    def get_kbdint_challenge(self, username, lang, submethods):
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, username, responses):
        return list(responses) == [self._server.password]

    def connection_requested(self, dest_host, dest_port, orig_host, orig_port):
        return True


class SshServer:
    """``password``: one that lets anybody in; ``authorized``: a public key line that does; ``noise``: what the login
    shell prints before anything else; ``path``: PATH of the commands."""

    def __init__(self, host_key, authorized="", password="", challenge=False):
        self.host_key = host_key
        self.authorized = authorized
        self.password = password
        self.challenge = challenge
        self.noise = b""
        self.path = ""
        self.home = ""
        self.port = 0
        self.connections = []
        self.passwords = []
        self.commands = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = None

    def start(self):
        self._call(self._start())
        return self

    def stop(self):
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def vanish(self):
        """Every connection ends at once, without a goodbye."""
        self._call(self._vanish())

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)

    async def _start(self):
        self._server = await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=lambda: _Door(self),
            server_host_keys=[self.host_key],
            authorized_client_keys=asyncssh.import_authorized_keys(self.authorized) if self.authorized else None,
            process_factory=self._serve,
            encoding=None,
        )
        self.port = self._server.get_port()

    async def _stop(self):
        await self._vanish()
        self._server.close()
        await self._server.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _vanish(self):
        for connection in self.connections:
            connection.abort()
        self.connections.clear()

    async def _serve(self, process):
        self.commands.append(process.command)
        process.stdout.write(self.noise)
        environment = dict(os.environ, PATH=self.path or os.environ["PATH"], HOME=self.home or os.environ["HOME"])
        shell = await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", process.command, stdin=-1, stdout=-1, stderr=-1, env=environment
        )
        feed = asyncio.ensure_future(self._feed(process, shell))
        try:
            await asyncio.gather(
                self._drain(shell.stdout, process.stdout), self._drain(shell.stderr, process.stderr), shell.wait()
            )
            process.exit(shell.returncode)
        finally:
            feed.cancel()
            if shell.returncode is None:
                shell.stdin.close()
                await shell.wait()

    @staticmethod
    async def _feed(process, shell):
        try:
            while piece := await process.stdin.read(65536):
                shell.stdin.write(piece)
                await shell.stdin.drain()
        except (OSError, asyncssh.Error):
            pass
        finally:
            shell.stdin.close()

    @staticmethod
    async def _drain(source, target):
        while piece := await source.read(65536):
            try:
                target.write(piece)
                await target.drain()
            except (OSError, asyncssh.Error):
                return


def key_file(folder: Path, name: str, passphrase=None):
    """A new ed25519 key in FOLDER, and its public half beside it."""
    key = asyncssh.generate_private_key("ssh-ed25519", comment=name)
    path = folder / name
    key.write_private_key(path, passphrase=passphrase)
    path.chmod(0o600)
    key.write_public_key(f"{path}.pub")
    return path
