"""Rules over the HTTP API: read, checked, compared, brought into force, with their history."""

import asyncio
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.accounts import Account
from premises.clock import now
from tests.company import settle
from tests.integration.web_api import Api, serving
from web import rules
from web.office import open_office
from web.permissions import Asker
from web.problems import Problem

BAD = b"menus:\n  mian: {}\n"


@pytest.fixture(scope="module")
def serves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        yield api


@pytest.fixture
def api(serves: Api) -> Iterator[Api]:
    """With its first rules, and no history."""
    kept = {file: file.read_bytes() for file in serves.installation.rules.iterdir()}
    text = file_of(serves).read_bytes()
    yield serves
    (serves.installation.folder / "settings.yaml").write_text("rules: routing_rules.yaml\n")
    for file in serves.installation.rules.iterdir():
        if file not in kept:
            file.unlink()
    file_of(serves).write_bytes(text)


def file_of(api: Api) -> Path:
    return api.installation.rule_file


def changed(api: Api, to: str = "Let us begin.") -> str:
    """The rules, with one text of them changed."""
    text = file_of(api).read_text()
    assert "en: Nobody is free at the moment." in text
    return text.replace("en: Nobody is free at the moment.", f"en: {to}")


async def put(api: Api, who: str, text: str, replaces: str, note: str = "") -> Any:
    return await api.ask(who, "PUT", "/rules", json={"text": text, "replaces": replaces, "note": note})


async def test_rules_are_read_checked_compared_and_brought_into_force(api: Api) -> None:
    before = await api.get("sveta", "/rules")
    assert before["text"] == file_of(api).read_text()
    checked = (await api.ask("sveta", "POST", "/rules/check", json={"text": changed(api)})).json
    assert (checked["good"], checked["mistakes"]) == (True, [])
    assert "-  nobody_free: {en: Nobody is free at the moment." in checked["difference"]
    assert "+  nobody_free: {en: Let us begin." in checked["difference"]
    file_of(api).chmod(0o640)
    answer = await put(api, "root", changed(api), before["version"], "friendlier")
    assert answer.status == 200
    assert "Let us begin." in file_of(api).read_text()
    assert stat.S_IMODE(file_of(api).stat().st_mode) == 0o640
    now = await api.get("sveta", "/rules")
    assert (now["version"], now["text"]) == (answer.json["version"], file_of(api).read_text())


async def test_the_history_tells_who_brought_what_into_force_and_why(api: Api) -> None:
    first = (await api.get("root", "/rules"))["version"]
    second = (await put(api, "root", changed(api), first, "friendlier")).json["version"]
    earlier = await api.get("audit", f"/rules/versions/{first}")
    assert (await put(api, "root", earlier["text"], second, "it was not")).status == 200
    versions = (await api.get("audit", "/rules/versions"))["versions"]
    told = {one["version"]: ([change["note"] for change in one["changes"]], one["in_force"]) for one in versions}
    assert told == {first: (["it was not"], True), second: (["friendlier"], False)}
    assert versions[0]["changes"][0]["account"] == "root"


async def test_a_torn_line_of_the_history_hides_no_other(api: Api) -> None:
    version = (await api.get("sveta", "/rules"))["version"]
    (api.installation.rules / "history.jsonl").write_bytes(b'{"at": "2026-11-\n\xff\n')
    assert (await put(api, "root", changed(api), version, "friendlier")).status == 200
    told = (await api.get("sveta", "/rules/versions"))["versions"]
    assert [change["note"] for one in told for change in one["changes"]] == ["friendlier"]


async def test_a_wrong_text_is_refused_with_every_mistake_and_its_place(api: Api) -> None:
    before, text = (await api.get("root", "/rules"))["version"], file_of(api).read_text()
    wrong = text.replace("menu: main}", "menu: mian}", 1).replace("[assigned_manager 4s, finance 4s]", "[nobody 4s]")
    answer = await put(api, "root", wrong, before)
    assert answer.status == 422
    places = [(one["line"], one["column"]) for one in answer.json["mistakes"]]
    for mistake, word in zip(answer.json["mistakes"], ("mian", "nobody"), strict=True):
        line = wrong.splitlines()[mistake["line"] - 1]
        assert line[mistake["column"] - 1 :].startswith(word)
    assert places == sorted(places)
    assert answer.json["mistakes"][0]["help"] == "did you mean `main`?"
    assert file_of(api).read_text() == text


