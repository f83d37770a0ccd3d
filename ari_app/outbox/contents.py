"""What a letter says, as JSON for programs and as mail for people."""

import email.policy
from email.message import EmailMessage
from email.utils import format_datetime

import msgspec

from db.outbox import Letter
from premises.wall_clock import WallClock
from routing.remarks import Remark

_TYPE = "call.remark"


def remark_of(letter: Letter) -> Remark:
    """What the department is told: how to find call and customer again, and no more of them (D26)."""
    noted, call = letter.remark, letter.call
    customer = call.customer if call else None
    return Remark(
        reason=noted.reason,
        text=noted.text,
        by=noted.by,
        at=noted.at,
        department=letter.department,
        call=noted.call,
        arrived=call.arrived if call else None,
        dialled=call.dialled if call else None,
        customer=customer,
        number=call.number if call and customer is None else None,
    )


def as_json(letter: Letter) -> bytes:
    """The letter for programs: ``id``, ``type``, ``timestamp`` and ``data``, as Standard Webhooks 1.0 advises."""
    told = {"id": letter.id, "type": _TYPE, "timestamp": letter.remark.at, "data": remark_of(letter)}
    return msgspec.json.encode(told)


def as_mail(letter: Letter, sender: str, to: str, clock: WallClock) -> EmailMessage:
    """The letter for people. Nothing of the caller and no words of anybody's are in its header.

    Its Message-ID follows from the letter's id: a mail program shows one that comes twice once.
    """
    told = remark_of(letter)
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = f"{told.reason}: call {told.call}"
    mail["Date"] = format_datetime(told.at)
    mail["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n".join(_lines(told, clock)) + "\n", cte="quoted-printable")
    return mail


def _lines(told: Remark, clock: WallClock) -> list[str]:
    called = f" of {clock.minute(told.arrived)}, to {told.dialled}" if told.arrived else ""
    return [
        f"{told.reason}, for {told.department}",
        *(("", told.text) if told.text else ()),
        "",
        f"noted     {clock.minute(told.at)} by {told.by}",
        f"call      {told.call}{called}",
        *((f"customer  {told.customer}",) if told.customer else ()),
        *((f"caller    {told.number}, not in the directory",) if told.number else ()),
    ]
