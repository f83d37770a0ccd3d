"""The configuration's files: who can read them, what they promise, and that no value becomes more than a value."""

import re
import stat
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

from dialplan.plan import HANDED_OVER, Account, Pbx, Phone, Ports, Trunk
from dialplan.render import NotAValueError, is_rendered, render, render_bans, render_for_existing

PBX = Pbx(
    ports=Ports(sip=15060, sip_tls=15061, http=15062, ami=15063, agi=15065, rtp_first=15100, rtp_last=15199),
    ari=Account("engine", "ari-secret-0123456789"),
    ami=Account("engine", "ami-secret-0123456789"),
    phones=(
        Phone(person="anna", name="Anna", secret="anna-secret", number="101", language="ru"),
        Phone(person="boris", name="Борис", secret="boris-secret"),
    ),
    trunks=(Trunk(name="trunk", match=("127.0.0.1", "192.0.2.0/28")),),
    operators=("anna", "boris"),
)


def changed(pbx: Pbx = PBX, **fields: object) -> Pbx:
    return msgspec.structs.replace(pbx, **fields)


def section(text: str, header: str) -> list[str]:
    """The lines below a header, up to the next one."""
    lines = text.splitlines()
    start = lines.index(header) + 1
    return [
        line for line in lines[start : next((i for i in range(start, len(lines)) if lines[i][:1] == "["), None)] if line
    ]


def rendered(folder: Path, name: str, pbx: Pbx = PBX) -> str:
    render(pbx, folder)
    return (folder / "etc" / name).read_text()


def test_only_the_owner_can_read_anything(tmp_path: Path) -> None:
    render(PBX, tmp_path / "pbx")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "pbx").rglob("*")}
    assert [path for path, mode in modes.items() if mode & 0o077] == []


def test_an_older_readable_file_does_not_stay_readable(tmp_path: Path) -> None:
    render(PBX, tmp_path)
    secret = tmp_path / "etc" / "ari_switchboard.conf"
    secret.chmod(0o644)
    render(PBX, tmp_path)
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["pjsip.conf", "http.conf", "rtp.conf", "manager.conf"])
def test_every_port_is_the_one_that_was_chosen(tmp_path: Path, name: str) -> None:
    ports = {
        "pjsip.conf": ("127.0.0.1:15060", "127.0.0.1:15061"),
        "http.conf": ("bindport = 15062", "bindaddr = 127.0.0.1"),
        "manager.conf": ("port = 15063", "bindaddr = 127.0.0.1"),
        "rtp.conf": ("rtpstart = 15100", "rtpend = 15199"),
    }
    text = rendered(tmp_path, name)
    assert [wanted for wanted in ports[name] if wanted not in text] == []


def test_http_and_ami_stay_on_loopback_when_sip_does_not(tmp_path: Path) -> None:
    render(changed(address="0.0.0.0"), tmp_path)  # noqa: S104 - it is rendered, nothing listens
    assert "bindaddr = 127.0.0.1" in (tmp_path / "etc" / "http.conf").read_text()
    assert "bindaddr = 127.0.0.1" in (tmp_path / "etc" / "manager.conf").read_text()
    assert "media_address" not in (tmp_path / "etc" / "pjsip_switchboard.conf").read_text()


def test_every_telephone_is_asked_at_the_start_whether_it_is_there(tmp_path: Path) -> None:
    assert "\n[startup_commands]\npjsip qualify anna = yes\n" in rendered(tmp_path, "cli.conf")


def test_a_person_is_known_by_password_and_bears_a_fixed_name(tmp_path: Path) -> None:
    text = rendered(tmp_path, "pjsip_switchboard.conf")
    endpoint = section(text, "[anna](switchboard-phone)")
    assert 'callerid = "Anna" <101>' in endpoint
    assert "language = ru" in endpoint
    assert "password = anna-secret" in section(text, "[anna]")
    assert 'callerid = "Борис" <boris>' in section(text, "[boris](switchboard-phone)")


