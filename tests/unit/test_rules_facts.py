"""What a right rule file means: each thing that it says is found in the rulebook."""

import datetime as dt
import hashlib
import re
from pathlib import Path

import pytest

from routing import BadRules, load
from routing.compiling.routes import CONDITIONS
from routing.facts import Person
from routing.limits import Limits, Rate
from routing.rulebook import Rulebook
from routing.rules.chains import Another, AssignedManager, Group, Head, Link, Named, Outside
from routing.rules.company import Company, Holiday, Members, Reason, Span
from routing.rules.menus import Choice, Goto, Line
from routing.rules.queues import Closing, Help, LineTalk, Preference, Queue, WaitFor
from routing.rules.routes import Box, Condition
from routing.rules.texts import Blank, Text
from routing.speech import Recorded, Stock, Words
from tests.unit.rules_text import RULES, STAFF, changed

SAMPLE = Path(__file__).parents[2] / "routing_rules.yaml"
BOOK = load(RULES.encode(), STAFF)


def line_of(part: str) -> int:
    return 1 + RULES[: RULES.index(part)].count("\n")


def with_rules(old: str, new: str) -> Rulebook:
    return load(changed(old, new).encode(), STAFF)


def test_the_sample_has_no_mistake() -> None:
    book = load(SAMPLE.read_bytes())
    assert [route.rule for route in book.routes] == ["T7", "T7", "D6", "D4", "D15", "D15", "D19", "D3"]
    assert book.company.languages == ("en", "ru", "fa")
    assert book.goodbye["fa"] == (Words("خدانگهدار."),)


def test_the_version_is_of_the_bytes() -> None:
    assert BOOK.version == hashlib.sha256(RULES.encode()).hexdigest()[:12]


def test_a_file_of_another_system_is_read_alike() -> None:
    windows = load(b"\xef\xbb\xbf" + RULES.replace("\n", "\r\n").encode(), STAFF)
    assert windows.routes == BOOK.routes


def test_the_company_and_its_words() -> None:
    assert BOOK.company == Company(
        name={"en": "Larder", "ru": "Кладовая"}, country="RU", timezone="Europe/Moscow", languages=("en", "ru")
    )
    assert (BOOK.customers, BOOK.departments) == (("key", "retail"), ("wholesale", "finance"))
    assert (BOOK.roles, BOOK.intents) == (("operator", "manager", "head"), ("order", "other"))


def test_one_name_does_for_all_languages() -> None:
    assert with_rules("{en: Larder, ru: Кладовая}", "Larder").company.name == {"en": "Larder", "ru": "Larder"}


def test_hours_have_spans_for_each_day() -> None:
    office = BOOK.hours["office"]
    assert office.week[0] == office.week[4] == (Span(540, 780), Span(840, 1080))
    assert (office.week[5], office.week[6], office.holidays) == ((Span(600, 900),), (), True)


def test_a_night_shift_goes_on_the_next_day() -> None:
    night = BOOK.hours["night"]
    assert (night.week[4], night.week[5]) == ((Span(1320, 1440),), (Span(0, 360),))
    assert (night.week[0], night.holidays) == ((), False)


@pytest.mark.parametrize(
    ("days", "open_days"),
    [
        ("sat-mon", {0, 5, 6}),
        ("mon,wed-thu, sun", {0, 2, 3, 6}),
        ("sun", {6}),
    ],
)
def test_days_are_named_in_many_ways(days: str, open_days: set[int]) -> None:
    week = with_rules('{fri: "22:00-06:00", mon: closed, holidays: open}', f'{{"{days}": "9:00 - 24:00"}}').hours[
        "night"
    ]
    assert {day for day, spans in enumerate(week.week) if spans == (Span(540, 1440),)} == open_days


def test_a_shift_until_midnight_leaves_nothing_for_the_next_day() -> None:
    assert with_rules('"22:00-06:00"', '"22:00-00:00"').hours["night"].week[5] == ()


def test_holidays_are_days_and_ranges() -> None:
    new_year = dt.date(2027, 1, 1)
    assert BOOK.holidays == (
        Holiday(dt.date(2026, 12, 31), dt.date(2026, 12, 31)),
        Holiday(new_year, new_year.replace(day=8)),
    )


