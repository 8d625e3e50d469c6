"""Profiles owns assistants' practices: level, services, skills, languages, working hours, capacity and rates; and
their rate cards, which the rates follow.

Listens to accounts (is the address confirmed?). Emits `profile.published`, `profile.changed` and `profile.unpublished`,
the first two with the whole profile, and `rate_card.changed` with the whole card.
"""
