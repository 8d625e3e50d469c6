"""The fault run: hires through the API while parts are killed with `kill -9` and restarted; then every promise is
checked.

`make faults` runs it in full (200 hires); `--hires 12 --short` is what `make test` runs. Ends with a table and a line
of JSON; its exit code is 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import itertools
import json
import queue
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.invariants import violations, wait_until_settled
from tests.support.cluster import Cluster
from tests.support.person import GaveUp, Person, Refused

SETTLE_SECONDS = 60
HIRES_PER_ASSISTANT = 4


class Chaos(threading.Thread):
    """Kills something every little while until told to stop: services at random; broker and database at their planned
    times."""

    def __init__(
        self, cluster: Cluster, plan: list[str], done: Callable[[], float], pause: tuple[float, float], seed: int
    ) -> None:
        super().__init__(daemon=True)
        self.cluster = cluster
        self.planned = {(number + 1) / (len(plan) + 1): what for number, what in enumerate(plan)}
        self.done = done
        self.pause = pause
        self.random = random.Random(seed)
        self.killed: Counter[str] = Counter()
        self.stopping = threading.Event()
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            while not self.stopping.wait(self.random.uniform(*self.pause)):
                due = [share for share in self.planned if share <= self.done()]
                if due:
                    self._restart(self.planned.pop(min(due)))
                else:
                    self._kill_something()
            for share in sorted(self.planned):  # what the work was too quick for still happens
                self._restart(self.planned[share])
        except Exception as error:
            self.failure = error
            raise

    def _restart(self, what: str) -> None:
        self.killed[what] += 1
        {"broker": self.cluster.restart_broker, "database": self.cluster.restart_database}[what]()

    def _kill_something(self) -> None:
        victim = self.random.choice([*self.cluster.services, "gateway worker", "gateway worker"])
        if victim == "gateway worker":
            self.killed["gateway workers"] += self.cluster.kill_gateway_worker()
        else:
            self.killed["services"] += 1
            self.cluster.kill_service(victim)


class Work:
    """The hires: each a client who hires one of the assistants, who works a little, and is paid for it."""

    def __init__(self, cluster: Cluster, hires: int, people_at_once: int) -> None:
        self.cluster = cluster
        self.hires = hires
        self.counts: Counter[str] = Counter()
        self.assistants: list[tuple[Person, threading.Lock, Any]] = []
        self.todo: queue.Queue[int] = queue.Queue()
        for number in range(hires):
            self.todo.put(number)
        self.people_at_once = people_at_once
        self.repeated_posts_differ = 0
        self._clock = itertools.count()
        self._lock = threading.Lock()

    @property
    def share_done(self) -> float:
        return (self.counts["hires"] + self.counts["refused for want of hours"] + self.counts["gave up"]) / self.hires

    def prepare(self) -> None:
        """The assistants: few enough that some will be asked for more hours than they have."""
        for number in range(max(2, self.hires // HIRES_PER_ASSISTANT)):
            person = Person(self.cluster.base_url, self.counts)
            person.sign_up(f"Assistant {number}", "assistant", self.cluster.confirmation_token)
            person.publish_profile(weekly_hours=30)
            self.assistants.append((person, threading.Lock(), itertools.count()))

    def run(self) -> None:
        threads = [threading.Thread(target=self._worker, daemon=True) for _ in range(self.people_at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

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
            except (GaveUp, RuntimeError) as problem:
                self._count("gave up")
                print(f"hire {number}: {problem}", flush=True)

    def _hire(self, number: int) -> None:
        assistant, _, slots = self.assistants[number % len(self.assistants)]
        client = Person(self.cluster.base_url, self.counts)
        client.sign_up(f"Client {number}", "client", self.cluster.confirmation_token)
        engagement = "retainer" if number % 10 == 9 else "hourly"
        brief = client.publish_brief(
            weekly_hours=9, engagement=engagement, budget=100000 if engagement == "retainer" else 4500
        )
        client.matches(brief)
        offer = client.offer(
            brief, assistant.account["id"], weekly_hours=9, rate=90000 if engagement == "retainer" else 3000
        )
        contract = assistant.accept(offer)
        if number % 5 == 0:
            again = assistant_repeat(assistant, offer)
            if again is not None and again["id"] != contract["id"]:
                self.repeated_posts_differ += 1
        self._count("hires")
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
        self._count("timesheets approved")

    def _count(self, name: str) -> None:
        with self._lock:
            self.counts[name] += 1


def assistant_repeat(assistant: Person, offer: Any) -> Any:
    """The acceptance once more under one key, twice: both answers must name the same contract; a conflict is right as
    well."""
    try:
        return assistant.accept(offer)
    except Refused as refused:
        if refused.status != 409:
            raise
        return None


def repeated_posts(cluster: Cluster, counts: Counter[str], tries: int) -> int:
    """Each POST sent four times at once with one `Idempotency-Key` makes one thing. Gives how often it did not."""
    client = Person(cluster.base_url, counts)
    client.sign_up("Repeating Client", "client", cluster.confirmation_token)
    broken = 0
    today = datetime.now(UTC).date().isoformat()
    for number in range(tries):
        body = {
            "title": f"Repeated {number}",
            "level": "administrative",
            "engagement": "hourly",
            "weekly_minutes": 600,
            "budget": {"amount": 4000, "currency": "EUR"},
            "time_zone": "Europe/Rome",
            "start_on": today,
        }
        answers: list[Any] = []

        def send(body: Any = body, key: str = f"repeat-{number}", answers: list[Any] = answers) -> None:
            answer = client.client.post("/briefs", json=body, headers={"Idempotency-Key": key})
            counts["requests"] += 1
            if answer.status_code < 400:
                answers.append(answer.json()["id"])

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        broken += len(set(answers)) != 1
    return broken


def run(hires: int, short: bool, seed: int = 7, people_at_once: int = 6) -> dict[str, Any]:
    """Starts everything, hires under fire, settles, checks. Gives the figures; prints them as a table."""
    started = time.monotonic()
    cluster = Cluster({} if short else {"matching": 2})
    try:
        cluster.start()
        work = Work(cluster, hires, people_at_once)
        work.prepare()
        plan = ["broker", "database"] if short else ["broker", "database", "broker"]
        chaos = Chaos(cluster, plan, lambda: work.share_done, (2.0, 4.0) if short else (1.0, 3.0), seed)
        chaos.start()
        work.run()
        chaos.stopping.set()
        chaos.join()
        cluster.wait_until_ready()
        repeats = repeated_posts(cluster, work.counts, 5 if short else 20)
        settled_after = wait_until_settled(cluster.databases(), SETTLE_SECONDS)
        broken = violations(cluster.databases())
    finally:
        cluster.stop()
    broken["repeated POSTs that made more than one thing"] = repeats + work.repeated_posts_differ
    broken["hires given up"] = work.counts["gave up"]
    broken["not settled in time"] = int(settled_after is None)
    broken["the run itself failed"] = int(chaos.failure is not None)
    figures = {
        "done": dict(work.counts),
        "killed": dict(chaos.killed),
        "settled_after_seconds": None if settled_after is None else round(settled_after, 1),
        "violations": broken,
        "violated": sum(broken.values()),
        "seconds": round(time.monotonic() - started),
    }
    _print(figures, cluster)
    return figures


def _print(figures: dict[str, Any], cluster: Cluster) -> None:
    for part in ("done", "killed", "violations"):
        print(f"\n{part}")
        for name, number in figures[part].items():
            print(f"  {name:52}{number:>8}")
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
