"""Accounts: who may sign in, and as what.

Owns accounts (e-mail address, password hash, roles, language, time zone), their sessions, the one-time links that
confirm an address or reset a password, and the count of failed sign-ins. Listens to nothing. Emits account.registered
and account.changed, from which others keep their copies, and the transient account.confirmation_requested and
account.reset_requested, which carry a link's secret to messaging.
"""
