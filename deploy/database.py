"""The database of local runs and tests: SecantusDB, which speaks MongoDB's protocol, as a child process with its data
on disk.

It is a separate program under its own licence (GPL-2.0) and is never imported. Deployments use MongoDB.
"""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.processes import ChildProcess, StartFailed, free_port

PROGRAM = "secantusd-py"


class DatabaseProcess:
    """A database server over a folder. Stopped or killed, it starts again with the same data at the same address.

    Every commit is on disk when it is acknowledged, so `kill` loses nothing that a writer was told is written.
    """

    def __init__(self, data_dir: Path | str, port: int = 0) -> None:
        self.data_dir = Path(data_dir)
        self._any_port = port == 0
        self.port = port or free_port()
        self._child = self._prepare()

    @property
    def uri(self) -> str:
        return f"mongodb://127.0.0.1:{self.port}/"

    @property
    def running(self) -> bool:
        return self._child.running

    def start(self) -> None:
        """Returns when the server answers a ping; raises StartFailed otherwise."""
        try:
            self._child.start()
        except StartFailed:
            if not self._any_port:
                raise
            self.port = free_port()  # somebody took the port between our looking and the server's binding it
            self._child = self._prepare()
            self._child.start()
        self._any_port = False

    def stop(self) -> None:
        self._child.stop()

    def kill(self) -> None:
        self._child.kill()

    def pause(self) -> None:
        self._child.pause()

    def resume(self) -> None:
        self._child.resume()

    def restart(self) -> None:
        self.stop()
        self.start()

    def _prepare(self) -> ChildProcess:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        settings = self.data_dir / "secantusd.toml"
        settings.touch()  # naming a file, even an empty one, keeps the server from looking for others on this machine
        command = [
            *(_program(), "--config", str(settings), "--host", "127.0.0.1", "--port", str(self.port)),
            *("--storage-path", str(self.data_dir / "data"), "--sync-on-commit", "--log-level", "WARNING"),
        ]
        # Asked to end, it hangs now and then, and nobody would be left to kill it; what it acknowledged is on disk.
        return ChildProcess(command, log=self.data_dir / "database.log", ready=self._answers, orphaned=signal.SIGKILL)

    def _answers(self) -> bool:
        client: MongoClient[dict[str, object]] = MongoClient(self.uri, serverSelectionTimeoutMS=200)
        try:
            client.admin.command("ping")
        except PyMongoError:
            return False
        finally:
            client.close()
        return True


def _program() -> str:
    """The database's command: beside this Python, else on the path."""
    beside = Path(sys.executable).with_name(PROGRAM)
    found = str(beside) if beside.exists() else shutil.which(PROGRAM)
    if found is None:
        raise StartFailed(f"{PROGRAM} is not installed here; run `make setup`.")
    return found
