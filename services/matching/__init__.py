"""Matching: who fits a brief and why; offers, contracts and capacity.

Owns offers, contracts, every assistant's capacity, and the weights of the score. Keeps copies of published profiles
(profile.*), briefs (brief.*) and names (account.*), and in memory an index of the profiles, which is advisory: what is
promised is promised by one conditional write on the capacity document. Emits offer.* and contract.*.

    domain/            the rules: conditions and score, offers, contracts
    copies.py          from other services' facts to our copies
    store.py           MongoDB
    live_index.py      keeps the engine in step with the database
    service.py         commands, queries, events, timers
"""
