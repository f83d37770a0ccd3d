"""Calls of all kinds by the thousand, by the bench's telephones: one process for a kind, which costs next to nothing.

Whoever is to answer does so at once. Whoever is to let the phone ring has one of the demo's telephones.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from ari_app.demonstration import RunningSwitchboard
from bench.load import Telephones, telephones
from bench.telephones.orders import Desk, Place, Report
from db.database import connect
from db.records import CallEnd
from demo.desk import Staff
from demo.endpoints import read
from demo.scenario import RingsOut
from premises.installation import Installation
from tests.asterisk.faults.callcentre import Company
from tests.asterisk.faults.quiet import Quiet

Who = Literal["operator", "bystander", "clerk"]
PEOPLE: Mapping[Who, int] = {"operator": 30, "bystander": 16, "clerk": 2}
"""Operators answer at once; bystanders are rung while callers leave; for clerks callers stand in line."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Calls that are alike."""

    name: str
    line: str
    """What they dial."""
    share: float
    """Of all calls."""
    stays: float
    """Seconds from the answer to the caller's hang-up; the welcome takes 0.9 of them."""
    end: CallEnd
    """What the register must say."""

    def caller(self, number: int) -> str:
        """Who calls: strangers all of them, of whom nothing may stay behind."""
        return f"+7916{self.line[-1]}{number:06}"


KINDS = (
    Kind("talks", "+74950000001", 0.4, 2.0, "talk"),
    Kind("leaves in the menu", "+74950000002", 0.2, 0.8, "caller left"),
    Kind("leaves while ringing", "+74950000003", 0.2, 1.5, "caller left"),
    Kind("leaves the line", "+74950000004", 0.2, 2.5, "caller left"),
)
TALKS, MENU, RINGING, IN_LINE = (kind.line for kind in KINDS)
COMPANY = Company(
    f"""
company: {{name: {{en: Many}}, country: RU, timezone: Europe/Moscow, languages: [en]}}
customers: [market]
departments: [sales]
roles: [{", ".join(PEOPLE)}]
intents: [order]
hours:
  always: {{mon-sun: "00:00-24:00", holidays: open}}
groups:
  operators: {{role: operator}}
  clerks: {{role: clerk}}
lines:
  "{TALKS}": {{announce: welcome, route: talks}}
  "{MENU}": {{menu: main}}
  "{RINGING}": {{announce: welcome, route: ringing}}
  "{IN_LINE}": {{announce: welcome, route: in_line}}
menus:
  main:
    say: {{en: "If you want to order something, press 1."}}
    keys: {{1: {{intent: order}}}}
routes:
  - {{rule: D4, name: ringing, when: {{dialled: "{RINGING}"}}, ring: [another bystander 20s]}}
  - {{rule: D3, name: in_line, when: {{dialled: "{IN_LINE}"}}, wait for: clerks, at most: 2m, offer: 15s}}
  - {{rule: D3, name: talks, wait for: operators, at most: 2m, offer: 15s}}
last_resort: {{announce: nobody_free, message: office}}
boxes:
  office: {{announce: leave_message, at most: 20s, thanks: message_kept, owner: operators}}
texts:
  welcome: {{en: Hello.}}
  nobody_free: {{en: Nobody is free.}}
  leave_message: {{en: Please leave a message.}}
  message_kept: {{en: Thanks.}}
  goodbye: {{en: Goodbye.}}
""",
    "id,name,role,departments,extension\n"
    + "".join(
        f"{role}{number},{role.title()} {number},{role},sales,{100 * place + number}\n"
        for place, (role, count) in enumerate(PEOPLE.items(), 2)
        for number in range(1, count + 1)
    ),
)


class Callers:
    """Everybody outside, by kind; made by `at_the_phones`."""

    def __init__(self, installation: Installation, outside: Mapping[Kind, Telephones]) -> None:
        self._server = int(installation.endpoints().sip["udp"])
        self._outside = outside
        self._placed = dict.fromkeys(outside, 0)

    async def place(self, calls: int, rate: float) -> list[str]:
        """Place so many calls, so many a second; gives what went wrong with any of them once all are over."""
        for kind, lines in self._outside.items():
            lines.begin(self._order(kind, round(calls * kind.share), rate * kind.share))
        reports = await asyncio.gather(*(asyncio.to_thread(lines.report) for lines in self._outside.values()))
        return [wrong for kind, report in zip(self._outside, reports, strict=True) for wrong in _wrong(kind, report)]

    def _order(self, kind: Kind, calls: int, rate: float) -> Place:
        first = self._placed[kind]
        self._placed[kind] += calls
        callers = tuple(kind.caller(number) for number in range(first, first + calls))
        return Place(server=self._server, rate=rate, callers=callers, dialled=kind.line, talk=kind.stays)


def _wrong(kind: Kind, report: Report) -> Iterator[str]:
    for call in report.calls:
        if call.trouble:
            yield f"{call.caller} {kind.name}: {call.trouble}"
        elif kind.end == "talk" and not (call.rung and call.released):
            yield f"{call.caller} {kind.name}: with nobody, or nobody was told of the end"


@asynccontextmanager
async def at_the_phones(installation: Installation) -> AsyncIterator[Callers]:
    """Have callers and staff at their telephones until the block ends."""
    endpoints = read(installation.endpoints_file)
    answering = {one: secret for one, secret in endpoints.secrets.items() if one.startswith("operator")}
    ringing = {one: secret for one, secret in endpoints.secrets.items() if one not in answering}
    async with Staff(replace(endpoints, secrets=ringing), audio=Quiet) as staff:
        await staff.adopt(dict.fromkeys(ringing, RingsOut()))
        with _outside() as outside:
            talking = outside[KINDS[0]]
            await asyncio.to_thread(talking.register, endpoints.server[1], [Desk(*one) for one in answering.items()])
            await _seen(installation, endpoints.secrets)
            yield Callers(installation, outside)


@contextmanager
def _outside() -> Iterator[dict[Kind, Telephones]]:
    with ExitStack() as stack:
        yield {kind: stack.enter_context(telephones()) for kind in KINDS}


async def _seen(installation: Installation, people: Mapping[str, str]) -> None:
    with closing(connect(installation.settings.database or "")) as database:
        switchboard = RunningSwitchboard(installation.endpoints().api["people"], database)
        await switchboard.until_seen(dict.fromkeys(people))