def test_a_trunk_is_known_by_its_addresses_alone(tmp_path: Path) -> None:
    text = rendered(tmp_path, "pjsip_switchboard.conf")
    assert "identify_by = ip" in section(text, "[trunk](switchboard-endpoint)")
    assert section(text, "[trunk]") == [
        "type = identify",
        "endpoint = trunk",
        "match = 127.0.0.1",
        "match = 192.0.2.0/28",
    ]


def test_a_trunk_that_wants_a_registration_gets_one(tmp_path: Path) -> None:
    trunk = Trunk(name="city", match=("192.0.2.1",), contact="sip:192.0.2.1:5060", account=Account("7495", "secret"))
    text = rendered(tmp_path, "pjsip_switchboard.conf", changed(trunks=(trunk,)))
    assert "contact = sip:192.0.2.1:5060" in text
    assert "client_uri = sip:7495@192.0.2.1:5060" in text
    assert "outbound_auth = city" in section(text, "[city](switchboard-endpoint)")


def test_a_phone_encrypts_if_it_can(tmp_path: Path) -> None:
    phone = section(rendered(tmp_path, "pjsip_switchboard.conf"), "[switchboard-phone](!,switchboard-endpoint)")
    assert {"media_encryption = sdes", "media_encryption_optimistic = yes"} <= set(phone)
    assert "unencrypted" not in (tmp_path / "etc" / "pjsip.conf").read_text()


def test_where_phones_must_encrypt_one_that_does_not_is_told_by_its_request_and_refused(tmp_path: Path) -> None:
    text = rendered(tmp_path, "pjsip.conf", changed(encrypted=True))
    assert "endpoint_identifier_order = ip,header,auth_username,username" in text
    assert "deny = 0.0.0.0/0" in section(text, "[switchboard-unencrypted]")
    told = next(line.partition(" = Via: ")[2] for line in text.splitlines() if line.startswith("match_header"))
    vias = {way: re.search(told[1:-1], f"SIP/2.0/{way} 192.0.2.1;branch=z9") for way in ("UDP", "TCP", "WS", "TLS")}
    assert [way for way, found in vias.items() if found] == ["UDP", "TCP", "WS"]
    phone = section(
        (tmp_path / "etc" / "pjsip_switchboard.conf").read_text(), "[switchboard-phone](!,switchboard-endpoint)"
    )
    assert "media_encryption = sdes" in phone
    assert "media_encryption_optimistic = yes" not in phone


def test_people_transfer_by_sip_and_nobody_else(tmp_path: Path) -> None:
    text = rendered(tmp_path, "pjsip_switchboard.conf")
    assert "allow_transfer = no" in section(text, "[switchboard-endpoint](!)")
    phone = section(text, "[switchboard-phone](!,switchboard-endpoint)")
    assert "allow_transfer = yes" in phone
    assert "set_var = TRANSFER_CONTEXT=nowhere" in phone  # but in an engine's talks, which name a context that is there
    assert "[nowhere]" not in rendered(tmp_path, "extensions_switchboard.conf")


def test_what_can_be_keyed_in_is_all_that_a_caller_is_handed_over_to(tmp_path: Path) -> None:
    text = rendered(tmp_path, "extensions_switchboard.conf", changed(transfers=("600", "anna")))
    assert [line for line in section(text, f"[{HANDED_OVER}]") if line.startswith("exten")] == [
        "exten => 600,1,Answer()",
        "exten => anna,1,Answer()",
    ]


def test_asterisk_alone_calls_for_help_and_lets_no_overload_come_before(tmp_path: Path) -> None:
    text = rendered(tmp_path, "extensions_switchboard.conf", changed(emergency=("112",), shown="+74950000001"))
    assert section(text, "[phones]").count("exten => 112,1,Set(DIALLED=>112)") == 1
    assert "Dial(PJSIP/${SB_EMERGENCY}@trunk,60,f(+74950000001))" in text
    passes = text.index('GotoIf($["${SB_EMERGENCY}" != ""]?stand-in,1)')
    assert passes < text.index("GotoIf($[${EPOCH} < 0${CUT(SB_REFUSED,/,2)}]")


def test_the_stand_in_rings_every_operator(tmp_path: Path) -> None:
    assert "Dial(PJSIP/anna&PJSIP/boris,40,iU(operator-answered^s^1))" in rendered(
        tmp_path, "extensions_switchboard.conf"
    )


