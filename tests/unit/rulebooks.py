"""A small company's rules and people, written by hand, for tests of the flow: the sample rule file in short."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from routing.conditions import DebtKind
from routing.facts import Caller, Customer, Facts, Leave, Person
from routing.rulebook import Rulebook
from routing.rules.chains import Another, AssignedManager, Group, Head, Link, Named, Outside, Who
from routing.rules.company import Company, Hours, Members, Span
from routing.rules.menus import Choice, Goto, Line, Menu
from routing.rules.queues import WaitFor
from routing.rules.routes import Box, Condition, DebtTalk, LastResort, Route
from routing.rules.texts import Blank, Text
from routing.speech import Piece, Stock, Words

MOSCOW = ZoneInfo("Europe/Moscow")
TODAY = dt.date(2026, 11, 23)
"""A Monday."""
NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=MOSCOW)
"""A Tuesday, everybody is at work."""
NIGHT = dt.datetime(2026, 11, 24, 22, 0, tzinfo=MOSCOW)

MAIN, COMPLAINTS, RUSSIAN = "+74950000001", "+74950000002", "+74950000003"


def text(en: str, *, company: bool = False) -> Text:
    """A text in the company's languages, which says in each one what the English one says."""
    pieces: tuple[Piece | Blank, ...] = (Words(en), Blank("company"), Words(".")) if company else (Words(en),)
    return dict.fromkeys(("en", "ru", "fa"), pieces)


def week(monday_to_friday: tuple[Span, ...], saturday: tuple[Span, ...] = (), sunday: tuple[Span, ...] = ()) -> Any:
    return (*(monday_to_friday,) * 5, saturday, sunday)


def link(who: Who, seconds: float = 20, line: int = 90) -> Link:
    return Link(who=who, seconds=seconds, text=_wording(who), line=line)


def _wording(who: Who) -> str:
    match who:
        case AssignedManager():
            return "assigned_manager"
        case Another(role):
            return f"another {role}"
        case Head(department):
            return f"head of {department or '{department}'}"
        case Group(name):
            return name
        case Named(person):
            return person
        case Outside(number):
            return number


def route(rule: str, line: int, /, *chain: Link, when: dict[str, Any] | None = None, **rest: Any) -> Route:
    rest.setdefault("otherwise", Goto(last_resort=True))
    return Route(rule=rule, line=line, when=Condition(**(when or {})), chain=chain, **rest)


MANAGER, FINANCE = link(AssignedManager()), link(Group("finance"))
CONCERNED = link(Head(None), 30)
NIGHT_BOX, OFFICE_BOX = Goto(message="night"), Goto(message="office")
OPERATORS = WaitFor(group="operators", seconds=600, offer_seconds=15)

ROUTES = (
    route(
        "T7",
        71,
        when={"closed": ("office",), "customer": ("key", "new")},
        wait=WaitFor(group="operators", seconds=120, offer_seconds=15),
        otherwise=NIGHT_BOX,
    ),
    route(
        "T7",
        76,
        when={"closed": ("office",), "intent": ("other", "complaint")},
        tell=(text("closed now"),),
        otherwise=NIGHT_BOX,
    ),
    route(
        "D6",
        80,
        MANAGER,
        FINANCE,
        when={"intent": ("order",), "debt": ("overdue", "over_limit")},
        tell_debt=True,
        otherwise=OFFICE_BOX,
    ),
    route(
        "D4",
        85,
        MANAGER,
        link(Another("key_account_manager")),
        link(Head("wholesale"), 30),
        when={"customer": ("key",)},
        hear="music",
    ),
    route("D15", 89, when={"customer": ("new",), "department": ("none",)}, otherwise=Goto(menu="department")),
    route("D15", 92, CONCERNED, when={"customer": ("new",)}),
    route("D19", 95, MANAGER, CONCERNED, name="complaints", when={"intent": ("other", "complaint")}),
    route("D3", 99, when={"intent": ("order", "information", "operator")}, wait=OPERATORS),
)

MENU = Menu(
    name="main",
    say=text("which?"),
    keys={
        "1": Choice(intent="order", line=51),
        "2": Choice(intent="information", line=52),
        "3": Choice(intent="other", line=53),
        "0": Choice(intent="operator", line=54),
        "8": Choice(language="ru", goto=Goto(menu="main"), line=55),
    },
    seconds=5,
    tries=3,
    wrong_key=text("not a choice"),
    otherwise=Choice(intent="operator", line=59),
    line=45,
)
DEPARTMENT_MENU = Menu(
    name="department",
    say=text("business or yourself?"),
    keys={"1": Choice(department="wholesale", line=65), "2": Choice(department="retail", line=66)},
    seconds=5,
    tries=2,
    otherwise=Choice(department="wholesale", line=69),
    line=61,
)

