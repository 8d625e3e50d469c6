"""Accounts as messaging knows them: a copy of where and in which language somebody is written to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Face:
    """`id` is the account's, `photo_id` the file that shows it: of assistants who are published and have one."""

    id: str
    photo_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`id` is the account's."""

    id: str
    email: str
    name: str
    locale: str
    time_zone: str
