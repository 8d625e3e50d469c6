"""The API's table: each row a method and path, the contract it calls, and how path and query become its payload."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.contracts import (
    accounts,
    billing,
    charging,
    companies,
    matching,
    messaging,
    profiles,
    rate_cards,
    requests,
    work,
)
from shared.platform.contract import Call


@dataclass(frozen=True, slots=True)
class Route:
    """`names` renames path parameters to the payload's fields. A body's fields win over nothing: the path always
    wins."""

    method: str
    path: str
    call: Call
    tag: str
    summary: str
    status: int = 200
    names: dict[str, str] = field(default_factory=dict)
    public: bool = False
    """May be called without a token."""


def _get(path: str, call: Call, tag: str, summary: str, *, public: bool = False, **names: str) -> Route:
    return Route("GET", path, call, tag, summary, names=names, public=public)


def _do(
    path: str, call: Call, tag: str, summary: str, status: int = 200, *, public: bool = False, **names: str
) -> Route:
    return Route("POST", path, call, tag, summary, status, names, public)


ROUTES: tuple[Route, ...] = (
    _do("/accounts", accounts.SignUp, "Accounts", "Sign up; answers with a token", 201, public=True),
    _do("/accounts/confirm", accounts.ConfirmEmail, "Accounts", "Confirm an e-mail address", public=True),
    _do("/accounts/resend-confirmation", accounts.ResendConfirmation, "Accounts", "Send the confirmation again"),
    _do(
        "/accounts/request-reset",
        accounts.RequestReset,
        "Accounts",
        "Ask for a link to set a new password",
        public=True,
    ),
    _do("/accounts/reset", accounts.ResetPassword, "Accounts", "Set a new password with the link's token", public=True),
    _do("/sessions", accounts.SignIn, "Accounts", "Sign in; answers with a token", 201, public=True),
    _do("/sessions/second-step", accounts.FinishSignIn, "Accounts", "Finish a sign-in in two steps", 201, public=True),
    _get("/sessions", accounts.ListSessions, "Accounts", "Where the account is signed in"),
    Route(
        "DELETE", "/sessions/<id>", accounts.RevokeSession, "Accounts", "Sign a session out", 200, {"id": "session_id"}
    ),
    _get("/account", accounts.GetAccount, "Accounts", "The account"),
    Route("PUT", "/account", accounts.ChangeSettings, "Accounts", "Change name, language and time zone"),
    _do("/account/roles", accounts.AddRole, "Accounts", "Be a client or an assistant as well"),
    _get("/company", companies.GetCompany, "Company", "What the client says of its company"),
    Route("PUT", "/company", companies.SaveCompany, "Company", "Say it"),
    _get("/company/colleagues", companies.ListColleagues, "Company", "Who may act for it, and who is invited"),
    _do("/company/invitations", companies.InviteColleague, "Company", "Invite somebody by e-mail, with a role", 201),
    Route(
        *("DELETE", "/company/invitations/<id>", companies.WithdrawInvitation, "Company"),
        "Take an invitation back",
        names={"id": "invitation_id"},
    ),
    Route("PUT", "/company/colleagues/<account_id>", companies.ChangeColleague, "Company", "Change a colleague's role"),
    Route("DELETE", "/company/colleagues/<account_id>", companies.RemoveColleague, "Company", "Remove a colleague"),
    _do("/companies/<id>/leave", companies.LeaveCompany, "Company", "Leave a company", id="company_id"),
    _do("/invitations/read", companies.GetInvitation, "Company", "What an invitation says", public=True),
    _do("/invitations/accept", companies.AcceptInvitation, "Company", "Accept an invitation"),
    _get("/profile", profiles.GetMyProfile, "Profile", "The assistant's own profile"),
    Route("PUT", "/profile", profiles.SaveProfile, "Profile", "Make or replace the profile"),
    Route("PATCH", "/profile", profiles.ChangeProfile, "Profile", "Change the fields that are named"),
    _get("/profile/week", matching.GetMyWeek, "Profile", "What contracts hold of the week, and what offers ask"),
    _get("/profile/availability", profiles.GetMyAvailability, "Profile", "Days that differ from the weekly hours"),
    _do("/profile/availability", profiles.AddException, "Profile", "Note days that differ", 201),
    Route("DELETE", "/profile/availability/<id>", profiles.DropException, "Profile", "Take such days out"),
    _do("/profile/calendars", profiles.FollowCalendar, "Profile", "Follow a calendar (an https address)", 201),
    _do("/profile/calendars/<id>/read", profiles.ReadCalendar, "Profile", "Read a followed calendar now"),
    Route("DELETE", "/profile/calendars/<id>", profiles.UnfollowCalendar, "Profile", "No longer follow a calendar"),
    Route("PUT", "/profile/calendar", profiles.ShareCalendar, "Profile", "A new secret address of one's own calendar"),
    Route("DELETE", "/profile/calendar", profiles.UnshareCalendar, "Profile", "Close that address"),
    _get("/calendars/<key>", profiles.GetCalendar, "Profile", "A shared calendar, by its secret", public=True),
    _get("/profile/covers", profiles.ListCovers, "Profile", "Who stands in for whom"),
    _do("/profile/covers", profiles.InviteCover, "Profile", "Ask another assistant to stand in", 201),
    _do("/profile/covers/<id>/accept", profiles.AcceptCover, "Profile", "Agree to stand in"),
    _do("/profile/covers/<id>/decline", profiles.DeclineCover, "Profile", "Decline to stand in"),
    _do("/profile/covers/<id>/end", profiles.EndCover, "Profile", "No longer stand in, or be stood in for"),
    Route("PUT", "/profile/availability/holidays", profiles.ImportHolidays, "Profile", "Add a country's holidays"),
    _do("/profile/publish", profiles.PublishProfile, "Profile", "Publish it"),
    _do("/profile/unpublish", profiles.UnpublishProfile, "Profile", "Take it back"),
    _get("/practice/rate-card", rate_cards.GetMyRateCard, "Rate cards", "The assistant's own rate card"),
    Route("PUT", "/practice/rate-card", rate_cards.SaveRateCard, "Rate cards", "Make or change the rate card"),
    _do("/rate-cards/preview", charging.PreviewCharges, "Rate cards", "What a rate card charges for what happens"),
    _get(
        "/assistants/<id>/rate-card",
        rate_cards.GetRateCard,
        "Rate cards",
        "What a published practice charges, and on which terms",
        public=True,
    ),
    _get("/profiles/<id>", profiles.GetProfile, "Assistants", "A published profile", public=True),
    _get("/assistants", matching.BrowseAssistants, "Assistants", "Search and filter assistants", public=True),
    _get("/assistants/<id>", matching.GetAssistantCard, "Assistants", "An assistant with her free hours", public=True),
    _get("/assistants/<id>/similar", matching.FindSimilar, "Assistants", "Others for the same work", public=True),
    _get("/work", matching.GetDirectory, "Assistants", "All services and skills, and how many offer them", public=True),
    _get("/work/<code>", matching.DescribeWork, "Assistants", "Who offers one, and its usual rates", public=True),
    _get("/matching/weights", matching.GetWeights, "Assistants", "The weights in force", public=True),
    _get("/people/<id>/trust", matching.GetTrust, "Trust", "What is known of somebody, facts only", public=True),
    _get("/people/<subject_id>/reviews", matching.ListReviewsOf, "Trust", "Reviews of somebody", public=True),
    _get("/reviews", matching.ListMyReviews, "Trust", "Reviews of the reader's own contracts"),
    _get("/contracts/<id>/review", matching.GetReview, "Trust", "A contract's reviews, as the reader may see them"),
    _do("/contracts/<id>/review", matching.WriteReview, "Trust", "Review a contract that is over"),
    _do("/contracts/<id>/review/reply", matching.ReplyToReview, "Trust", "Reply to a review, once"),
    _do("/contracts/<id>/review/report", matching.ReportReview, "Trust", "Report a review to the operators"),
    _get("/checks", matching.ListMyChecks, "Trust", "Checks of who the reader is"),
    _do("/checks", matching.AskForCheck, "Trust", "Ask for a check by an operator"),
    _do("/searches", matching.SaveSearch, "Assistants", "Save a search and be told of who is new", 201),
    _get("/searches", matching.ListSearches, "Assistants", "The reader's saved searches"),
    _get("/searches/<id>", matching.GetSearch, "Assistants", "A saved search"),
    Route("DELETE", "/searches/<id>", matching.DropSearch, "Assistants", "Remove a saved search"),
    _get("/shortlist", requests.GetShortlist, "Assistants", "The reader's shortlist"),
    Route("PUT", "/shortlist/<assistant_id>", requests.KeepAssistant, "Assistants", "Keep an assistant, with a note"),
    Route("DELETE", "/shortlist/<assistant_id>", requests.DropAssistant, "Assistants", "Take an assistant off it"),
    _do("/briefs/read", requests.ReadBrief, "Briefs", "What a brief in one's own words says"),
    _do("/briefs/count", matching.CountFits, "Briefs", "How many fit what is known of a brief so far"),
    _get("/sketches", requests.ListSketches, "Briefs", "Briefs that are still being written"),
    _get("/sketches/<id>", requests.GetSketch, "Briefs", "One of them, and what its words say"),
    Route("PUT", "/sketches/<id>", requests.SaveSketch, "Briefs", "Keep what was typed so far"),
    Route("DELETE", "/sketches/<id>", requests.DropSketch, "Briefs", "Remove one"),
    _get("/briefs", requests.ListBriefs, "Briefs", "The client's briefs"),
    _do("/briefs", requests.SaveBrief, "Briefs", "Write a brief (a draft)", 201),
    _get("/briefs/<id>", requests.GetBrief, "Briefs", "A brief"),
    Route("PUT", "/briefs/<id>", requests.SaveBrief, "Briefs", "Change a brief"),
    _do("/briefs/<id>/publish", requests.PublishBrief, "Briefs", "Open it"),
    _do("/briefs/<id>/pause", requests.PauseBrief, "Briefs", "Pause it"),
    _do("/briefs/<id>/resume", requests.ResumeBrief, "Briefs", "Resume it"),
    _do("/briefs/<id>/close", requests.CloseBrief, "Briefs", "Close it"),
    _do("/briefs/<id>/reopen", requests.ReopenBrief, "Briefs", "Open it again"),
    _get("/briefs/<id>/matches", matching.FindMatches, "Matching", "Who fits, and exactly why", id="brief_id"),
    _get("/briefs/<id>/why", matching.ExplainByName, "Matching", "Why somebody, by name, is not shown", id="brief_id"),
    _get("/briefs/<id>/teams", matching.FindTeams, "Matching", "Pairs and trios that cover it", id="brief_id"),
    _get("/matching/briefs-for-me", matching.FindBriefsForMe, "Matching", "Open briefs that suit the assistant"),
    _get(
        "/briefs/<id>/matches/<assistant_id>",
        matching.ExplainMatch,
        "Matching",
        "Why somebody is, or is not, in the list",
        id="brief_id",
    ),
    _get("/offers", matching.ListOffers, "Offers", "Offers of either side"),
    _do("/offers", matching.SendOffer, "Offers", "Make an offer", 201),
    _get("/offers/<id>", matching.GetOffer, "Offers", "An offer with all versions of its negotiation"),
    _get("/offers/<id>/client", matching.GetClient, "Offers", "What the client says of its company", id="offer_id"),
    _do("/offers/<id>/counter", matching.CounterOffer, "Offers", "Put other terms", 201, id="offer_id"),
    _do("/offers/<id>/accept", matching.AcceptOffer, "Offers", "Accept; answers with the contract", 201, id="offer_id"),
    _do("/offers/<id>/decline", matching.DeclineOffer, "Offers", "Decline", id="offer_id"),
    _do("/offers/<id>/withdraw", matching.WithdrawOffer, "Offers", "Withdraw one's own", id="offer_id"),
    _get("/contracts", matching.ListContracts, "Contracts", "Contracts of either side"),
    _get("/contracts/<id>", matching.GetContract, "Contracts", "A contract"),
    _do("/contracts/<id>/pass-trial", matching.PassTrial, "Contracts", "End the trial well"),
    _do("/contracts/<id>/pause", matching.PauseContract, "Contracts", "Pause"),
    _do("/contracts/<id>/resume", matching.ResumeContract, "Contracts", "Resume"),
    _do("/contracts/<id>/notice", matching.GiveNotice, "Contracts", "Give notice"),
    _do("/contracts/<id>/terminate", matching.TerminateContract, "Contracts", "Terminate for cause"),
    _do("/time-entries", work.LogTime, "Time", "Log time", 201),
    Route("PUT", "/time-entries/<id>", work.EditTime, "Time", "Correct an entry", 200, {"id": "entry_id"}),
    Route("DELETE", "/time-entries/<id>", work.DeleteTime, "Time", "Remove an entry", 200, {"id": "entry_id"}),
    _get("/timesheets", work.ListTimesheets, "Time", "Timesheets of either side"),
    _get("/timesheets/<id>", work.GetTimesheet, "Time", "A week's timesheet"),
    _do("/timesheets/<id>/submit", work.SubmitTimesheet, "Time", "Submit", id="timesheet_id"),
    _do("/timesheets/<id>/approve", work.ApproveTimesheet, "Time", "Approve", id="timesheet_id"),
    _do("/timesheets/<id>/dispute", work.DisputeTimesheet, "Time", "Dispute entries", id="timesheet_id"),
    _get("/invoices", billing.ListInvoices, "Invoices", "Invoices and credit notes of either side"),
    _get("/invoices/<id>", billing.GetInvoice, "Invoices", "An invoice or credit note"),
    _do("/invoices/<id>/payments", billing.RecordPayment, "Invoices", "Record a payment", id="invoice_id"),
    _do("/invoices/<id>/credit", billing.CreditInvoice, "Invoices", "Credit what is left", 201, id="invoice_id"),
    _do("/invoices/<id>/write-off", billing.WriteOffInvoice, "Invoices", "Write off", id="invoice_id"),
    _get("/trial-balance", billing.GetTrialBalance, "Invoices", "All ledger accounts (operators)"),
    _get("/conversations", messaging.ListConversations, "Messages", "Conversations"),
    _get("/conversations/<id>", messaging.ReadConversation, "Messages", "Its messages", id="conversation_id"),
    _do("/conversations/<id>/messages", messaging.PostMessage, "Messages", "Write", 201, id="conversation_id"),
    _do("/conversations/<id>/seen", messaging.MarkConversationSeen, "Messages", "Mark as read", id="conversation_id"),
    _get("/notifications", messaging.ListNotifications, "Messages", "What happened"),
    _get("/notifications/choices", messaging.GetChoices, "Messages", "What the reader is told of, and how"),
    Route("PUT", "/notifications/choices", messaging.SaveChoices, "Messages", "Choose what to be told of, and how"),
    _do("/notifications/read", messaging.MarkNotificationsRead, "Messages", "Mark all as read"),
)
