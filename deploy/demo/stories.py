"""The demo's stories: who asked for what, whom they found, and how it went on."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

from deploy.demo import phrases
from deploy.demo.briefs import ASKS, Ask
from deploy.demo.people import PRACTICES, SIGNING_IN
from deploy.demo.stage import ASSISTANT, OPERATOR, Json, Stage, Story
from shared.contracts import billing, matching, messaging, requests, vocabulary, work
from shared.platform.context import Actor

Slots = tuple[tuple[int, str, int], ...]
"""When somebody works on a contract: weekday (0 is Monday), clock in her zone, minutes."""
Moments = Generator[datetime, None, Any]

APPROVED, SILENCE, DISPUTED, CORRECTED, UNANSWERED = "approved", "silence", "disputed", "corrected", "unanswered"
PROMPT, SLOW, NEVER, HALF = "prompt", "slow", "never", "half"
KNOWN = frozenset(person.key for person in SIGNING_IN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a contract goes. `answers` to its timesheets are taken in turn.

    Somebody works every week where one can sign in as one of the two, else every other week. `end` is what ends or
    interrupts it, about `end_ago` days before the present, for `end_reason`.
    """

    ask: str
    ago: int
    assistant: str = ""
    slots: Slots = ()
    answers: tuple[str, ...] = (APPROVED, APPROVED, APPROVED, SILENCE)
    pays: str = PROMPT
    end: str = ""
    end_ago: int = 0
    end_reason: str = ""
    notice_days: int = 14
    offered: str = ""
    answered: str = ""
    talk: tuple[tuple[float, str, str], ...] = ()
    rival: bool = False