def test_groups_by_role_by_list_and_of_one() -> None:
    operators = Members(name="operators", role="operator", department="wholesale", line=line_of("  operators: {role"))
    assert BOOK.groups["operators"] == operators
    assert (BOOK.groups["pair"].people, BOOK.groups["boss"].people) == (("anna", "boris"), ("victor",))


def test_reasons_have_a_key_or_none_and_those_who_are_told() -> None:
    assert BOOK.reasons == {
        "wish": Reason(key="1", tell=("department", "finance"), task="head of wholesale", line=line_of("  wish:")),
        "price": Reason(key="2", line=line_of("  price:")),
        "other": Reason(tell=("wholesale",), line=line_of("  other: {tell")),
    }


def test_lines_and_what_is_known_by_them() -> None:
    complaints = Line(
        number="+74950000002",
        language="ru",
        department="finance",
        intent="other",
        goto=Goto(route="complaints"),
        line=line_of('"+74950000002":'),
    )
    assert BOOK.lines["+74950000002"] == complaints
    assert BOOK.lines["+74950000001"].announce == (BOOK.texts["welcome"], BOOK.texts["recorded"])
    assert BOOK.lines["any"].goto == Goto()


def test_menus_with_keys_in_quotes_or_not() -> None:
    menu = BOOK.menus["main"]
    assert (menu.seconds, menu.tries, menu.line) == (7.0, 2, line_of("  main:"))
    assert menu.keys == {
        "1": Choice(intent="order", line=line_of("      1: {")),
        "2": Choice(goto=Goto(menu="main"), line=line_of('      "2"')),
        "*": Choice(goto=Goto(last_resort=True), line=line_of('      "*"')),
    }
    assert menu.otherwise == Choice(goto=Goto(message="office"), line=line_of("    otherwise: {message"))
    assert menu.wrong_key == BOOK.texts["recorded"]


def test_a_menu_that_says_little_has_usual_values() -> None:
    menu = BOOK.menus["short"]
    assert (menu.seconds, menu.tries, menu.wrong_key) == (5.0, 3, None)
    assert menu.otherwise.goto == Goto(last_resort=True)
    assert menu.keys["1"].goto == Goto(goodbye="recorded")


def test_texts_one_after_another_are_one_text() -> None:
    assert BOOK.menus["short"].say == {
        "en": (Words("Welcome to "), Blank("company"), Words(". Press 1.")),
        "ru": (Words("Здравствуйте!"), Recorded("recorded/welcome.wav"), Words("Нажмите 1.")),
    }


@pytest.mark.parametrize(
    ("parts", "pieces"),
    [
        ('["To {company}", now]', (Words("To "), Blank("company"), Words(" now"))),
        (
            '["for {company}", "{company} only"]',
            (Words("for "), Blank("company"), Words(" "), Blank("company"), Words(" only")),
        ),
        ('[of, "{company}"]', (Words("of "), Blank("company"))),
        ("[{stock: a}, {stock: b/c}]", (Stock("a"), Stock("b/c"))),
        ('"on\n    two lines"', (Words("on two lines"),)),
    ],
)
def test_parts_of_a_text_keep_their_distance(parts: str, pieces: tuple[object, ...]) -> None:
    book = with_rules("{en: Wrong., ru: Неверно.}", f"{{en: {parts}, ru: Неверно.}}")
    assert book.debt is not None
    assert book.debt.wrong_code is not None
    assert book.debt.wrong_code["en"] == pieces


def test_conditions() -> None:
    d6, key, d19, always = (route.when for route in BOOK.routes)
    assert d6 == Condition(debt=("overdue", "over_limit"), manager="assigned", customer=("known",))
    assert key == Condition(
        customer=("key", "new"),
        caller=("important", "withheld", "+7495*", "+74951111111"),
        dialled=("+74950000001",),
    )
    assert d19 == Condition(
        intent=("other", "none"), department=("none", "finance"), language=("ru",), open=("office",), closed=("night",)
    )
    assert always == Condition()
    assert (BOOK.callers, BOOK.outside) == ({"important": ("+74951234567", "+7812*")}, ("+79161234567", "+79161234568"))


