"""The fault run: hires through the API while parts are killed with `kill -9` and restarted; then every promise is
checked.

`make faults` runs it in full (200 hires); `--hires 12 --short` is what `make test` runs. Ends with a table and a line
of JSON; its exit code is 1 when a promise was broken.
"""

from __future__ import annotations

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")  # known; decided in architecture.md

import argparse
import itertools
import json
import queue
import random
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from tests.faults.invariants import repeated_things, told_but_not_done, violations, wait_until_settled
from tests.support.cluster import Cluster
from tests.support.person import GaveUp, Person, Refused

SETTLE_SECONDS = 60
HIRES_PER_ASSISTANT = 3
TRIES_PER_ASSISTANT = 4
"""One client in four finds that the assistant's hours are gone."""
PATIENCE_SECONDS = 150.0
DOUBT = 0.2
"""The share of answers that people ask for a second time with the same idempotency key."""
REPEATED = "Repeated"


class Chaos:
    """Kills something every little while until the work is done: services at random; broker and database at their
    planned times.

    Runs in the main thread: a child lives no longer than the thread that started it (deploy/processes.py).
    """

    def __init__(self, cluster: Cluster, work: Work, plan: list[str], pause: tuple[float, float], seed: int) -> None:
        self.cluster = cluster
        self.work = work
        self.planned = {(number + 1) / (len(plan) + 1): what for number, what in enumerate(plan)}
        self.pause = pause
        self.random = random.Random(seed)
        self.killed: Counter[str] = Counter()
        self.ended_by_themselves = 0

    def run(self) -> None:
        while not self.work.finished.wait(self.random.uniform(*self.pause)):
            self._revive()
            due = [share for share in self.planned if share <= self.work.share_done]
            if due:
                self._restart(self.planned.pop(min(due)))
            else:
                self._kill_something()
        for share in sorted(self.planned):  # what the work was too quick for still happens
            self._restart(self.planned[share])
        self._revive()

    def _revive(self) -> None:
        for name in self.cluster.revive():
            self.ended_by_themselves += 1
            print(f"{name} had ended by itself", flush=True)

    def _restart(self, what: str) -> None:
        print(f"{self.work.share_done:4.0%} done: {what} killed", flush=True)
        self.killed[what] += 1
        {"broker": self.cluster.restart_broker, "database": self.cluster.restart_database}[what]()

    def _kill_something(self) -> None:
        victim = self.random.choice([*self.cluster.services, "gateway worker", "gateway worker"])
        if victim == "gateway worker":
            self.killed["gateway workers"] += self.cluster.kill_gateway_worker()
        else:
            self.killed["services, each with its relay"] += 1
            self.cluster.kill_service(victim)