COURSES: tuple[Course, ...] = (
    # -- those whom one can sign in as --------------------------------------------------------------------------------
    Course(
        ask="marco.direction",
        ago=68,
        assistant="anna",
        slots=((0, "08:30", 150), (2, "09:00", 165), (4, "08:30", 150)),
        answers=(APPROVED, APPROVED, APPROVED, SILENCE),
        pays=SLOW,
        offered=(
            "Buongiorno Anna, il suo profilo è quello che cercavo da mesi. Otto ore alla settimana per "
            "cominciare, la mattina: agenda, posta e la riunione del mercoledì con gli architetti."
        ),
        answered="Buongiorno Marco, molto volentieri. Lunedì le mando le prime domande, tutte in un messaggio.",
        talk=(
            (40, "marco", "Lo studio Albers chiede di anticipare la consegna delle sedute. Che cosa rispondiamo?"),
            (39.8, "anna", "Ho sentito la falegnameria: si può il 12. Ho proposto quella data, confermano domani."),
            (9, "anna", "Per il viaggio a Copenaghen: volo alle 7.10, albergo vicino allo showroom, rientro giovedì."),
            (8.9, "marco", "Perfetto. Giovedì sera vorrei essere a casa per le otto, il resto va bene."),
            (0.4, "anna", "Il rientro è alle 19.20. Ho anche spostato Tessuti Fumagalli a venerdì: le va bene?"),
        ),
    ),
    Course(
        ask="ferrante.partner",
        ago=60,
        assistant="anna",
        slots=((1, "09:00", 180), (3, "09:00", 210)),
        answers=(APPROVED, SILENCE),
        offered="Gentile Anna, siamo in quattro e parliamo tutte insieme. Ci serve una voce sola: quando può iniziare?",
        answered="Gentile Giulia, dal lunedì dopo la firma. Vi propongo una riunione di mezz'ora per le scadenze.",
        talk=(
            (20, "ferrante", "L'udienza di Bologna è rinviata al 14: può spostare anche il treno e l'albergo?"),
            (19.9, "anna", "Fatto. Ho tenuto la stessa camera e il treno delle 7.30, con posto prenotato."),
            (1.2, "ferrante", "Anna, per dicembre ci servirebbero due ore in più alla settimana. Ne parliamo venerdì?"),
        ),
    ),
    Course(
        ask="dubois.collection",
        ago=17,
        assistant="anna",
        slots=((0, "14:30", 120), (3, "14:30", 150)),
        answers=(DISPUTED,),
        offered="Dear Anna, Italian and French on one desk is exactly what I was told does not exist. Shall we try?",
        answered="Avec plaisir, Hélène. I shall read everything on Monday and ask on Tuesday.",
        talk=(
            (5, "dubois", "The supplier in Scandicci has not answered for a week. Could you ring them?"),
            (4.8, "anna", "I spoke to Signora Bini: the leather leaves on Wednesday. I asked for a photograph of it."),
        ),
    ),
    Course(
        ask="sarah.office",
        ago=72,
        assistant="james",
        slots=((0, "08:00", 180), (1, "08:00", 165), (3, "08:30", 180)),
        answers=(APPROVED, APPROVED, SILENCE, APPROVED),
        pays=SLOW,
        offered=(
            "Dear James, your nine years in partners' offices show in every line. I would start with ten hours a "
            "week, mornings, and hand you my diary on day one."
        ),
        answered="Dear Sarah, I accept with pleasure. Please do not accept any invitation until Monday; I shall.",
        talk=(
            (30, "sarah", "Frankfurt on the 9th is now two days. Can you make it painless?"),
            (29.9, "james", "It is: one hotel, the late train back, and the Thursday partners' call moved to the car."),
            (6, "james", "The board pack is in your folder. Page 14 needs a number only you have."),
            (5.9, "sarah", "Found it, thank you. Send it out tonight."),
            (0.5, "james", "Two partners want the same slot on Thursday. I would give it to Hale; is that all right?"),
        ),
    ),
    Course(
        ask="stone.capital",
        ago=47,
        assistant="james",
        slots=((2, "09:00", 180), (4, "09:00", 150)),
        answers=(APPROVED, SILENCE),
        offered="Mr Carter, references were excellent. The fee is for the month; quarter ends will be busier.",
        answered="Thank you, Mr Stone. Quarter ends are in the calendar already.",
    ),
    Course(
        ask="lindqvist.raise",
        ago=85,
        assistant="james",
        slots=((1, "13:30", 150), (3, "13:30", 180)),
        end="notice",
        end_ago=30,
        end_reason="The round is closed, thanks to you in no small part. Until the next one!",
        notice_days=7,
        offered="Hi James, ninety meetings, ten weeks, three cities. Are you brave?",
        answered="Hi Emma, I have seen worse and slept well. Let us start on Monday.",
    ),
    Course(
        ask="venier.hotel",
        ago=64,
        assistant="elena",
        slots=((0, "08:30", 150), (3, "08:30", 165)),
        answers=(APPROVED, CORRECTED, APPROVED, SILENCE),
        pays=SLOW,
        offered="Gentile Elena, lei conosce gli alberghi di Venezia: sa già che cosa l'aspetta. Iniziamo?",
        answered="Gentile Margherita, lo so e accetto lo stesso. Mi servono gli accessi ai tre portali.",
        talk=(
            (12, "venier", "Il portale ci ha addebitato due volte la commissione di ottobre. Può verificare?"),
            (11.8, "elena", "Verificato: 214 euro in più. Ho aperto il reclamo, rispondono entro dieci giorni."),
            (0.8, "venier", "Hanno rimborsato! Ottimo lavoro. Per il ponte di dicembre le mando le stime domani."),
        ),
    ),
    Course(
        ask="marco.books",
        ago=55,
        assistant="elena",
        slots=((2, "08:30", 180),),
        answers=(SILENCE, APPROVED),
        pays=HALF,
        offered="Buongiorno Elena, centoventi fatture al mese e nessuna voglia. A lei la scelta del giorno.",
        answered="Buongiorno Marco, il mercoledì mattina. Le chiedo solo di non buttare gli scontrini.",
    ),
    Course(
        ask="marco.social",
        ago=14,
        slots=((1, "09:00", 90), (3, "09:00", 105)),
        answers=(UNANSWERED,),
        rival=True,
    ),
    Course(
        ask="marco.archive",
        ago=83,
        end="notice",
        end_ago=44,
        end_reason="Il lavoro è finito, e bene: ora l'archivio si capisce.",
        notice_days=7,
    ),
    Course(
        ask="sarah.proposals",
        ago=38,
        slots=((1, "10:00", 180), (3, "10:00", 195)),
        answers=(APPROVED, UNANSWERED),
        pays=SLOW,
        rival=True,
    ),
    Course(
        ask="sarah.research",
        ago=57,
        end="pause",
        end_ago=11,
        end_reason="The client has postponed the study; we go on in January.",
    ),
    Course(ask="elena.site", ago=41, slots=((1, "10:00", 75), (3, "11:00", 60)), pays=SLOW),
    # -- others ----------------------------------------------------------------------------------------------------
    Course(ask="donati.wine", ago=48, end="notice", end_ago=21, end_reason="Torna al lavoro mia sorella."),
    Course(ask="greco.front", ago=18, rival=True),
    Course(ask="bassi.inbox", ago=38, slots=((2, "10:00", 180),), answers=(SILENCE,)),
    Course(
        ask="fumagalli.fairs",
        ago=38,
        end="pause",
        end_ago=11,
        end_reason="Nessuna fiera fino a febbraio.",
    ),
    Course(ask="fumagalli.minutes", ago=17, slots=((2, "15:00", 150),)),
    Course(ask="orlandi.yoga", ago=14, pays=SLOW),
    Course(ask="venier.guests", ago=29, slots=((3, "10:00", 240),), answers=(SILENCE, APPROVED)),
    Course(ask="pace.travel", ago=30, end="notice", end_ago=3, end_reason="Cambio lavoro e viaggerò meno."),
    Course(ask="bernardi.trust", ago=23, answers=(SILENCE,), pays=NEVER),
    Course(ask="keller.support", ago=6),
    Course(ask="bergmann.office", ago=25, slots=((3, "10:00", 210),), answers=(APPROVED,)),
    Course(ask="osei.practice", ago=20, answers=(CORRECTED, APPROVED), rival=True),
    Course(
        ask="lindqvist.support",
        ago=44,
        pays=NEVER,
        end="terminate",
        end_ago=13,
        end_reason="Customer data were sent to the wrong address twice.",
    ),
    Course(ask="brady.books", ago=14, answers=(APPROVED, DISPUTED)),
    Course(ask="chen.lab", ago=23, pays=SLOW),
    Course(ask="walsh.law", ago=11),
    Course(ask="ortiz.social", ago=18, slots=((2, "10:00", 180),), answers=(SILENCE,)),
    Course(ask="dubois.press", ago=7),
    Course(
        ask="novak.games",
        ago=43,
        end="notice",
        end_ago=16,
        end_reason="We are in feature freeze; see you for the next game.",
        notice_days=7,
    ),
    Course(ask="rao.clinics", ago=18, slots=((1, "09:30", 240),), answers=(APPROVED,)),
    Course(ask="stone.reports", ago=11, rival=True),
    Course(
        ask="hale.archive",
        ago=47,
        end="notice",
        end_ago=20,
        end_reason="All boxes are empty. Thank you.",
        notice_days=5,
    ),
    Course(ask="neri.deck", ago=6),
)