def test_chains() -> None:
    first, second, *_ = BOOK.routes
    ring = line_of("    ring: [")
    assert first.chain == (
        Link(who=AssignedManager(), seconds=20.0, text="assigned_manager", line=ring),
        Link(who=Another("manager"), seconds=60.0, text="another manager", line=ring),
        Link(who=Group("operators"), seconds=20.0, text="operators", line=ring),
        Link(who=Named("anna"), seconds=10.0, text="anna", line=ring),
    )
    assert [link.who for link in second.chain] == [Head("wholesale"), Head(None), Outside("+79161234567")]
    assert [link.line for link in second.chain] == [line_of("head of wholesale 30s") + n for n in range(3)]


def test_what_routes_do() -> None:
    first, second, third, fourth = BOOK.routes
    assert (first.rule, first.tell, first.tell_debt, first.hear) == ("D6", (BOOK.texts["recorded"],), True, "music")
    assert (first.otherwise, first.line) == (Goto(last_resort=True), line_of("rule: D6"))
    assert (second.rule, second.hear, second.otherwise) == ("4", "ringing", Goto(next_route=True))
    preferences = (
        Preference(who=(Named("anna"),), speaks=True, seconds=20.0, text="anna and language"),
        Preference(who=(AssignedManager(),), seconds=60.0, text="assigned_manager"),
    )
    assert third.wait == WaitFor(group="operators", seconds=600.0, offer_seconds=20.0, first=preferences, ahead=300.0)
    assert (third.name, third.otherwise) == ("complaints", Goto(menu="short"))
    assert (fourth.otherwise, fourth.wait) == (Goto(message="office"), None)


def test_offers_have_a_usual_time() -> None:
    wait = with_rules("    offer: 20s\n", "").routes[2].wait
    assert wait is not None
    assert wait.offer_seconds == 15.0


def test_what_is_said_of_a_caller_who_is_handed_over() -> None:
    rules = BOOK.introduce
    assert rules is not None
    assert rules.handed_over["en"] == (Blank("caller"), Words(", "), Blank("customer"), Words("."))
    assert rules.back is not None
    assert rules.back["en"][-4:] == (Blank("wanted"), Words(": "), Blank("why"), Words("."))
    assert rules.words == {
        "key": {"en": "key customer", "ru": "ключевой клиент"},
        "no answer": {"en": "nothing", "ru": "nothing"},
    }


def test_how_lines_are_served() -> None:
    also = (
        Help(who=Group("pair"), after=60.0, text="pair"),
        Help(who=Head(None), above=2.5, text="head of {department}"),
    )
    number = {"en": (Words("Number "), Blank("place"), Words(".")), "ru": (Words("Номер "), Blank("place"), Words("."))}
    place: Text = {language: (*pieces, Stock("privacy-call-recorded")) for language, pieces in number.items()}
    announce = LineTalk(every=45.0, place=place, wait=BOOK.texts["minutes"])
    assert BOOK.queues == {
        "operators": Queue(
            order="fewest_calls",
            also=also,
            announce=announce,
            closing=Closing(hours="office", tell=BOOK.texts["recorded"]),
            line=line_of("  operators:\n    next: fewest_calls"),
        )
    }
    assert with_rules("    next: fewest_calls\n", "").queues["operators"].order == "longest_idle"
    preference = with_rules("[anna and language 20s, assigned_manager 1m]", "language 5s").routes[2].wait
    assert preference is not None
    assert preference.first == (Preference(speaks=True, seconds=5.0, text="language"),)


def test_a_route_may_end_in_a_word() -> None:
    assert with_rules("otherwise: next_route", "otherwise: last_resort").routes[1].otherwise == Goto(last_resort=True)


def test_boxes_and_the_last_resort() -> None:
    office = Box(
        name="office",
        announce=BOOK.texts["welcome"],
        seconds=60.0,
        thanks=BOOK.texts["recorded"],
        owner="head of wholesale",
        line=line_of("  office: {announce"),
    )
    assert BOOK.boxes["office"] == office
    assert (BOOK.boxes["second"].seconds, BOOK.boxes["second"].owner) == (120.0, "operators")
    assert BOOK.last_resort.goto == Goto(goodbye="recorded")


def test_what_is_said_of_a_debt() -> None:
    debt = BOOK.debt
    assert debt is not None
    assert (debt.tries, debt.seconds, set(debt.amounts)) == (3, 4.0, {"overdue", "over_limit"})
    assert debt.amounts["overdue"]["en"] == (Blank("overdue"), Words(" is overdue"))