async def test_rules_that_leave_somebody_without_an_answer_are_refused(api: Api) -> None:
    before, text = (await api.get("root", "/rules"))["version"], file_of(api).read_text()
    circle = text.replace("wait for: operators\n    at most: 12s\n    offer: 4s", "menu: department")
    answer = await put(api, "root", circle, before)
    assert answer.status == 422
    assert answer.json["mistakes"][0]["message"] == "calls go round for ever: menu department -> D3 -> menu department"
    assert circle.splitlines()[answer.json["mistakes"][0]["line"] - 1] == "  department:"
    assert file_of(api).read_text() == text


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 422), ("\x00", 422), ("[" * 5000, 422), ("a: &a [*a, *a]\n" * 100, 422), ("\N{REPLACEMENT CHARACTER}", 422)],
    ids=["nothing", "a control character", "too deep", "aliases", "no YAML"],
)
async def test_nonsense_is_refused_like_any_mistake(api: Api, text: str, status: int) -> None:
    before = (await api.get("root", "/rules"))["version"]
    answer = await put(api, "root", text, before)
    assert (answer.status, bool(answer.json["mistakes"])) == (status, True)


async def test_who_was_overtaken_is_told_so_and_only_one_of_many_wins(api: Api) -> None:
    before = (await api.get("root", "/rules"))["version"]
    texts = [changed(api, f"Number {number}.") for number in range(4)]
    answers = await asyncio.gather(*(put(api, "root", text, before) for text in texts))
    assert sorted(one.status for one in answers) == [200, 409, 409, 409]
    won = next(text for text, one in zip(texts, answers, strict=True) if one.status == 200)
    assert file_of(api).read_text() == won
    lost = next(one for one in answers if one.status == 409)
    assert f"is in force, no longer {before}" in lost.json["detail"]


async def test_what_was_changed_by_hand_and_is_not_in_force_is_not_overwritten(api: Api) -> None:
    before, good = (await api.get("root", "/rules"))["version"], changed(api)
    file_of(api).write_bytes(BAD)
    assert (await api.get("root", "/rules"))["version"] == before
    answer = await put(api, "root", good, before)
    assert (answer.status, "was changed by hand" in answer.json["detail"]) == (409, True)
    assert file_of(api).read_bytes() == BAD


async def test_a_rule_file_that_was_deleted_keeps_nobody_from_reading_what_is_in_force(api: Api) -> None:
    first, text, another = (await api.get("root", "/rules"))["version"], changed(api), changed(api, "Let us go on.")
    second = (await put(api, "root", text, first)).json["version"]
    file_of(api).unlink()
    assert await api.get("root", "/rules") == {"version": second, "text": text}
    assert (await api.ask("root", "GET", "/rules/versions/0123456789ab")).status == 404
    answer = await put(api, "root", another, second)
    assert (answer.status, "is not there any more: put it back" in answer.json["detail"]) == (409, True)


async def test_a_torn_line_costs_the_history_nothing_else(api: Api) -> None:
    first = (await api.get("root", "/rules"))["version"]
    assert (await put(api, "root", changed(api), first, "friendlier")).status == 200
    with (api.installation.rules / "history.jsonl").open("ab") as history:
        history.write(b'{"at": "2026-11-\n{"account": "\xd0"}\n')
    versions = (await api.get("audit", "/rules/versions"))["versions"]
    assert [change["note"] for one in versions for change in one["changes"]] == ["friendlier"]


async def test_rules_that_belong_to_the_program_are_not_changed(api: Api) -> None:
    text = changed(api)
    (api.installation.folder / "settings.yaml").write_text("{}")
    version = (await api.get("root", "/rules"))["version"]
    answer = await put(api, "root", text, version)
    assert (answer.status, "belongs to the program" in answer.json["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("who", "method", "path", "body"),
    [
        ("olga", "GET", "/rules", None),
        ("olga", "POST", "/rules/check", {"text": ""}),
        ("sveta", "PUT", "/rules", {"text": "", "replaces": "0123456789ab"}),
        ("audit", "PUT", "/rules", {"text": "", "replaces": "0123456789ab"}),
    ],
)
async def test_who_may_not(api: Api, who: str, method: str, path: str, body: dict[str, str] | None) -> None:
    answer = await api.ask(who, method, path, json=body)
    assert (answer.status, "which an account of the role" in answer.json["detail"]) == (403, True)


async def test_who_has_to_wait_too_long_for_a_check_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "CHECKING_SECONDS", 0.05)
    over = threading.Event()
    root = Asker(account=Account(name="root", role="admin", made=now()), kind="program")
    with open_office(settle(tmp_path)) as office:
        others = asyncio.create_task(office.proving.run(over.wait))
        await asyncio.sleep(0)
        with pytest.raises(Problem, match="take too long") as why:
            await rules.check_rules(office, root, rules.Draft(text=""))
        assert why.value.status == 503
        over.set()
        await others


async def test_a_version_that_never_was_is_not_there(api: Api) -> None:
    assert (await api.ask("root", "GET", "/rules/versions/0123456789ab")).status == 404
    assert (await api.ask("root", "GET", "/rules/versions/..%2Fx")).status in (400, 404)


async def test_settings_that_cannot_be_read_are_told(api: Api) -> None:
    (api.installation.folder / "settings.yaml").write_text("rules: [")
    answer = await api.ask("root", "GET", "/rules")
    assert (answer.status, "settings.yaml" in answer.json["detail"]) == (503, True)
