"""Work owns what is done under a contract: time entries and the weeks' timesheets, up to their approval.

Listens to matching's contracts. Emits `timesheet.submitted`, `timesheet.approved`, `timesheet.disputed` and
`timesheet.review_due`, each with the whole timesheet and the contract's terms.
"""
