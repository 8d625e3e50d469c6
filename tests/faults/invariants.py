"""What must hold in the databases once everything has settled, whatever was killed on the way."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

from deploy.services import SERVICES

LIVE = ("trial", "active", "paused", "notice")


def settled(databases: dict[str, Any]) -> bool:
    """Whether no event waits to be published or tried again, no timer is due, and every event has had its effect where
    it is listened to."""
    now = datetime.now(UTC)
    due = {"$or": [{"due_at": {"$lte": now}}, {"was_due_at": {"$lte": now}}]}  # the latter: a process has taken it
    for database in databases.values():
        if database["events"].find_one({"pending": True}) or database["parked"].find_one({}):
            return False
        if database["timers"].find_one(due):
            return False
    return not missing_effects(databases)


def missing_effects(databases: dict[str, Any]) -> int:
    """Events that a service listens to and has not handled."""
    from deploy.services import subscriptions

    missing = 0
    for reader, path in SERVICES.items():
        seen = set(databases[reader]["inbox"].distinct("_id"))
        for publisher in SERVICES:
            query = {"name": {"$in": list(subscriptions(path))}}
            missing += sum(
                1 for event in databases[publisher]["events"].find(query, {"_id": 1}) if event["_id"] not in seen
            )
    return missing


def wait_until_settled(databases: dict[str, Any], seconds: float) -> float | None:
    """Seconds that it took, or None when it did not settle in time."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        try:
            if settled(databases):
                return time.monotonic() - started
        except Exception:  # noqa: BLE001 - the database may still be coming back
            pass
        time.sleep(0.5)
    return None


def violations(databases: dict[str, Any]) -> dict[str, int]:
    """Each promise with how often it is broken. All zero is what must be."""
    offers = list(databases["matching"]["offers"].find({}))
    contracts = list(databases["matching"]["contracts"].find({}))
    of_offer = Counter(contract["offer_id"] for contract in contracts)
    accepted = [offer["_id"] for offer in offers if offer["state"] == "accepted"]

    held: dict[str, int] = defaultdict(int)
    for contract in contracts:
        if contract["state"] in LIVE:
            held[contract["assistant_id"]] += contract["terms"]["weekly_minutes"]
    capacities = {row["_id"]: row for row in databases["matching"]["capacities"].find({})}

    hourly = {contract["_id"] for contract in contracts if contract["terms"]["engagement"] == "hourly"}
    sheets = list(databases["work"]["timesheets"].find({"state": {"$in": ["approved", "locked"]}}))
    invoices = list(databases["billing"]["invoices"].find({"kind": "invoice"}))
    of_cause = Counter(line["cause"] for invoice in invoices for line in invoice["lines"])
    fees = Counter(cause.split(":")[1] for cause in of_cause.elements() if cause.startswith("retainer:"))
    numbers: dict[str, list[str]] = defaultdict(list)
    for invoice in databases["billing"]["invoices"].find({}):
        numbers[invoice["issuer_id"]].append(invoice["number"])

    balance: dict[str, int] = defaultdict(int)
    groups_off = 0
    for group in databases["billing"]["ledger"].find({}):
        totals: dict[str, int] = defaultdict(int)
        for posting in group["postings"]:
            totals[posting["amount"]["currency"]] += posting["amount"]["amount"]
        groups_off += any(totals.values())
        for currency, amount in totals.items():
            balance[currency] += amount

    return {
        "accepted offers without exactly one contract": sum(1 for id in accepted if of_offer[id] != 1),
        "contracts without an accepted offer": sum(1 for id in of_offer if id not in set(accepted)),
        "assistants oversold": sum(
            1 for id, minutes in held.items() if id not in capacities or minutes > capacities[id]["capacity_minutes"]
        ),
        "capacities that disagree with contracts": sum(
            1 for id, row in capacities.items() if row["committed_minutes"] != held.get(id, 0)
        ),
        "approved timesheets not invoiced exactly once": sum(
            1 for sheet in sheets if of_cause[f"timesheet:{sheet['_id']}"] != int(sheet["contract_id"] in hourly)
        ),
        "retainers whose first month is not invoiced exactly once": sum(
            1 for contract in contracts if fees[contract["_id"]] != int(contract["_id"] not in hourly)
        ),
        "invoice numbers with a gap or twice": sum(
            1
            for issued in numbers.values()
            if sorted(int(n.rsplit("-", 1)[1]) for n in issued) != list(range(1, len(issued) + 1))
        ),
        "ledger groups that do not balance": groups_off + sum(1 for amount in balance.values() if amount),
        "dead letters": sum(database["dead_letters"].count_documents({}) for database in databases.values()),
        "events without effect": missing_effects(databases),
    }


def told_but_not_done(databases: dict[str, Any], contracts: list[str], timesheets: list[str]) -> dict[str, int]:
    """What the API answered was done, and is not there."""
    there = set(databases["matching"]["contracts"].distinct("_id"))
    approved = databases["work"]["timesheets"].distinct("_id", {"state": {"$in": ["approved", "locked"]}})
    return {
        "contracts that were promised and are not there": len(set(contracts) - there),
        "approvals that were promised and are not there": len(set(timesheets) - set(approved)),
    }


def repeated_things(databases: dict[str, Any], title: str) -> int:
    """Briefs that were made more than once by one repeated request."""
    titles = Counter(
        brief["title"] for brief in databases["requests"]["briefs"].find({"title": {"$regex": f"^{title} "}})
    )
    return sum(1 for times in titles.values() if times != 1)
