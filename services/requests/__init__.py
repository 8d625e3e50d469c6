"""Requests owns clients' briefs: what is needed, when and for how much, and each brief's life from draft to filled.

Listens to accounts (is the client's address confirmed?) and to matching (an offer keeps a brief alive, a started
contract fills it). Emits `brief.opened`, `brief.changed`, `brief.ended` and `brief.expiring`, each with the whole
brief.
"""
