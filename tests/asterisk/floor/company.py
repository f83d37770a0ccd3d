"""A company with several queues, each served in its own way, and people who belong to one or two of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from demo.tones import GRID
from dialplan.plan import LOOPBACK
from premises import ports
from tests.asterisk.faults.callcentre import Company

WRAP_UP = 1.0
"""Seconds that belong to a person after a talk."""
LINES = "+74950000001", "+74950000002"
"""English is spoken on the first one, Russian on the second."""
LUNCH = "*471"
NOBODY = "699"
"""A number of nobody's, to which somebody may try to hand a caller over."""
CALL_BACK, REFUSES, REMARK = "1", "2", "9"
"""Keys: asks to be called back, and agrees to the number; does not agree; in the menu: leaves a message at once."""
TRIES, PAUSE = 2, 10.0
"""How often a caller is called back who is not reached, and the seconds between."""
BOX_OWNER = "orders"


@dataclass(frozen=True, slots=True)
class Queue:
    """A group of people and how those who wait for them are served."""

    name: str
    served: str
    """What the rule file says of the queue."""
    waited: str
    """What its route says of the wait."""
    longest_idle: bool = False
    """Whether of several free people it is always that one's turn, whoever calls."""
    owner: str | None = None
    """Who sees to it that somebody is called back who was not reached; None: nobody who waits here is called back."""


QUEUES = (
    Queue("orders", "next: longest_idle, announce: {every: 12s, place: your_place}", "", True, owner="orders"),
    Queue(
        "prices",
        "next: round_robin, also: [orders after 12s], announce: {every: 12s, place: your_place}",
        "",
        owner="op1",
    ),
    Queue("delivery", "next: fewest_calls, also: [prices above 3 per person]", "first: language 4s"),
    Queue("complaints", "announce: {every: 15s, wait: your_wait}", "ahead: 8s", True, owner="orders"),
    Queue("returns", "also: [complaints above 2 per person]", "", True),
)


@dataclass(frozen=True, slots=True)
class Floor:
    """How many there are of everything."""

    operators: int
    queues: int
    callers: int
    """At once: who is done calls again."""
    seconds: float
    """For which callers call."""

    @property
    def served(self) -> tuple[Queue, ...]:
        """The queues of this floor."""
        return QUEUES[: self.queues]

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody, by the short names."""
        return tuple(f"op{number}" for number in range(1, self.operators + 1))

    def members(self, queue: Queue) -> tuple[str, ...]:
        """Who belongs to a queue: everybody to one, every fourth person to the next one as well."""
        place = self.served.index(queue)
        return tuple(
            person
            for number, person in enumerate(self.people)
            if number % self.queues == place or (number % 4 == 0 and (number + 1) % self.queues == place)
        )

    @property
    def company(self) -> Company:
        """Its rules, people and customers."""
        contact = f"sip:{LOOPBACK}:{ports.pick().sip}"
        return Company(_rules(self), "".join(_people(self)), settings=f'trunk: {{contact: "{contact}"}}\n')


def extension(person: str) -> str:
    """What colleagues dial."""
    return str(200 + int(person.removeprefix("op")))


def tone(person: str) -> int:
    """What the person hums, in Hz: nobody else hums it."""
    return GRID[int(person.removeprefix("op")) - 1]


def group(queue: Queue) -> str:
    """The short number by which callers are handed over to a queue's people."""
    return str(601 + QUEUES.index(queue))


def _people(floor: Floor) -> Iterator[str]:
    yield "id,name,role,departments,extension,languages\n"
    for number, person in enumerate(floor.people, 1):
        languages = "en;ru" if number % 2 else "en"
        yield f"{person},Operator {number},operator,sales,{extension(person)},{languages}\n"


def _rules(floor: Floor) -> str:
    queues = floor.served
    names = ", ".join(queue.name for queue in queues)
    keys = ", ".join(f"{key}: {{intent: {queue.name}}}" for key, queue in enumerate(queues, 1))
    return f"""
company: {{name: Floor, country: RU, timezone: Europe/Moscow, languages: [en, ru]}}
customers: [market]
departments: [sales]
roles: [operator]
intents: [{names}, remark]
hours:
  always: {{mon-sun: "00:00-24:00", holidays: open}}
duty: {{wrap_up: {WRAP_UP:g}s, away: [lunch]}}
reasons:
  order: {{key: 1}}
groups:
{_lines(f"{queue.name}: [{', '.join(floor.members(queue))}]" for queue in queues)}
queues:
{_lines(f"{queue.name}: {{{queue.served}{_called_back(queue)}}}" for queue in queues)}
outside: {{call_back: "+7916*", calls: 5000 per hour}}
transfers:
{_lines(f"{group(queue)}: {{rule: D22, ring: [{queue.name} 4s]}}" for queue in queues)}
lines:
  "{LINES[0]}": {{announce: welcome, menu: main}}
  "{LINES[1]}": {{announce: welcome, language: ru, menu: main}}
  any: {{menu: main}}
menus:
  main:
    say: {{en: Press a key., ru: Нажмите клавишу.}}
    keys: {{{keys}, {REMARK}: {{intent: remark}}}}
    wait: 5s
    tries: 2
    otherwise: {{intent: {queues[0].name}}}
routes:
{_lines(_route(queue) for queue in queues)}
  - {{rule: D20, when: {{intent: remark}}, message: office}}
last_resort: {{announce: nobody_free, message: office}}
boxes:
  office: {{announce: leave_message, at most: 10s, owner: {BOX_OWNER}}}
texts:
  welcome: {{en: Hello., ru: Привет.}}
  your_place: {{en: "You are number {{place}}.", ru: "Вы номер {{place}}."}}
  your_wait: {{en: "{{minutes}} minutes.", ru: "{{minutes}} минут."}}
  nobody_free: {{en: Nobody is free., ru: Все заняты.}}
  leave_message: {{en: Leave a message., ru: Оставьте сообщение.}}
  press_1: {{en: Press 1., ru: Нажмите 1.}}
  your_number: {{en: "{{number}}.", ru: "{{number}}."}}
  we_call: {{en: We call., ru: Мы позвоним.}}
  call_for: {{en: Call back., ru: Перезвонить.}}
  goodbye: {{en: Goodbye., ru: До свидания.}}
"""


def _called_back(queue: Queue) -> str:
    if queue.owner is None:
        return ""
    texts = "offer: press_1, confirm: your_number, thanks: we_call, tell: call_for"
    return f", call_back: {{key: {CALL_BACK}, {texts}, owner: {queue.owner}, tries: {TRIES}, pause: {PAUSE:g}s}}"


def _route(queue: Queue) -> str:
    waited = f", {queue.waited}" if queue.waited else ""
    return f"- {{rule: D3, when: {{intent: {queue.name}}}, wait for: {queue.name}, at most: 40s, offer: 5s{waited}}}"


def _lines(entries: Iterator[str]) -> str:
    return "\n".join(f"  {entry}" for entry in entries)
