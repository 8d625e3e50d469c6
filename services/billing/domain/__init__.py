"""Rules of invoices and the ledger. Pure: no storage, no messages, no clock."""
