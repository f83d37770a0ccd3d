"""The register's rows beside what telephones saw: each offer and each talk is in both, and equally long."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from db.records import LegRow
from db.stories import CallStory
from premises.ids import answers_to
from routing.steps import TakeMessage
from routing.trail import decode
from tests.asterisk.floor.callers import Placed
from tests.asterisk.floor.company import tone
from tests.asterisk.floor.ears import Voices
from tests.asterisk.floor.promises import together
from tests.asterisk.floor.seen import GRAIN, Own, Ring, Telephone

SLACK = dt.timedelta(seconds=1)
"""By which the INVITE, or its end, may come before or after the register's times."""
BROKEN = frozenset({"failed", "link lost", "shutdown", "asterisk ended"})
Pairs = Sequence[tuple[LegRow, Ring | None]]
Answered = Mapping[str, dt.datetime | None]
"""When a caller who was called back was there, by the call."""


def legs_of(stories: Iterable[CallStory]) -> dict[str, list[LegRow]]:
    """Each person's legs in their order."""
    found = defaultdict[str, list[LegRow]](list)
    for leg in sorted((leg for story in stories for leg in story.legs), key=lambda leg: leg.rang):
        found[leg.person].append(leg)
    return found


def paired(legs: Sequence[LegRow], telephone: Telephone) -> Pairs:
    """Each leg of a person with what its telephone saw of it."""
    rings = list(telephone.rings)
    pairs: list[tuple[LegRow, Ring | None]] = []
    for place, leg in enumerate(legs):
        until = min([(leg.ended or leg.rang) + SLACK, *(later.rang for later in legs[place + 1 : place + 2])])
        found = next((ring for ring in rings if leg.rang - SLACK < ring.since < until), None)
        if found:
            rings.remove(found)
        pairs.append((leg, found))
    return pairs


def in_two_calls(person: str, legs: Sequence[LegRow]) -> Iterator[str]:
    """By the register nobody is in two calls either."""
    for one, other in pairwise(legs):
        if one.ended is None or one.ended > other.rang:
            yield f"{person} is rung in {other.call} before the end of {one.id}"


def unlike(pairs: Pairs, telephone: Telephone, answered: Answered) -> Iterator[str]:
    """What register and telephone tell differently of one person. ``answered``: by whoever was called back."""
    seen = [ring for _, ring in pairs if ring]
    yield from (f"{ring.person} was rung by {ring.caller}: no leg" for ring in telephone.rings if ring not in seen)
    for leg, ring in pairs:
        if ring is None:
            if not _is_excused(leg, telephone):
                yield f"{leg.id} to {leg.person} ({leg.why}): the telephone was not rung"
        elif with_caller(leg, ring, answered) > GRAIN and not leg.answered and ring.sure:
            yield f"{leg.id} to {leg.person} ({leg.why}): talked with for {ring.talked:.1f} s"
        elif leg.answered and not ring.answered:
            yield f"{leg.id} to {leg.person}: was not answered"
        elif leg.answered and ring.sure and abs(talked(leg) - with_caller(leg, ring, answered)) > GRAIN:
            seen_ = with_caller(leg, ring, answered)
            yield f"{leg.id} to {leg.person}: {talked(leg):.2f} s of talk, at the telephone {seen_:.2f} s"


def with_caller(leg: LegRow, ring: Ring, answered: Answered) -> float:
    """Seconds of talk that the telephone saw; who calls back waits first until the caller answers."""
    if leg.call not in answered:
        return ring.talked
    there = answered[leg.call]
    return max(0.0, (ring.until - max(there, ring.answered)).total_seconds()) if there and ring.answered else 0.0


def _is_excused(leg: LegRow, telephone: Telephone) -> bool:
    """The telephone was out, or the caller left at once."""
    ended = leg.ended or leg.rang
    out = any(spell.since < ended and spell.until > leg.rang - SLACK for spell in telephone.away if not spell.told)
    return not leg.answered and (out or ended - leg.rang < SLACK)


