"""What a word of refusal, of wish or of measure reaches: clauses, negation, "nice to have", levels."""

from __future__ import annotations

from collections.abc import Sequence

from services.requests.domain.own_words.tokens import Token, ends_sentence

_BREAKS = frozenset(
    {
        "but",
        "ma",
        "pero",
        "however",
        "instead",
        "invece",
        "just",
        "only",
        "solo",
        "soltanto",
        "because",
        "perche",
        "quindi",
        "so",
    }
)
_JOINS = frozenset({"or", "nor", "ne", "o", "oppure", "e", "and", "ed"})
_NO = (
    ("no",), ("not",), ("never",), ("without",), ("niente",), ("senza",), ("non",), ("nessun",), ("nessuna",),
    ("nessuno",), ("except",), ("tranne",), ("eccetto",), ("escluso",), ("esclusa",), ("esclusi",), ("escluse",),
    ("anything", "but"), ("don", "t"), ("doesn", "t"), ("neither",), ("apart", "from"), ("excluding",), ("mai",),
    ("ne",), ("nor",),
)  # fmt: skip
_NOT_NO = (
    ("not", "only"), ("non", "solo"), ("no", "problem"), ("no", "more", "than"), ("not", "more", "than"),
    ("non", "oltre"), ("non", "piu", "di"), ("non", "vedo"), ("non", "ho"), ("non", "abbiamo"), ("non", "riesco"),
    ("don", "t", "have"), ("not", "enough"), ("no", "time"), ("non", "trovo"), ("non", "meno"), ("no", "less"),
    ("not", "less"), ("senza", "impegno"), ("senza", "fretta"), ("can", "not"), ("non", "profit"), ("non", "faccio"),
    ("never", "find"), ("never", "have"), ("never", "get"), ("no", "longer"), ("non", "so"), ("non", "posso"),
)  # fmt: skip
_NOT_ME_AFTER = (
    ("not", "needed"), ("not", "required"), ("not", "necessary"), ("isn", "t", "needed"), ("non", "serve"),
    ("non", "servono"), ("non", "e", "necessari"), ("non", "e", "richiest"), ("non", "sono", "richiest"),
    ("non", "interessa"), ("myself",), ("mi", "occupo", "io"), ("me", "ne", "occupo"), ("ci", "pensa"),
    ("ci", "penso"), ("is", "done", "by"), ("is", "handled", "by"), ("already", "handled"), ("are", "handled", "by"),
    ("already", "have"), ("faccio", "io"), ("tengo", "io"), ("is", "excluded"), ("takes", "care"), ("does", "that"),
    ("segue", "gia"), ("non", "occorre"), ("non", "occorrono"), ("no", "grazie"), ("stays", "with"), ("does", "the"),
    ("fa", "il", "commercialista"), ("non", "richiest"), ("resta", "a"), ("restano", "a"), ("la", "tiene"),
    ("non", "necessari"), ("not", "important"),
)  # fmt: skip
_WISH = (
    ("nice", "to", "have"), ("a", "plus"), ("bonus",), ("ideally",), ("would", "be", "nice"), ("would", "be", "great"),
    ("would", "help"), ("gradit",), ("preferibil",), ("meglio", "se"), ("se", "possibile"), ("un", "plus"),
    ("welcome",), ("preferred",), ("preferably",), ("idealmente",), ("sarebbe", "bello"), ("if", "possible"),
    ("non", "indispensabil"), ("titolo", "preferenziale"), ("apprezzat",), ("not", "essential"), ("optional",),
    ("helpful",), ("useful",), ("advantage",),
    ("utile",), ("vantaggio",),
)  # fmt: skip


def negated(listed: Sequence[Token]) -> set[int]:
    """The tokens that a refusal reaches."""
    reached: set[int] = set()
    for at in range(len(listed)):
        if _starts(listed, at, _NOT_ME_AFTER):
            begin, _ = _clause(listed, at)
            span = _length(listed, at, _NOT_ME_AFTER)
            before = [n for n in range(begin, at) if listed[n].is_word]
            closes = at + span >= len(listed) or _is_border(listed[at + span])
            refused_before = len(before) > 1 or closes or listed[at].folded not in ("non", "not")
            if refused_before and before:
                reached.update(range(begin, at))
            elif span:
                reached.update(range(at, _reach(listed, at + span)))
        elif _starts(listed, at, _NO) and not _starts(listed, at, _NOT_NO):
            reached.update(range(at, _reach(listed, at + 1)))
    return reached


def wished(listed: Sequence[Token]) -> set[int]:
    """The tokens of clauses in which something is wished for rather than required."""
    reached: set[int] = set()
    for at in range(len(listed)):
        if _starts(listed, at, _WISH):
            begin, after = _clause(listed, at)[0], at + _length(listed, at, _WISH)
            if after < len(listed) and listed[after].folded == ":":
                after += 1
            reached.update(range(begin, _clause(listed, min(after, len(listed) - 1))[1]))
    return reached


def same_clause(listed: Sequence[Token], one: int, other: int) -> bool:
    low, high = min(one, other), max(one, other)
    return not any(ends_sentence(token) for token in listed[low:high])


def _reach(listed: Sequence[Token], at: int) -> int:
    """Until the sentence or the clause ends; a comma ends it, unless a list goes on to an "or"."""
    while at < len(listed):
        token = listed[at]
        if ends_sentence(token) or token.folded in _BREAKS or token.folded in ("-", "–", "—"):
            return at
        if token.folded == "," and not _list_goes_on(listed, at + 1):
            return at
        at += 1
    return at


def _list_goes_on(listed: Sequence[Token], at: int) -> bool:
    """Whether a short list follows that an "or", "né" or "and" closes before anything else is said."""
    words = 0
    while at < len(listed) and not ends_sentence(listed[at]):
        folded = listed[at].folded
        if folded in ("or", "nor", "ne", "o", "oppure"):
            return True
        if folded in _BREAKS or words > 6:
            return False
        words += 1
        at += 1
    return False


def _clause(listed: Sequence[Token], at: int) -> tuple[int, int]:
    begin, end = at, at
    while begin > 0 and not _is_border(listed[begin - 1]):
        begin -= 1
    while end < len(listed) and not _is_border(listed[end]):
        end += 1
    return begin, end


def _is_border(token: Token) -> bool:
    return ends_sentence(token) or token.folded == "," or token.folded in _BREAKS


def _starts(listed: Sequence[Token], at: int, phrases: Sequence[tuple[str, ...]]) -> bool:
    return _length(listed, at, phrases) > 0


def _length(listed: Sequence[Token], at: int, phrases: Sequence[tuple[str, ...]]) -> int:
    """Of the longest phrase that begins here; apostrophes are looked past, and a phrase may leave an ending open."""
    words = [token.folded for token in listed[at : at + 6] if token.folded not in "'’"]
    best = 0
    for phrase in phrases:
        if len(words) >= len(phrase) and all(_says(words[n], part) for n, part in enumerate(phrase)):
            best = max(best, len(phrase))
    return best


def _says(word: str, part: str) -> bool:
    return word == part or (len(part) > 5 and word.startswith(part))
