"""A brief in the client's own words: what it says, and on which words it says so.

    tokens.py      words with their places, clauses, numbers in digits and in words
    names.py       skills, services, languages and industries by their names and synonyms, also mistyped
    amounts.py     money, hours, overlap
    dates.py       when it starts
    reading.py     puts it together: negation, wishes, levels; what is missing

Nothing is guessed: what the text does not say is missing, and asked for.
"""
