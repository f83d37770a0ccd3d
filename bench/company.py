"""The company of the bench: customers, each with a manager, whose telephone is rung at once when the customer calls."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

RULES = """
company: {name: {en: Bench}, country: RU, timezone: Europe/Moscow, languages: [en]}
customers: [market]
departments: [sales]
roles: [manager]
intents: [order]
hours:
  always: {mon-sun: "00:00-24:00", holidays: open}
groups:
  managers: {role: manager}
lines:
  any: {intent: order}
routes:
  - {rule: D4, when: {manager: assigned}, ring: [assigned_manager 20s], otherwise: {message: office}}
  - {rule: D3, message: office}
last_resort: {announce: nobody_free, message: office}
boxes:
  office: {announce: leave_message, at most: 20s, thanks: message_kept, owner: managers}
texts:
  nobody_free: {en: Nobody is free.}
  leave_message: {en: Please leave a message.}
  message_kept: {en: Thanks.}
  goodbye: {en: Goodbye.}
"""


@dataclass(frozen=True)
class Company:
    """How many of whom."""

    customers: int = 1000
    managers: int = 10

    @property
    def people(self) -> tuple[str, ...]:
        """The managers, by the names of their telephones."""
        return tuple(f"manager{number:02}" for number in range(self.managers))

    def caller(self, number: int) -> str:
        """The telephone number of a customer, counted from 0."""
        return f"+7916{number:07}"

    def callers(self, count: int) -> tuple[str, ...]:
        """Who calls, one after the other; again from the first after the last with whom each manager has as many.

        Else the next one's manager would be one who talks already.
        """
        all_around = self.customers - self.customers % self.managers or self.customers
        return tuple(self.caller(number % all_around) for number in range(count))

    def manager(self, customer: int) -> int:
        """The number of a customer's manager: whoever call one after the other have different ones."""
        return customer % self.managers

    def write(self, folder: Path) -> tuple[Path, Path]:
        """People and customers as CSV files for an import."""
        people, customers = folder / "people.csv", folder / "customers.csv"
        _write(people, ("id", "name", "role"), ((one, f"Manager {one}", "manager") for one in self.people))
        _write(
            customers,
            ("id", "name", "type", "numbers", "manager"),
            (
                (f"c{number}", f"Customer {number}", "market", self.caller(number), self.people[self.manager(number)])
                for number in range(self.customers)
            ),
        )
        return people, customers


def _write(file: Path, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as output:
        writer = csv.writer(output)
        writer.writerow(columns)
        writer.writerows(rows)