def not_served(placed: Sequence[Placed], stories: Iterable[CallStory], answered: Mapping[str, int]) -> Iterator[str]:
    """What any caller was owed and did not get. ``answered``: how often telephones were answered for each of them."""
    rows = defaultdict[str, list[CallStory]](list)
    refused = Counter[str | None]()
    for story in stories:
        if story.call.end == "refused":  # known from Asterisk's list alone, which has no names
            refused[story.call.number] += 1
        elif answers_to(story.call.id) is None:
            rows[story.call.name or ""].append(story)
    for call in placed:
        if call.fate == "refused":
            refused[call.number] -= 1
        else:
            yield from _wrong(call, rows[call.name], answered.get(call.name, 0))
    yield from (f"{number} was refused {more:+} times in the register" for number, more in refused.items() if more)


def _wrong(call: Placed, rows: Sequence[CallStory], answered: int) -> Iterator[str]:
    if call.trouble:
        yield f"{call.name}, who {call.wish}: {call.trouble}"
    if len(rows) != 1:
        yield f"{call.name}, {call.fate}: {len(rows)} times in the register"
        return
    (story,) = rows
    if not story.call.trail:
        yield f"{call.name} ({story.call.id}) has no trail"
        return
    id_, end = story.call.id, story.call.end
    if end in BROKEN or story.call.ended is None:
        yield f"{call.name} ({id_}) ended with {end}"
    if call.fate == "lost" and not (answered or _is_at_a_box(story)):
        yield f"{call.name} ({id_}, {end}) was hung up on: with nobody, and without a message"
    if call.fate == "promised" and not (answered or end == "call-back" or _is_at_a_box(story)):
        yield f"{call.name} ({id_}, {end}) had asked to be called back, and was promised nothing"
    if call.fate == "talked" and not any(leg.answered for leg in story.legs):
        yield f"{call.name} ({id_}, {end}) has talked, of which the register knows nothing"
    if call.fate == "message" and (end != "message" or not story.messages):
        yield f"{call.name} ({id_}) has left a message and ended with {end}"
    if call.fate == "left" and (end, story.legs) != ("caller left", ()):
        yield f"{call.name} ({id_}) left in the menu and ended with {end}"


def _is_at_a_box(story: CallStory) -> bool:
    """Whether the caller was asked for a message; who misses the beep on a busy machine stays silent."""
    return any(isinstance(entry.step, TakeMessage) for entry in decode(story.call.trail).entries)


def unheard(
    placed: Mapping[str, Placed],
    pairs: Mapping[str, Pairs],
    own: Iterable[Telephone],
    answered: Answered,
    voices: Mapping[str, Sequence[Voices]],
) -> Iterator[str]:
    """Of whoever talked with a caller, the caller heard the tone as long as the register says.

    ``voices``: by the callers' names what was heard in call-backs.
    """
    asked = {telephone.person: telephone.own for telephone in own}
    talks = defaultdict[tuple[str, str], list[tuple[LegRow, Ring]]](list)
    for person, both in pairs.items():
        for leg, ring in both:
            if ring and leg.answered and ring.caller_alone in placed:
                talks[person, ring.caller_alone].append((leg, ring))
    for (person, caller), mine in talks.items():
        if any(ring.disturbed for _, ring in mine):
            continue
        call = placed[caller]
        whole = call.wish != "vanishes" and not any(_is_broken(ring, asked[person]) for _, ring in mine)
        said = sum(together(leg, answered) for leg, _ in mine)
        heard = sum(ears.seconds(tone(person)) for ears in (call.ears, *voices.get(caller, ())))
        grain = 2 * GRAIN * len(mine)
        if heard > said + grain or (whole and heard < said - grain):
            yield f"{caller} heard {person} for {heard:.1f} s, the register has {said:.1f} s"


def _is_broken(ring: Ring, asked: Iterable[Own]) -> bool:
    """Whether the person was silent for a time: cut off, or asking a colleague."""
    return ring.cut or any(ring.since < own.since < ring.until for own in asked)


def talked(leg: LegRow) -> float:
    """Seconds."""
    return (leg.ended - leg.answered).total_seconds() if leg.answered and leg.ended else 0.0