@pytest.mark.parametrize(("operators", "at_once", "rung"), [(2, 50, 2), (60, 1, 60), (300, 1, 100)])
def test_never_do_more_than_a_hundred_telephones_ring_without_an_engine(
    tmp_path: Path, operators: int, at_once: int, rung: int
) -> None:
    """256 in one Dial end Asterisk (22.10.1), and so do files that it has not got."""
    many = changed(operators=tuple(f"operator{number}" for number in range(operators)))
    text = rendered(tmp_path, "extensions_switchboard.conf", many)
    assert f"GROUP_COUNT(ringing@stand-in)}} < {at_once}]" in text
    (dial,) = [line for line in text.splitlines() if "Dial(" in line]
    assert dial.count("PJSIP/") == rung


def test_a_company_without_operators_still_apologises(tmp_path: Path) -> None:
    text = rendered(tmp_path, "extensions_switchboard.conf", changed(operators=()))
    assert "Dial(" not in text
    assert "Playback(im-sorry" in text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('Anna "Boss" <0900>', '"Anna Boss 0900"'),
        ("Anna\nallow_transfer = yes", '"Anna allow_transfer = yes"'),
        ("Anna; office", r'"Anna\; office"'),
        ("Anna\\", '"Anna"'),
    ],
    ids=["quotes and brackets", "a line's end", "a comment's sign", "a backslash"],
)
def test_a_person_s_name_stays_a_name(tmp_path: Path, name: str, shown: str) -> None:
    text = rendered(tmp_path, "pjsip_switchboard.conf", changed(phones=(Phone(person="anna", name=name, secret="s"),)))
    assert f"callerid = {shown} <anna>" in text.splitlines()


def test_a_value_with_a_line_s_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAValueError, match="control character"):
        render(changed(language="en\n[evil]"), tmp_path)


def test_a_secret_with_a_comment_s_sign_is_kept_whole(tmp_path: Path) -> None:
    assert r"password = a\;b" in rendered(tmp_path, "ari_switchboard.conf", changed(ari=Account("engine", "a;b")))


def test_secrets_do_not_show_when_printed() -> None:
    assert "secret" not in repr(PBX)


def test_the_certificate_is_for_the_address_and_stays(tmp_path: Path) -> None:
    render(PBX, tmp_path)
    file = tmp_path / "etc" / "certificate.pem"
    first = file.read_bytes()
    names = x509.load_pem_x509_certificate(first).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name) for name in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    render(changed(operators=()), tmp_path)
    assert file.read_bytes() == first


def test_an_asterisk_that_already_runs_is_told_what_to_include_where(tmp_path: Path) -> None:
    folder = tmp_path / "my files"
    stand_in, ports_file = "python -m agi --data /data", Path("/data/pbx/ports.json")
    readme = render_for_existing(PBX, folder, stand_in=stand_in, ports_file=ports_file).read_text()
    assert f"     {stand_in}\n" in readme
    assert "127.0.0.1:15065" in readme
    dialplan = (folder / "extensions_switchboard.conf").read_text()
    assert "agi://127.0.0.1:15065/call" in dialplan
    assert {
        context for context in re.findall(r"^\[(.+)\]$", dialplan, re.MULTILINE) if f'"{context}"' not in readme
    } == set()
    for name in ("pjsip", "extensions", "ari", "manager"):
        assert f'#include "{folder}/{name}_switchboard.conf"' in readme
        assert (folder / f"{name}_switchboard.conf").exists()
    assert [path.name for path in folder.iterdir() if stat.S_IMODE(path.stat().st_mode) != 0o600] == []
    assert not (folder / "asterisk.conf").exists()


@pytest.mark.parametrize(
    "other",
    [changed(phones=PBX.phones[:1]), changed(transfers=("600",)), changed(operators=())],
    ids=["people", "words", "operators"],
)
def test_other_people_or_other_words_to_hand_over_by_are_not_rendered_yet(tmp_path: Path, other: Pbx) -> None:
    assert not is_rendered(PBX, tmp_path)
    render(PBX, tmp_path)
    assert is_rendered(PBX, tmp_path)
    assert not is_rendered(other, tmp_path)
    render(other, tmp_path)
    assert is_rendered(other, tmp_path)


