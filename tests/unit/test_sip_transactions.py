"""SIP over a lossy network: what is sent again, when, and until when (RFC 3261, section 17)."""

from demo import sip
from demo.sip import Headers, Message, Request, Response
from demo.transactions import Transactions

THERE = ("192.0.2.1", 5060)


def request(method: str, *, branch: str = "z9hG4bK1", sequence: int = 1) -> Request:
    headers = (
        ("Via", f"SIP/2.0/UDP 192.0.2.9:5060;branch={branch}"),
        ("From", "<sip:a>;tag=1"),
        ("To", "<sip:b>"),
        ("Call-ID", "call"),
        ("CSeq", f"{sequence} {method}"),
    )
    return Request(method, "sip:b", Headers(headers))


def first_lines(transactions: Transactions) -> list[str]:
    """What is to be sent, taken out."""
    lines = [datagram.split(b"\r\n")[0].decode() for datagram, _ in transactions.outbox]
    transactions.outbox.clear()
    return lines


def times_of_sending(transactions: Transactions, until: float) -> list[float]:
    """When something is sent again, as the clock runs."""
    times = []
    while (due := transactions.due()) is not None and due <= until:
        transactions.tick(due)
        times += [due for _ in first_lines(transactions)]
    return times


def test_an_invite_is_sent_again_ever_more_rarely_and_given_up_after_32_seconds() -> None:
    transactions = Transactions()
    transactions.request(request("INVITE"), THERE, 0.0)
    assert first_lines(transactions) == ["INVITE sip:b SIP/2.0"]
    assert times_of_sending(transactions, 31.9) == [0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert transactions.tick(32.0) == (request("INVITE"),)
    assert transactions.due() is None


def test_another_request_is_sent_again_every_4_seconds_at_last() -> None:
    transactions = Transactions()
    transactions.request(request("BYE"), THERE, 0.0)
    first_lines(transactions)
    assert times_of_sending(transactions, 16.0) == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5]
    assert transactions.tick(32.0) == (request("BYE"),)


def test_a_ringing_invite_is_not_sent_again_and_never_given_up() -> None:
    transactions = Transactions()
    transactions.request(request("INVITE"), THERE, 0.0)
    ringing = sip.answer(request("INVITE"), 180, tag="2")
    assert transactions.receive(ringing, THERE, 0.1) == ringing
    first_lines(transactions)
    assert transactions.due() is None
    assert transactions.tick(1000.0) == ()


def test_a_refusal_is_acknowledged_each_time_it_comes_and_told_once() -> None:
    transactions = Transactions()
    transactions.request(request("INVITE"), THERE, 0.0)
    first_lines(transactions)
    busy = sip.answer(request("INVITE"), 486, tag="2")
    told: list[Message | None] = [transactions.receive(busy, THERE, at) for at in (1.0, 1.5)]
    assert told == [busy, None]
    acks = [sip.parse(datagram) for datagram, _ in transactions.outbox]
    assert [ack.method for ack in acks if isinstance(ack, Request)] == ["ACK", "ACK"]
    assert acks[0].headers.get("To") == "<sip:b>;tag=2"
    assert isinstance(acks[0], Request)
    assert acks[0].branch == "z9hG4bK1"


def test_an_answers_ack_is_sent_again_when_the_answer_comes_again() -> None:
    transactions = Transactions()
    transactions.request(request("INVITE"), THERE, 0.0)
    answer = sip.answer(request("INVITE"), 200, tag="2")
    assert transactions.receive(answer, THERE, 1.0) == answer
    transactions.acknowledge(answer, request("ACK", branch="z9hG4bK2"), THERE)
    first_lines(transactions)
    assert transactions.receive(answer, THERE, 1.5) is None
    assert first_lines(transactions) == ["ACK sip:b SIP/2.0"]


def test_a_request_that_comes_twice_is_answered_twice_and_served_once() -> None:
    transactions = Transactions()
    bye = request("BYE")
    assert transactions.receive(bye, THERE, 0.0) == bye
    assert transactions.receive(bye, THERE, 0.1) is None, "no answer yet"
    transactions.respond(bye, sip.answer(bye, 200), THERE, 0.2)
    assert transactions.receive(bye, THERE, 0.5) is None
    assert first_lines(transactions) == ["SIP/2.0 200 OK"] * 2
    transactions.tick(33.0)
    assert transactions.receive(bye, THERE, 33.0) == bye, "forgotten after 32 s"


def test_an_answer_to_an_invite_is_sent_again_until_its_ack() -> None:
    transactions = Transactions()
    invite = request("INVITE")
    transactions.receive(invite, THERE, 0.0)
    transactions.respond(invite, sip.answer(invite, 180, tag="2"), THERE, 0.0)
    assert times_of_sending(transactions, 10.0)[1:] == [], "a provisional one is not"
    transactions.respond(invite, sip.answer(invite, 200, tag="2"), THERE, 0.0)
    first_lines(transactions)
    assert times_of_sending(transactions, 8.0) == [0.5, 1.5, 3.5, 7.5]
    ack = request("ACK", branch="z9hG4bK3")
    assert transactions.receive(ack, THERE, 8.0) == ack
    assert times_of_sending(transactions, 31.0) == []


def test_a_stray_response_is_passed_over() -> None:
    stray = Response(200, "OK", request("BYE").headers)
    assert Transactions().receive(stray, THERE, 0.0) is None


def test_a_late_answer_after_giving_up_is_passed_over() -> None:
    transactions = Transactions()
    transactions.request(request("OPTIONS"), THERE, 0.0)
    transactions.tick(32.0)
    assert transactions.receive(sip.answer(request("OPTIONS"), 200), THERE, 33.0) is None
