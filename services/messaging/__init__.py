"""Messaging: conversations between client and assistant, notifications in the app, and e-mail.

Owns conversations (one for each negotiation, carried on by its contract), their messages, notifications, and every
e-mail with its state. Keeps copies of accounts' names, addresses, languages and time zones, and
which photo shows an assistant. Listens to account.*, profile.*,
offer.*, contract.*, timesheet.*, invoice.* and the ends of briefs, and tells the sides that should know. Emits
message.posted.

    domain/            the rules: conversations, who is told what, the states of an e-mail
    mails/             from a notice to an e-mail in its reader's language; the way to the SMTP server
    store.py           MongoDB
    service.py         commands, queries, events, and the loop that sends
"""