AMOUNTS: dict[DebtKind, Text] = {
    "overdue": {language: (Blank("overdue"), Words(" overdue")) for language in ("en", "ru", "fa")},
    "over_limit": {
        language: (Words("owed "), Blank("balance"), Words(" of "), Blank("limit")) for language in ("en", "ru", "fa")
    },
}
GOODBYE: Text = {"en": (Stock("vm-goodbye"),), "ru": (Stock("vm-goodbye"),), "fa": (Words("bye"),)}


def sample(**changes: Any) -> Rulebook:
    """The sample company's rules, with some of them changed."""
    rulebook = Rulebook(
        version="0123456789ab",
        company=Company(
            name={"en": "Northern Larder", "ru": "Северная кладовая", "fa": "انبار شمالی"},
            country="RU",
            timezone="Europe/Moscow",
            languages=("en", "ru", "fa"),
        ),
        roles=("operator", "key_account_manager", "manager", "head", "accountant"),
        departments=("wholesale", "retail", "finance"),
        customers=("market", "key", "own_outlet", "retail", "regional"),
        intents=("order", "information", "other", "operator", "complaint"),
        hours={
            "office": Hours(name="office", week=week((Span(9 * 60, 18 * 60),), (Span(10 * 60, 15 * 60),))),
            "shifts": Hours(name="shifts", week=((Span(0, 24 * 60),),) * 7, holidays=False),
        },
        holidays=(),
        callers={},
        outside=("+74951112233",),
        groups={
            "operators": Members(name="operators", role="operator", line=30),
            "finance": Members(name="finance", department="finance", line=31),
        },
        lines={
            MAIN: Line(number=MAIN, announce=(text("Welcome to ", company=True),), goto=Goto(menu="main"), line=36),
            COMPLAINTS: Line(
                number=COMPLAINTS,
                announce=(text("complaints"),),
                intent="complaint",
                department="retail",
                goto=Goto(route="complaints"),
                line=37,
            ),
            RUSSIAN: Line(number=RUSSIAN, language="ru", goto=Goto(menu="main"), line=38),
        },
        menus={"main": MENU, "department": DEPARTMENT_MENU},
        routes=ROUTES,
        boxes={
            "office": Box(
                name="office",
                announce=text("speak"),
                seconds=120,
                thanks=text("thanks"),
                owner="operators",
                line=111,
            ),
            "night": Box(name="night", announce=text("speak at night"), seconds=120, line=112),
        },
        debt=DebtTalk(
            notice=text("a matter to settle"),
            ask_code=text("your code?"),
            amounts=AMOUNTS,
            wrong_code=text("no match"),
        ),
        goodbye=GOODBYE,
        last_resort=LastResort(announce=(text("nobody free"),), goto=OFFICE_BOX, line=106),
        texts={"goodbye": GOODBYE, "moved": text("we moved")},
    )
    return msgspec.structs.replace(rulebook, **changes)


def with_routes(*routes: Route, **changes: Any) -> Rulebook:
    """The sample company with other routes, on one line that leads straight to them, and a menu to choose an intent."""
    lines = {MAIN: Line(number=MAIN, line=36), RUSSIAN: Line(number=RUSSIAN, goto=Goto(menu="main"), line=38)}
    return sample(**{"lines": lines, "routes": routes, **changes})


def person(
    name: str,
    role: str,
    *departments: str,
    hours: str | None = "office",
    leave: tuple[Leave, ...] = (),
    speaks: tuple[str, ...] = (),
) -> Person:
    return Person(
        id=name, name=name.title(), role=role, departments=departments, hours=hours, leave=leave, languages=speaks
    )


STAFF = (
    person("anna", "key_account_manager", "wholesale"),
    person("boris", "key_account_manager", "wholesale"),
    person("farid", "accountant", "finance"),
    person("galina", "head", "wholesale"),
    person("igor", "manager", "retail"),
    person("irina", "head", "retail"),
    person("olga", "operator", hours="shifts", speaks=("en", "ru")),
    person("oleg", "operator", hours="shifts", speaks=("ru",)),
)


def key_customer(**changes: Any) -> Customer:
    return Customer(
        **{"id": "k1", "name": "Key", "type": "key", "manager": "anna", "department": "wholesale", **changes}
    )


def facts(customer: Customer | None = None, number: str | None = "+79990000001", **changes: Any) -> Facts:
    """A call to the main line on a Tuesday at noon."""
    caller = Caller(number=number, customer=customer)
    return Facts(**{"call": "1.1", "at": NOON, "dialled": MAIN, "caller": caller, "staff": STAFF, **changes})
