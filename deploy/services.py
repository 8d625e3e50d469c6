"""The services there are. The only list of them: the local run, the containers' topology and the tests read it."""

from __future__ import annotations

SERVICES = {
    "accounts": "services.accounts.service:AccountsService",
    "profiles": "services.profiles.service:ProfilesService",
    "requests": "services.requests.service:RequestsService",
    "matching": "services.matching.service:MatchingService",
    "work": "services.work.service:WorkService",
    "billing": "services.billing.service:BillingService",
    "messaging": "services.messaging.service:MessagingService",
}