def test_a_debt_may_be_mentioned_and_no_more() -> None:
    start, end = RULES.index("  ask_code:"), RULES.index("texts:")
    debt = with_rules(RULES[start:end], "").debt
    assert debt is not None
    assert (debt.ask_code, debt.amounts, debt.tries, debt.seconds) == (None, {}, 2, 5.0)


def test_outside_numbers_have_limits_if_these_are_given() -> None:
    assert BOOK.outside_limits == Limits()
    limited = 'outside: {numbers: ["+79161234567", "+79161234568"], calls: 30 per hour, minutes: 300 per day}'
    book = load(changed('outside: ["+79161234567", "+79161234568"]', limited).encode())
    assert book.outside == BOOK.outside
    assert book.outside_limits == Limits(calls=Rate(30, 3600), minutes=Rate(300, 86400))


def test_little_is_compulsory() -> None:
    book = load(
        b"""
company: {name: Larder, country: RU, timezone: UTC, languages: en}
texts: {goodbye: {en: Goodbye.}}
lines: {any: {}}
routes: {rule: T4, goodbye: goodbye}
last_resort: {goodbye: goodbye}
"""
    )
    assert (book.menus, book.boxes, book.groups, book.hours, book.debt) == ({}, {}, {}, {}, None)
    assert (book.roles, book.holidays, book.callers, book.outside) == ((), (), {}, ())
    assert book.routes[0].otherwise == Goto(goodbye="goodbye")


def test_people_are_taken_on_trust_while_no_directory_is_known() -> None:
    book = load(changed("anna 10s", "zoe 10s").replace("[anna, boris]", "[anna, zoe]").encode())
    assert (book.routes[0].chain[3].who, book.groups["pair"].people) == (Named("zoe"), ("anna", "zoe"))


def test_a_name_that_nobody_can_have_is_wrong_even_then() -> None:
    with pytest.raises(BadRules) as bad:
        load(changed("anna 10s", "Анна 10s").replace("[anna, boris]", "[anna, Борис]").encode())
    assert [mistake.message for mistake in bad.value.mistakes] == [
        "nobody in the directory is called `Борис`",
        "no person and no group is called `Анна`",
    ]


def test_the_directory_may_use_only_words_of_the_rules() -> None:
    stranger = Person(id="zoe", name="Zoe", role="driver", departments=("fleet",), hours="nights")
    with pytest.raises(BadRules) as bad:
        load(RULES.encode(), (*STAFF, stranger))
    assert [(mistake.line, mistake.message) for mistake in bad.value.mistakes] == [
        (line_of("departments:"), "`zoe` in the directory has `fleet`, which `departments` does not list"),
        (line_of("roles:"), "`zoe` in the directory has `driver`, which `roles` does not list"),
        (line_of("hours:"), "`zoe` in the directory has `nights`, which `hours` does not list"),
    ]


def test_a_word_of_the_directory_is_missed_even_when_its_section_is() -> None:
    minimal = (
        b"company: {name: A, country: RU, timezone: UTC, languages: en}\ntexts: {goodbye: {en: Bye.}}\n"
        b"lines: {any: {}}\nroutes: {rule: T4, goodbye: goodbye}\nlast_resort: {goodbye: goodbye}\n"
    )
    with pytest.raises(BadRules) as bad:
        load(minimal, (Person(id="zoe", name="Zoe", role="driver"),))
    assert [(mistake.line, mistake.help) for mistake in bad.value.mistakes] == [(1, "there is none yet")]


def test_recordings_are_looked_for() -> None:
    with pytest.raises(BadRules) as bad:
        load(RULES.encode(), STAFF, has_file=lambda path: path != "goodbye.wav")
    assert [(mistake.line, mistake.message) for mistake in bad.value.mistakes] == [
        (line_of("goodbye.wav"), "there is no file `goodbye.wav` beside the rule file")
    ]


def test_the_examples_for_admins_are_one_right_rule_file() -> None:
    page = (SAMPLE.parent / "docs/rules.md").read_text(encoding="utf-8")
    book = load("\n".join(re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)).encode())
    assert (len(book.routes), set(book.boxes), book.debt is None) == (6, {"office", "night"}, False)


def test_every_condition_of_the_rulebook_can_be_written() -> None:
    assert {field.name for field in CONDITIONS} == set(Condition.__struct_fields__)
