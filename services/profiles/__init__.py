"""Profiles owns assistants' practices: level, services, skills, languages, working hours, capacity and rates.

Listens to accounts (is the address confirmed?). Emits `profile.published`, `profile.changed` and `profile.unpublished`,
the first two with the whole profile.
"""