class Work:
    """The hires: each a client who hires one of the assistants, who works a little, and is paid for it."""

    def __init__(self, cluster: Cluster, hires: int, people_at_once: int) -> None:
        self.cluster = cluster
        self.tries = TRIES_PER_ASSISTANT * max(2, ceil(hires / HIRES_PER_ASSISTANT))
        self.counts: Counter[str] = Counter()
        self.assistants: list[tuple[Person, threading.Lock, Any]] = []
        self.todo: queue.Queue[int] = queue.Queue()
        for number in range(self.tries):
            self.todo.put(number)
        self.people_at_once = people_at_once
        self.finished = threading.Event()
        self.contracts: list[str] = []
        self.timesheets: list[str] = []
        self._lock = threading.Lock()

    @property
    def share_done(self) -> float:
        over = ("timesheets approved", "too early in the day to log time", "refused for want of hours", "gave up")
        return sum(self.counts[name] for name in over) / self.tries

    def prepare(self) -> None:
        """The assistants: each has hours for three of the four clients that will ask."""
        for number in range(self.tries // TRIES_PER_ASSISTANT):
            person = self._person()
            person.sign_up(f"Assistant {number}", "assistant", self.cluster.confirmation_token)
            person.publish_profile(weekly_hours=30)
            self.assistants.append((person, threading.Lock(), itertools.count()))

    def _person(self) -> Person:
        return Person(self.cluster.base_url, self.counts, patience=PATIENCE_SECONDS, doubt=DOUBT)

    def start(self, posts: int) -> None:
        """All people begin; `finished` tells when they are done. One more sends `posts` requests several times at
        once."""
        targets: list[Callable[[], None]] = [self._worker] * self.people_at_once
        targets.append(lambda: self._repeat_posts(posts))
        threads = [threading.Thread(target=target, daemon=True) for target in targets]

        def wait() -> None:
            for thread in threads:
                thread.join()
            self.finished.set()

        for thread in threads:
            thread.start()
        threading.Thread(target=wait, daemon=True).start()

    def _worker(self) -> None:
        while True:
            try:
                number = self.todo.get_nowait()
            except queue.Empty:
                return
            try:
                self._hire(number)
            except Refused as refused:
                if refused.status == 409:
                    self._count("refused for want of hours")
                else:
                    self._count("gave up")
                    print(f"hire {number}: {refused}", flush=True)
            except Exception as problem:  # noqa: BLE001 - whatever it was, the other hires go on
                self._count("gave up")
                print(f"hire {number}: {type(problem).__name__} {problem}", flush=True)

    def _hire(self, number: int) -> None:
        assistant, _, slots = self.assistants[number % len(self.assistants)]
        client = self._person()
        client.sign_up(f"Client {number}", "client", self.cluster.confirmation_token)
        engagement = "retainer" if number % 10 == 4 else "hourly"
        brief = client.publish_brief(
            weekly_hours=9, engagement=engagement, budget=100000 if engagement == "retainer" else 4500
        )
        client.matches(brief)
        offer = client.offer(
            brief, assistant.account["id"], weekly_hours=9, rate=90000 if engagement == "retainer" else 3000
        )
        contract = assistant.accept(offer)
        self._count("hires")
        self.contracts.append(contract["id"])
        self._work_and_get_paid(client, assistant, contract, next(slots))
        client.close()

    def _work_and_get_paid(self, client: Person, assistant: Person, contract: Any, slot: int) -> None:
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        start = midnight + timedelta(minutes=2 * slot)
        if start + timedelta(minutes=1) > datetime.now(UTC):  # just after midnight there is no past of today yet
            self._count("too early in the day to log time")
            return

        def log() -> Any:
            try:
                return assistant.log_time(contract, start, 1)
            except Refused as refused:
                if refused.status == 404:
                    return None
                raise

        entry = assistant.wait_for("time is logged", log)
        assistant.submit(entry["timesheet_id"])
        client.approve(entry["timesheet_id"])
        self.timesheets.append(entry["timesheet_id"])
        self._count("timesheets approved")

    def _repeat_posts(self, posts: int) -> None:
        """Each POST is sent four times at once with one `Idempotency-Key`: all get the same answer."""
        client = self._person()
        try:
            client.sign_up("Repeating Client", "client", self.cluster.confirmation_token)
            for number in range(posts):
                self._post_at_once(client, number)
        except Exception as problem:  # noqa: BLE001 - told in the figures
            self._count("another answer to the same key")
            print(f"repeated posts: {type(problem).__name__} {problem}", flush=True)

    def _post_at_once(self, client: Person, number: int) -> None:
        body = {
            "title": f"{REPEATED} {number}",
            "level": "administrative",
            "engagement": "hourly",
            "weekly_minutes": 600,
            "budget": {"amount": 4000, "currency": "EUR"},
            "time_zone": "Europe/Rome",
            "start_on": datetime.now(UTC).date().isoformat(),
        }
        answers: list[Any] = []

        def send() -> None:
            try:
                answers.append(client.ask("POST", "/briefs", body, key=f"repeat-{number}")["id"])
            except (Refused, GaveUp) as problem:
                answers.append(str(problem))

        threads = [threading.Thread(target=send, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._count("posts sent four times at once")
        if len(set(answers)) != 1:
            self._count("another answer to the same key")
            print(f"repeated post {number}: {answers}", flush=True)

    def _count(self, name: str) -> None:
        with self._lock:
            self.counts[name] += 1


def run(hires: int, short: bool, seed: int = 7, people_at_once: int = 6) -> dict[str, Any]:
    """Starts everything, hires under fire, settles, checks. Gives the figures; prints them as a table."""
    started = time.monotonic()
    settled_after = None
    cluster = Cluster({} if short else {"matching": 2})
    try:
        cluster.start()
        work = Work(cluster, hires, people_at_once)
        work.prepare()
        plan = ["broker", "database"] if short else ["broker", "database", "broker"]
        chaos = Chaos(cluster, work, plan, (1.0, 2.5) if short else (1.0, 2.0), seed)
        posts = 5 if short else 20
        work.start(posts)
        chaos.run()
        cluster.wait_until_ready()
        databases = cluster.databases()
        settled_after = wait_until_settled(databases, SETTLE_SECONDS)
        broken = violations(databases)
        broken |= told_but_not_done(databases, work.contracts, work.timesheets)
        broken["repeated POSTs that made more than one thing"] = repeated_things(databases, REPEATED)
    finally:
        cluster.stop()
    broken["repeated POSTs with another answer"] = work.counts["another answer to the same key"]
    broken["hires given up"] = work.counts["gave up"]
    broken["not settled in time"] = int(settled_after is None)
    figures = {
        "done": dict(work.counts),
        "killed": dict(chaos.killed),
        "ended_by_themselves": chaos.ended_by_themselves,
        "settled_after_seconds": None if settled_after is None else round(settled_after, 1),
        "violations": broken,
        "violated": sum(broken.values()),
        "seconds": round(time.monotonic() - started),
    }
    _print(figures, cluster)
    if not figures["violated"]:
        shutil.rmtree(cluster.folder, ignore_errors=True)
    return figures


def _print(figures: dict[str, Any], cluster: Cluster) -> None:
    for part in ("done", "killed", "violations"):
        print(f"\n{part}")
        for name, number in figures[part].items():
            print(f"  {name:62}{number:>8}")
    print(f"\nsettled after {figures['settled_after_seconds']} s; {figures['seconds']} s in all")
    if figures["violated"]:
        print(f"logs are in {cluster.folder}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hires", type=int, default=200)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    figures = run(options.hires, options.short, options.seed)
    print(json.dumps(figures))
    return 1 if figures["violated"] else 0


if __name__ == "__main__":
    sys.exit(main())