def of(stage: Stage) -> Iterator[Story]:
    """All stories, each from before its beginning."""
    for course in COURSES:
        yield Engagement(stage, course).story()
    yield from _open_briefs(stage)
    yield _tidying(stage)
    yield _checks(stage)
    yield _proposals(stage)


# -- briefs and offers -----------------------------------------------------------------------------------------------


class Search:
    """A brief and the offers made for it."""

    def __init__(self, stage: Stage, key: str) -> None:
        self.stage = stage
        self.ask: Ask = ASKS[key]
        self.person = stage.people[self.ask.client]
        self.rng = random.Random(key)  # noqa: S311 - the same story every time
        self.brief: Json = {}

    @property
    def client(self) -> Actor:
        return self.stage.actor(self.ask.client)

    def draft(self, days_ahead: int = 7) -> None:
        today = self.stage.at.date()
        start = today + timedelta(days=days_ahead)
        start += timedelta(days=-start.weekday() % 7)
        self.brief = self.stage.do(requests.SaveBrief, self.ask.content(self.person, start), self.client)

    def publish(self, days_ahead: int = 7) -> None:
        self.draft(days_ahead)
        self.brief = self.stage.do(requests.PublishBrief, {"id": self.brief["id"]}, self.client)

    def end(self, contract: Any, reason: str = "") -> None:
        self.stage.do(contract, {"id": self.brief["id"], **({"reason": reason} if reason else {})}, self.client)

    def card(self, assistant: str = "") -> Json:
        """The named assistant, or one of those who fit best and have not been hired yet."""
        stage = self.stage
        if assistant:
            card: Json = stage.do(matching.GetAssistantCard, {"id": stage.ids[assistant]}, self.client)
            return card
        found = stage.do(matching.FindMatches, {"brief_id": self.brief["id"], "limit": 25}, self.client)["matches"]
        own = {stage.ids[key] for key in PRACTICES}
        free = [m["assistant"] for m in found if m["assistant"]["assistant_id"] not in own]
        free = [card for card in free if card["display_name"] not in stage.hired]
        fresh = [card for card in free if first_name(card) not in stage.hired] or free
        if not fresh:
            raise LookupError(f"nobody fits the brief {self.ask.title!r}")
        chosen: Json = self.rng.choice(fresh[:6])
        stage.hired |= {chosen["display_name"], first_name(chosen)}
        return chosen

    def terms(self, card: Json, **changes: Any) -> Json:
        """Those of the assistant's rate card, for the hours of the brief."""
        ask = self.ask
        rate, included = card["hourly_rate"], 0
        if ask.retainer:
            offered = card["retainer"]
            included = round(ask.hours * 52 / 12)
            share = max(Fraction(included * 60, offered["included_minutes"]), Fraction(1))
            amount = min(int(offered["fee"]["amount"] * share) // 1000 * 1000, ask.budget * 100)
            rate = {"amount": amount, "currency": offered["fee"]["currency"]}
        return {
            "engagement": "retainer" if ask.retainer else "hourly",
            "rate": rate,
            "weekly_minutes": ask.hours * 60,
            "included_minutes": included * 60,
            "start_on": self.brief["start_on"],
            "notice_days": 14,
            "payment_days": 14,
            "scope": ask.text.split("\n")[0],
            **changes,
        }

    def offer(self, card: Json, message: str = "", **changes: Any) -> Json:
        lines = phrases.OFFERED[self.person.locale]
        said = message or self.rng.choice(lines).format(name=first_name(card), hours=self.ask.hours)
        sent: Json = self.stage.do(
            matching.SendOffer,
            {
                "brief_id": self.brief["id"],
                "assistant_id": card["assistant_id"],
                "terms": self.terms(card, **changes),
                "message": said,
            },
            self.client,
        )
        return sent


def first_name(card: Json) -> str:
    return str(card["display_name"].split()[0])


def assistant_of(thing: Json) -> Actor:
    """The assistant of an offer, a contract or a card."""
    return Actor(account_id=thing["assistant_id"], roles=ASSISTANT)


# -- contracts ---------------------------------------------------------------------------------------------------------


class Engagement:
    """A brief that somebody is hired for, and the work under the contract."""

    def __init__(self, stage: Stage, course: Course) -> None:
        self.stage = stage
        self.course = course
        self.search = Search(stage, course.ask)
        self.rng = self.search.rng
        self.locale = self.search.person.locale
        self.contract: Json = {}
        self.card: Json = {}

    @property
    def client(self) -> Actor:
        return self.search.client

    @property
    def assistant(self) -> Actor:
        return assistant_of(self.contract)

    @property
    def known(self) -> bool:
        """Whether one can sign in as one of the two."""
        return bool(self.course.assistant) or self.search.ask.client in KNOWN

    def story(self) -> Story:
        stage, course, search = self.stage, self.course, self.search
        clock = self.rng.choice(("08:10", "09:20", "13:05", "14:45"))
        yield stage.ago(course.ago, clock)
        search.publish(days_ahead=3)
        yield stage.later(self.rng.choice((2, 5, 24)))
        self.card = search.card(course.assistant)
        offer = search.offer(self.card, course.offered, notice_days=course.notice_days)
        if course.rival:
            search.offer(search.card())
        yield stage.later(self.rng.choice((4, 20, 26)))
        self._answer(offer)
        self.contract = stage.do(matching.AcceptOffer, {"offer_id": offer["id"]}, assistant_of(self.card))
        if not course.assistant and self.rng.random() < 0.3:
            stage.begin(self._small_talk())
        if course.talk:
            stage.begin(self._talk())
        stage.begin(self._pay())
        if course.end:
            stage.begin(self._end())
        yield from self._weeks()

    # -- words -----------------------------------------------------------------------------------------------------

    def _post(self, author: Actor, body: str) -> None:
        thread = self.contract["thread_id"]
        self.stage.do(messaging.MarkConversationSeen, {"conversation_id": thread}, author)
        self.stage.do(messaging.PostMessage, {"conversation_id": thread, "body": body}, author)

    def _answer(self, offer: Json) -> None:
        self.contract = offer
        if self.course.answered or self.rng.random() < 0.6:
            body = self.course.answered or self.rng.choice(phrases.ANSWERED[self.locale])
            self._post(assistant_of(self.card), body)
            self.stage.world.settle()
            self.stage.do(messaging.MarkConversationSeen, {"conversation_id": offer["thread_id"]}, self.client)

    def _talk(self) -> Story:
        for ago, author, body in self.course.talk:
            yield max(self.stage.recently(ago * 24), self.stage.at + timedelta(minutes=12))
            self._post(self.stage.actor(author), body)

    def _small_talk(self) -> Story:
        asked, answered = self.rng.choice(phrases.LATER[self.locale])
        yield self.stage.later(24 * self.rng.choice((3, 6, 8)))
        self._post(self.client, asked)
        yield self.stage.later(3)
        self._post(self.assistant, answered)

    # -- work ------------------------------------------------------------------------------------------------------

    def _weeks(self) -> Moments:
        """Week by week: the hours are logged on Friday, then sent, then answered."""
        stage = self.stage
        first = date.fromisoformat(self.contract["terms"]["start_on"])
        zone = self.card["time_zone"]
        last = self._ends_at().date() if self.course.end else stage.ends_at.date()
        memos = self._memos()
        step = 1 if self.known else 2
        for number in count(step=step):
            monday = first - timedelta(days=first.weekday()) + timedelta(days=7 * number)
            if monday > last:
                return
            entries = self._entries(monday, zone, first, last)
            friday = datetime.combine(monday + timedelta(days=4), datetime.min.time(), UTC) + timedelta(hours=22)
            now = friday > stage.ends_at
            yield stage.ends_at - timedelta(minutes=2) if now else friday
            sheet = ""
            for started_at, ended_at in entries:
                if ended_at <= stage.at:
                    sheet = stage.do(
                        work.LogTime,
                        {
                            "contract_id": self.contract["id"],
                            "started_at": started_at.isoformat(),
                            "ended_at": ended_at.isoformat(),
                            "memo": next(memos),
                        },
                        self.assistant,
                    )["timesheet_id"]
            if sheet and not now:
                newest = monday + timedelta(days=14) > stage.ends_at.date()
                answers = self.course.answers
                answer = answers[-1] if newest else answers[number // step % len(answers)]
                if newest and answer in (APPROVED, SILENCE, CORRECTED):
                    answer = UNANSWERED if self.course.assistant or self.rng.random() < 0.5 else APPROVED
                if not newest and answer in (UNANSWERED, DISPUTED):
                    answer = SILENCE
                stage.begin(self._answer_to(sheet, monday, answer))

    def _entries(self, monday: date, zone: str, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
        slots = self.course.slots or self._usual_slots()
        for weekday, clock, minutes in slots:
            day = monday + timedelta(days=weekday)
            if first <= day <= last:
                started_at = self.stage.local(day, clock, zone)
                spent = minutes - 15 * self.rng.choice((0, 0, 0, 1, 1, 2))
                yield started_at, started_at + timedelta(minutes=max(spent, 45))

    def _usual_slots(self) -> Slots:
        minutes = min(self.search.ask.hours * 60 // 30 * 15, 330)
        return ((1, "09:00", minutes), (3, "09:30", minutes))

    def _memos(self) -> Iterator[str]:
        known = phrases.MEMOS[self.locale]
        lines = [line for code in self.search.ask.services.split() for line in known.get(code, ())]
        self.rng.shuffle(lines)
        for number in count():
            yield lines[number % len(lines)]

    def _answer_to(self, sheet: str, monday: date, answer: str) -> Story:
        """Sent at once, before Monday noon or by itself then; Tuesday or Wednesday the client answers, or does not."""
        stage, on = self.stage, {"timesheet_id": sheet}
        week_after = datetime.combine(monday + timedelta(days=7), datetime.min.time(), UTC)
        at_once = self.known and self.course.assistant != "anna"
        if at_once:
            yield stage.at + timedelta(minutes=20)
            stage.do(work.SubmitTimesheet, on, self.assistant)
        elif self.rng.random() < 0.4:
            yield week_after + timedelta(hours=7, minutes=self.rng.choice((5, 40)))
            stage.do(work.SubmitTimesheet, on, self.assistant)
        if answer in (SILENCE, UNANSWERED):
            return
        if answer == APPROVED:
            yield week_after + timedelta(days=1, hours=self.rng.choice((8, 9, 14)), minutes=self.rng.choice((5, 40)))
            stage.do(work.ApproveTimesheet, on, self.client)
            return
        hours = 14 if answer == DISPUTED else 33
        yield min(week_after + timedelta(hours=hours), stage.recently(1))
        shown = stage.do(work.GetTimesheet, {"id": sheet}, self.client)
        if shown["state"] != "submitted":
            return
        entry = shown["entries"][-1]
        italian = self.locale == "it"
        reason = (
            "Mi risultava mezz'ora in meno: può controllare?" if italian else "I have half an hour less for this one."
        )
        stage.do(work.DisputeTimesheet, {**on, "entry_ids": [entry["id"]], "reason": reason}, self.client)
        if answer == DISPUTED:
            return
        yield stage.later(5)
        ended_at = datetime.fromisoformat(entry["ended_at"]) - timedelta(minutes=30)
        changed = {"started_at": entry["started_at"], "ended_at": ended_at.isoformat(), "memo": entry["memo"]}
        stage.do(work.EditTime, {"entry_id": entry["id"], **changed}, self.assistant)
        stage.do(work.SubmitTimesheet, on, self.assistant)
        yield stage.later(20)
        stage.do(work.ApproveTimesheet, on, self.client)

    def _ends_at(self) -> datetime:
        """A Friday night, when the week's hours are in."""
        day = self.stage.ago(self.course.end_ago)
        friday = day.replace(hour=22, minute=30) + timedelta(days=4 - day.weekday())
        return friday if friday < self.stage.ends_at else friday - timedelta(days=7)

    # -- money and the end -----------------------------------------------------------------------------------------

    def _pay(self) -> Story:
        """Every other week what has been due for a while is paid, and the assistant records it."""
        stage, habit = self.stage, self.course.pays
        if habit == NEVER:
            return
        waits = timedelta(days={PROMPT: 6, SLOW: 17, HALF: 10}[habit])
        for turn in count():
            yield stage.at + timedelta(days=12, hours=2) if turn else stage.later(24 * 12)
            asked = {"contract_id": self.contract["id"], "kind": "invoice", "payment_states": ["unpaid", "partly_paid"]}
            for invoice in stage.do(billing.ListInvoices, asked, self.assistant)["items"]:
                if datetime.fromisoformat(invoice["issued_at"]) + waits > stage.at:
                    continue
                due = dict(invoice["due"])
                if habit == HALF and invoice["payment_state"] == "unpaid":
                    due["amount"] //= 2
                paid = {
                    "invoice_id": invoice["id"],
                    "amount": due,
                    "received_on": stage.at.date().isoformat(),
                    "reference": f"SEPA {invoice['number']}"
                    if due["currency"] == "EUR"
                    else f"Ref. {invoice['number']}",
                }
                stage.do(billing.RecordPayment, paid, self.assistant)

    def _end(self) -> Story:
        stage, course = self.stage, self.course
        yield self._ends_at()
        command = {
            "pause": matching.PauseContract,
            "notice": matching.GiveNotice,
            "terminate": matching.TerminateContract,
        }[course.end]
        ended = stage.do(command, {"id": self.contract["id"], "reason": course.end_reason}, self.client)
        if course.end in ("notice", "terminate"):
            stage.begin(self._reviews(date.fromisoformat(ended["ends_on"])))
        if course.end == "terminate":
            yield stage.later(24 * 5)
            asked = {"contract_id": self.contract["id"], "kind": "invoice", "payment_states": ["unpaid"]}
            lost = stage.do(billing.ListInvoices, asked, self.assistant)["items"]
            if lost:
                reason = "The client disputes the work; we let it rest."
                stage.do(billing.WriteOffInvoice, {"invoice_id": lost[-1]["id"], "reason": reason}, self.assistant)
            if len(lost) > 1:
                reason = "Hours charged for the last week are credited in full."
                stage.do(billing.CreditInvoice, {"invoice_id": lost[0]["id"], "reason": reason}, self.assistant)

    def _reviews(self, last_day: date) -> Story:
        """Both say how it was, some days after the end; the assistant may reply. Some write nothing."""
        stage, well = self.stage, self.course.end == "notice"
        yield stage.local(last_day + timedelta(days=2), "10:05", "UTC")
        stars, texts = self.rng.choice(phrases.REVIEWED[self.locale][well])
        asked = {"id": self.contract["id"], "locale": self.locale}
        of_assistant = dict(zip(matching.REVIEW_CRITERIA["assistant"], stars, strict=True))
        stage.do(matching.WriteReview, {**asked, "scores": of_assistant, "text": texts[0]}, self.client)
        if self.rng.random() < 0.15:
            return
        yield stage.later(24 * self.rng.choice((1, 3)))
        of_client = dict.fromkeys(matching.REVIEW_CRITERIA["client"], 5 if well else 3)
        stage.do(matching.WriteReview, {**asked, "scores": of_client, "text": texts[1]}, self.assistant)
        if texts[2]:
            yield stage.later(20)
            stage.do(matching.ReplyToReview, {**asked, "text": texts[2]}, self.assistant)


# -- briefs that are still open, or came to nothing --------------------------------------------------------------------


def _open_briefs(stage: Stage) -> Iterator[Story]:
    yield _salone(stage)
    yield _crm(stage)
    yield _phone(stage)
    yield _asking(
        stage, "pace.board", "anna", 2.2, "Gentile Anna, cinque consigli, cinque stili. Lei quale preferisce?"
    )
    yield _asking(
        stage, "fumagalli.century", "anna", 1.1, "Gentile Anna, cento anni si festeggiano una volta sola. Mi aiuta?"
    )
    yield _founder(stage)
    yield _villani(stage)
    yield _asking(stage, "hale.partners", "james", 1.6, "Dear James, Stone speaks of you as one speaks of a good bank.")
    yield _asking(
        stage, "lucchi.dental", "elena", 3.1, "Buongiorno Elena, i pazienti pagano, ma dopo il terzo sorriso."
    )
    yield _rents(stage)
    yield _unanswered(stage)
    yield _alone(stage, "chen.grants", 41, "")
    yield _alone(stage, "ortiz.shop", 6, "")
    yield _alone(stage, "rao.reviews", 19, "pause")
    yield _alone(stage, "orlandi.retreat", 15, "pause")
    yield _alone(stage, "sarah.events", 52, "close")
    yield _alone(stage, "walsh.everything", 25, "remove")
    yield _drafts(stage)


def _asking(stage: Stage, key: str, assistant: str, ago: float, message: str) -> Story:
    """An offer that waits for an answer of somebody whom one can sign in as."""
    search = Search(stage, key)
    yield stage.ago(ago + 3, "09:40")
    search.publish(days_ahead=10)
    yield stage.recently(ago * 24)
    search.offer(search.card(assistant), message)


def _salone(stage: Stage) -> Story:
    """Marco's open brief: one offer is out, one came back with other terms, one was declined."""
    search = Search(stage, "marco.salone")
    yield stage.ago(8, "09:15")
    search.publish(days_ahead=21)
    yield stage.recently(5 * 24)
    declined, countered = search.offer(search.card()), search.offer(search.card())
    yield stage.recently(4 * 24)
    reason = {"offer_id": declined["id"], "reason": phrases.DECLINED["it"][0]}
    stage.do(matching.DeclineOffer, reason, assistant_of(declined))
    yield stage.recently(2.1 * 24)
    search.offer(search.card())
    yield stage.recently(20)
    terms = countered["terms"]
    rate = {**terms["rate"], "amount": terms["rate"]["amount"] + 200}
    stage.do(
        matching.CounterOffer,
        {
            "offer_id": countered["id"],
            "terms": {**terms, "rate": rate, "weekly_minutes": 8 * 60},
            "message": (
                "Buongiorno Marco, il Salone lo conosco bene: ho seguito due stand. Le propongo otto ore fino a "
                "febbraio e due euro in più, che comprendono le sere della fiera."
            ),
        },
        assistant_of(countered),
    )


def _crm(stage: Stage) -> Story:
    """Sarah's open brief: an offer is out, another was withdrawn."""
    search = Search(stage, "sarah.crm")
    yield stage.ago(7, "10:30")
    search.publish(days_ahead=9)
    yield stage.recently(4.5 * 24)
    withdrawn = search.offer(search.card())
    search.offer(search.card())
    yield stage.recently(3 * 24)
    reason = {"offer_id": withdrawn["id"], "reason": "We have found that we need somebody with Salesforce."}
    stage.do(matching.WithdrawOffer, reason, search.client)
    yield stage.recently(30)
    search.offer(search.card())


def _phone(stage: Stage) -> Story:
    search = Search(stage, "elena.phone")
    yield stage.ago(5, "11:00")
    search.publish(days_ahead=12)
    yield stage.recently(26)
    search.offer(search.card())


def _founder(stage: Stage) -> Story:
    """Anna answered with other terms; the founder has not decided."""
    search = Search(stage, "neri.founder")
    yield stage.ago(9, "07:50")
    search.publish(days_ahead=14)
    yield stage.recently(4 * 24)
    offer = search.offer(
        search.card("anna"), "Ciao Anna, tre società e poco sonno: mi salvi le mattine? Sei ore, subito."
    )
    yield stage.recently(2.6 * 24)
    stage.do(
        matching.CounterOffer,
        {
            "offer_id": offer["id"],
            "terms": {**offer["terms"], "weekly_minutes": 4 * 60, "rate": {"amount": 4200, "currency": "EUR"}},
            "message": (
                "Ciao Tommaso, volentieri, ma con quattro ore: ho altri impegni che non voglio trascurare. Da "
                "gennaio posso salire a sei."
            ),
        },
        assistant_of(offer),
    )


def _villani(stage: Stage) -> Story:
    search = Search(stage, "villani.studio")
    yield stage.ago(20, "12:10")
    search.publish(days_ahead=14)
    yield stage.ago(18, "10:00")
    offer = search.offer(search.card("anna"))
    yield stage.ago(16, "10:00")
    reason = "Dodici cantieri meritano più ore di quante ne abbia io adesso. Vi auguro di trovare presto."
    stage.do(matching.DeclineOffer, {"offer_id": offer["id"], "reason": reason}, assistant_of(offer))


def _rents(stage: Stage) -> Story:
    """An offer to Elena that expired."""
    search = Search(stage, "zanetti.rents")
    yield stage.ago(19, "15:10")
    search.publish(days_ahead=20)
    yield stage.ago(16, "08:45")
    search.offer(search.card("elena"))


def _unanswered(stage: Stage) -> Story:
    """A brief that nobody was found for in time: its offer was taken back, then it expired."""
    search = Search(stage, "donati.newsletter")
    yield stage.ago(39, "08:20")
    search.publish()
    yield stage.ago(36, "08:20")
    offer = search.offer(search.card())
    yield stage.ago(34, "08:20")
    stage.do(matching.WithdrawOffer, {"offer_id": offer["id"], "reason": "Rimandiamo a primavera."}, search.client)


def _alone(stage: Stage, key: str, ago: int, ends: str) -> Story:
    search = Search(stage, key)
    yield stage.ago(ago, "13:30")
    search.publish(days_ahead=14)
    yield stage.later(30)
    if ends == "pause":
        search.end(requests.PauseBrief)
    elif ends == "close":
        search.end(requests.CloseBrief, "We hold the dinners in-house this year.")
    elif ends == "remove":
        removed = {"id": search.brief["id"], "reason": "Forwarding parcels for vouchers is a known fraud."}
        stage.do(requests.RemoveBrief, removed, OPERATOR)


def _drafts(stage: Stage) -> Story:
    yield stage.recently(28)
    for key in ("marco.catalogue", "sarah.onboarding", "bassi.webinar"):
        Search(stage, key).draft(days_ahead=25)


def _tidying(stage: Stage) -> Story:
    """People who can sign in looked at their news a few days ago."""
    yield stage.recently(2 * 24 + 3)
    for key in ("anna", "james", "marco", "sarah", "elena", "operator"):
        stage.do(messaging.MarkNotificationsRead, None, stage.actor(key))


def _proposals(stage: Stage) -> Story:
    """One proposal for the list of skills is in it, one waits."""
    yield stage.ago(16, "10:00")
    asked = {"kind": "tool", "name": "Notion Calendar", "service": "calendar", "locale": "en"}
    proposal = stage.do(vocabulary.ProposeWork, asked, stage.actor("james"))
    entry = {
        "kind": "tool",
        "service": "calendar",
        "labels": {"en": "Notion Calendar", "it": "Notion Calendar"},
        "synonyms": {"en": ["cron calendar"], "it": []},
        "descriptions": {
            "en": "Calendars beside documents and tasks in Notion Calendar.",
            "it": "Calendari accanto a documenti e attività in Notion Calendar.",
        },
    }
    stage.do(vocabulary.AcceptProposal, {"id": proposal["id"], **entry}, OPERATOR)
    yield stage.ago(3, "15:00")
    asked = {
        "kind": "skill",
        "name": "Sbobinatura di udienze",
        "service": "legal_support",
        "description": "Trascrizione integrale delle registrazioni di udienza, con i tempi e i nomi di chi parla.",
        "locale": "it",
    }
    stage.do(vocabulary.ProposeWork, asked, stage.actor("elena"))


def _checks(stage: Stage) -> Story:
    """Two are checked by the operator, one has asked."""
    yield stage.ago(50, "09:00")
    for key, kinds in (("anna", ("phone", "identity")), ("james", ("phone",))):
        for kind in kinds:
            asked = {"kind": kind, "note": "By phone, any weekday after ten."}
            stage.do(matching.AskForCheck, asked, stage.actor(key))
            decision = {"account_id": stage.ids[key], "kind": kind, "decision": "grant", "note": "Seen by video call."}
            stage.do(matching.DecideCheck, decision, OPERATOR)
    yield stage.ago(2, "11:00")
    asked = {"kind": "phone", "note": "Il mattino, oppure scrivetemi."}
    stage.do(matching.AskForCheck, asked, stage.actor("elena"))