def test_whoever_is_shut_out_stays_so_when_people_change(tmp_path: Path) -> None:
    render(PBX, tmp_path)
    bans = tmp_path / "etc" / "pjsip_bans.conf"
    assert "deny" not in bans.read_text()
    render_bans(["192.0.2.66", "2001:db8::66"], tmp_path)
    render(changed(operators=()), tmp_path)
    assert section(bans.read_text(), "[bans]") == [
        "type = acl",
        "deny = 192.0.2.66/255.255.255.255",
        "deny = 2001:db8::66/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ]
    assert "#include pjsip_bans.conf" in (tmp_path / "etc" / "pjsip.conf").read_text()


def test_what_is_no_address_is_not_written_into_an_acl(tmp_path: Path) -> None:
    render(PBX, tmp_path)
    with pytest.raises(ValueError, match="evil"):
        render_bans(["0.0.0.0/0\npermit = evil"], tmp_path)


def failure(account: str = "anna", kind: str = "InvalidAccountID", more: str = "", service: str = "PJSIP") -> str:
    return (
        f"Event: {kind}\r\nPrivilege: security,all\r\nEventTV: 2026\r\nSeverity: Error\r\nService: {service}\r\n"
        f"EventVersion: 1\r\nAccountID: {account}\r\nSessionID: c\r\nLocalAddress: IPV4/UDP/192.0.2.1/5060\r\n"
        f"RemoteAddress: IPV4/UDP/192.0.2.66/5060\r\n{more}\r\n"
    )


VICTIM = "RemoteAddress: IPV4/UDP/192.0.2.77/5060"


@pytest.mark.parametrize(
    ("event", "sent"),
    [
        pytest.param("Event: Hangup\r\nPrivilege: call,all\r\nChannel: x\r\n\r\n", False, id="a call"),
        pytest.param(failure(), True, id="an unknown name"),
        pytest.param(
            failure(kind="ChallengeResponseFailed", more="Challenge: 1/2\r\nResponse: 0\r\n"), True, id="a wrong answer"
        ),
        pytest.param(failure(kind="SuccessfulAuth", more="UsingPassword: 1\r\n"), True, id="a login"),
        pytest.param(failure(kind="ChallengeSent"), False, id="a challenge, of which there are many"),
        pytest.param(failure(service="AMI"), False, id="our own login"),
        pytest.param(failure(f"x\r\n{VICTIM}"), False, id="a forged address"),
        pytest.param(
            failure(f"x\r\nSessionID: a\r\nLocalAddress: b\r\n{VICTIM}\r\nChallenge: "), False, id="all headers forged"
        ),
        pytest.param(failure(f"x\r\n\r\nEvent: InvalidPassword\r\n{VICTIM}\r\n\r\n"), False, id="a forged failure"),
    ],
)
def test_asterisk_sends_over_ami_only_what_cannot_be_forged(tmp_path: Path, event: str, sent: bool) -> None:
    text = rendered(tmp_path, "manager_switchboard.conf")
    (pattern,) = [line.partition(" = ")[2] for line in text.splitlines() if line.startswith("eventfilter")]
    assert bool(re.search(_for_python(pattern), event)) is sent


def _for_python(pattern: str) -> str:
    """The same as Asterisk's regcomp reads it."""
    return pattern.replace("[:cntrl:]", r"\x00-\x1f\x7f").removesuffix("$") + r"\Z"


def test_after_a_call_that_no_engine_took_the_next_ones_are_not_offered_until_an_engine_has_told_that_it_is_there(
    tmp_path: Path,
) -> None:
    text = rendered(tmp_path, "extensions_switchboard.conf")
    asked = text.index('GotoIf($["${GLOBAL(SB_UNCLAIMED)}" != ""]?unclaimed)')
    offered = text.index(" same => n,StasisBroadcast(700,^sb-,call:${DIALLED})\n")
    noted = text.index("Set(GLOBAL(SB_UNCLAIMED)=1)")
    assert asked < offered < noted
