"""Where departments are told: what the settings may say, and what is refused with what to do."""

import re
from pathlib import Path

import pytest

from premises.settings import BadSettings, read_settings

KEY = "whsec_" + "A" * 32
SERVER = "mail: {server: smtp.example.com, from: a@example.com}\n"


@pytest.mark.parametrize(
    "text",
    [
        SERVER + "tell: {wholesale: {mail: orders@example.com}}",
        "mail: {server: 127.0.0.1, from: a@example.com, tls: none}",
        "mail: {server: smtp.example.com, port: 465, tls: from the start, from: a@b.c, user: a, password: b}",
        f"tell: {{any: {{webhook: 'https://crm.example.com/x?y=1', secret: {KEY}}}}}",
        f"tell: {{any: {{webhook: 'http://localhost:8080/x', secret: {KEY}}}}}",
    ],
)
def test_addresses_as_they_should_be(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.yaml").write_text(text)
    settings = read_settings(tmp_path)
    assert settings.mail or settings.tell
    assert KEY not in repr(settings)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("tell: {any: {mail: a@example.com}}", "say by which server", id="mail without a server"),
        pytest.param("tell: {any: {}}", "give one of them", id="no way"),
        pytest.param("tell: {any: {mail: a@b.c, webhook: 'https://b.c'}}", "one of them", id="two ways"),
        pytest.param(SERVER + 'tell: {any: {mail: "a@b.c\\nBcc: x@y.z"}}', "no mail address", id="a second header"),
        pytest.param(SERVER + 'tell: {any: {mail: "Office <a@b.c>"}}', "no mail address", id="a name with it"),
        pytest.param(SERVER + "tell: {any: {mail: a@b.c, secret: x}}", "mail has none", id="mail with a secret"),
        pytest.param("tell: {any: {webhook: 'https://b.c'}}", "has a `secret`", id="not signed"),
        pytest.param("tell: {any: {webhook: 'https://b.c', secret: hush}}", "24 to 64", id="a short secret"),
        pytest.param("tell: {any: {webhook: 'https://b.c', secret: whsec_!}}", "in base64", id="a secret in no base64"),
        pytest.param(f"tell: {{any: {{webhook: 'http://b.c/', secret: {KEY}}}}}", "in the clear", id="not encrypted"),
        pytest.param(f"tell: {{any: {{webhook: 'file:///etc/passwd', secret: {KEY}}}}}", "no address", id="a file"),
        pytest.param(f"tell: {{any: {{webhook: 'https://u:p@b.c', secret: {KEY}}}}}", "no user", id="a password in it"),
        pytest.param(
            f'tell: {{any: {{webhook: "https://b.c/\\r\\nx", secret: {KEY}}}}}', "no address", id="a new line"
        ),
        pytest.param("mail: {server: b.c, from: a@b.c, tls: none}", "in the clear", id="mail not encrypted"),
        pytest.param("mail: {server: b.c, from: a@b.c, user: a}", "belong together", id="a user without a password"),
        pytest.param("mail: {server: b.c}", "from", id="no sender"),
        pytest.param("tell: {any: {post: x}}", "post", id="an unknown way"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "settings.yaml").write_text(text)
    with pytest.raises(BadSettings, match=re.escape(told)) as refused:
        read_settings(tmp_path)
    assert KEY not in str(refused.value)
