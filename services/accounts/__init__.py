"""Accounts: who may sign in, and as what.

Owns accounts (e-mail address, password hash, roles, language, time zone), their sessions, the one-time links that
confirm an address or reset a password, and the count of failed sign-ins; what protects an account besides: passkeys,
authenticator apps (their seeds sealed), recovery codes, the challenges and second steps in between; and the closing of
accounts. Listens to contracts, timesheets and invoices, to know what has to end before an account can. Emits
account.registered and account.changed, from which others keep their copies, account.deleted, and transient ones that
carry a link's secret, or news about security, to messaging.
"""
