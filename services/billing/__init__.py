"""Billing owns invoices and credit notes of assistants' practices to their clients, payments of them, and the ledger.

Listens to work (an approved timesheet is invoiced) and to matching (a retainer is invoiced a month ahead). Emits
`invoice.issued`, `invoice.paid`, `invoice.overdue`, `invoice.credited` and `invoice.written_off`.
"""
