"""The ground under every service: messaging, outbox, consumers, storage, money, time, ids, errors, settings, telemetry.

`errors`, `money`, `ids` and `clock` are pure and may be used by a service's `domain`; nothing else here may.
"""
