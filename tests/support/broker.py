"""A RabbitMQ for the tests, from the first of these that works:

1. `AMQP_URI`, when it is set: used as it is;
2. an installed rabbitmq-server: a private node, with its own name, ports, data and name server (epmd);
3. a container;
4. Debian's package, installed when we are root, then as in 2.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from functools import cached_property
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from amqp import Connection
from amqp.exceptions import AMQPError

from deploy.processes import ChildProcess, StartFailed, free_port

HOW_TO_GET_ONE = "Tests need a RabbitMQ: set AMQP_URI, or install rabbitmq-server, or start Docker."
INSTALLER = Path(__file__).resolve().parents[2] / "deploy" / "ensure_packages.sh"
# Debian's commands in /usr/sbin are wrappers that insist on root and change user; the programs behind them do neither.
PROGRAM_FOLDERS = tuple(
    map(Path, ("/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"))
)


class Broker(Protocol):
    """A broker that a test may stop, kill and start again: same address, durable queues and messages kept."""

    @property
    def uri(self) -> str: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def new_vhost(self) -> str:
        """The URI of a fresh, empty virtual host."""
        ...

    def remove(self) -> None:
        """Ends it for good, with its data."""
        ...


class GivenBroker:
    """The broker that AMQP_URI names. It is not ours: it cannot be stopped, and no virtual host is made in it."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    def start(self) -> None:
        if not _answers(self.uri):
            raise StartFailed(f"No broker answers at AMQP_URI ({urlsplit(self.uri).hostname}).")

    def stop(self) -> None: ...

    def kill(self) -> None:
        raise NotImplementedError("The broker of AMQP_URI is not ours to kill; ask for the fixture `own_broker`.")

    pause = resume = kill

    def new_vhost(self) -> str:
        return self.uri

    def remove(self) -> None: ...


class PrivateBroker:
    """A node of the installed rabbitmq-server, listening on 127.0.0.1 only; everything of it lies in one folder."""

    def __init__(self, programs: Path) -> None:
        self._folder = folder = Path(tempfile.mkdtemp(prefix="dextra-broker-"))
        self._programs = programs
        self.port = free_port()
        self._vhosts = itertools.count(1)
        self._names = ChildProcess(
            ["epmd", "-port", self._epmd_port, "-address", "127.0.0.1"],
            log=folder / "epmd.log",
            ready=lambda: True,
        )
        self._node = ChildProcess(
            [*_on_one_processor(), str(programs / "rabbitmq-server")],
            env=self._environment,
            log=folder / "node.log",
            ready=lambda: _answers(self.uri),
            start_timeout=120,
            stop_timeout=60,
        )

    @property
    def uri(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        self._names.start()
        self._node.start()
        _on_all_processors(self._node.pid)

    def stop(self) -> None:
        self._node.stop()
        self._names.stop()

    def kill(self) -> None:
        self._node.kill()

    def pause(self) -> None:
        self._node.pause()

    def resume(self) -> None:
        self._node.resume()

    def remove(self) -> None:
        self._node.kill()
        self._names.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_vhost(self) -> str:
        name = f"t{next(self._vhosts)}"
        self.control("add_vhost", name)
        self.control("set_permissions", "--vhost", name, "guest", ".*", ".*", ".*")
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{name}"

    def control(self, *arguments: str) -> str:
        """What `rabbitmqctl` says (about a second a call)."""
        command = [*_on_one_processor(), str(self._programs / "rabbitmqctl"), "--quiet", *arguments]
        return subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True).stdout

    @cached_property
    def _epmd_port(self) -> str:
        return str(free_port())

    @cached_property
    def _environment(self) -> dict[str, str]:
        folder = self._folder
        (folder / "enabled_plugins").write_text("[].\n")
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.local = 127.0.0.1:{self.port}\n"
            "log.console = false\n"
            "disk_free_limit.absolute = 50MB\n"
            "vm_memory_high_watermark.absolute = 1GB\n"
        )
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(folder),  # holds this node's Erlang cookie
            "RUNNING_UNDER_SYSTEMD": "true",  # makes the start script become the node instead of watching it
            "RABBITMQ_NODENAME": f"dextra{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": self._epmd_port,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }


class ContainerBroker:
    """RabbitMQ in a container, on a port that stays the same over restarts."""

    IMAGE = "rabbitmq:4-management"  # as in docker-compose.yml

    def __init__(self) -> None:
        from testcontainers.core.container import DockerContainer

        self.port = free_port()
        self._vhosts = itertools.count(1)
        self._container = DockerContainer(self.IMAGE).with_bind_ports(5672, self.port)
        self._created = False

    @property
    def uri(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        if self._created:
            self._container.get_wrapped_container().start()
        else:
            self._container.start()
            self._created = True
        deadline = time.monotonic() + 60
        while not _answers(self.uri):
            if time.monotonic() > deadline:
                raise StartFailed("The broker's container does not answer.")
            time.sleep(0.2)

    def stop(self) -> None:
        self._container.get_wrapped_container().stop()

    def kill(self) -> None:
        self._container.get_wrapped_container().kill()

    def pause(self) -> None:
        self._container.get_wrapped_container().pause()

    def resume(self) -> None:
        self._container.get_wrapped_container().unpause()

    def remove(self) -> None:
        self._container.stop()

    def new_vhost(self) -> str:
        name = f"t{next(self._vhosts)}"
        for command in (["add_vhost", name], ["set_permissions", "-p", name, "guest", ".*", ".*", ".*"]):
            self._container.exec(["rabbitmqctl", *command])
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{name}"


def shared_broker() -> Broker:
    """The broker that most tests share, started: AMQP_URI if that is set, else one of our own."""
    if uri := os.environ.get("AMQP_URI"):
        given = GivenBroker(uri)
        given.start()
        return given
    return own_broker()


def own_broker() -> Broker:
    """A started broker of our own, by the ways 2 to 4. Raises StartFailed with one sentence that says what to
    install."""
    programs = _installed()
    if programs is None and (container := _container()) is not None:
        return container
    if programs is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run([str(INSTALLER), "rabbitmq-server"], check=False)
        programs = _installed()
    if programs is None:
        raise StartFailed(HOW_TO_GET_ONE)
    broker = PrivateBroker(programs)
    try:
        broker.start()
    except StartFailed:
        broker.remove()
        raise
    return broker


def _installed() -> Path | None:
    """The folder of RabbitMQ's programs, when all that a private node needs is there."""
    if shutil.which("epmd") is None:
        return None
    return next((folder for folder in PROGRAM_FOLDERS if (folder / "rabbitmq-server").exists()), None)


def _on_one_processor() -> list[str]:
    """A command prefix. Erlang loads its modules by a great many small hand-overs between threads; across the
    processors of an idle virtual machine each costs a wake-up, and a start takes 20 seconds instead of 6."""
    if (taskset := shutil.which("taskset")) is None:
        return []
    return [taskset, "--cpu-list", str(max(os.sched_getaffinity(0)))]


def _on_all_processors(pid: int | None) -> None:
    if (tasks := Path(f"/proc/{pid}/task")).exists():
        for thread in tasks.iterdir():
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread.name), os.sched_getaffinity(0))


def _container() -> Broker | None:
    """A started container, or none where no Docker answers or the image cannot be had."""
    from docker.errors import DockerException

    if shutil.which("docker") is None:
        return None
    try:
        container = ContainerBroker()
        container.start()
    except DockerException:
        return None
    return container


def _answers(uri: str) -> bool:
    """Whether a client can log in now."""
    address = urlsplit(uri)
    connection = Connection(
        host=f"{address.hostname}:{address.port or 5672}",
        userid=unquote(address.username or "guest"),
        password=unquote(address.password or "guest"),
        virtual_host=unquote(address.path[1:]) or "/",
        ssl=address.scheme == "amqps",
        connect_timeout=2,
        read_timeout=5,
    )
    try:
        connection.connect()
        connection.close()
    except (OSError, AMQPError):
        return False
    return True
