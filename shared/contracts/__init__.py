"""The language between services: one module a service, with its RPC methods, its events and their schemas.

Everything on the wire is JSON: instants are ISO 8601 in UTC, dates and times ISO strings, durations whole minutes,
money `{"amount": minor units, "currency": ISO 4217}`. Consumers ignore fields they do not know. A change that breaks a
reader needs a new version; a committed snapshot of all contracts shows it (`make contracts-snapshot`).
"""
