"""After a talk its person dials what it was about; the register has it, the department concerned is told (T5, D20)."""

import json
from typing import Any

import pytest

from db.database import Database
from db.outbox import letter_id
from db.tasks import TaskList
from demo.scenario import Answers
from demo.scenarios.cast import MAIN, MARKET, OPERATORS
from premises.installation import Installation
from tests.asterisk.conftest import switchboard
from tests.asterisk.faults.scene import scene, until
from tests.asterisk.test_presence import dial

pytestmark = pytest.mark.timeout(120)

SENT_SECONDS = 10.0


async def test_what_a_talk_was_about_is_dialled_after_it(installation: Installation, database: Database) -> None:
    async with scene(installation, dict.fromkeys(OPERATORS, Answers(talks=1.0))) as one:
        async with one.calling(MARKET, MAIN) as call:
            await call.press("1")
            person = await call.who(OPERATORS, 20)
            assert person is not None
            await call.ended(20)
        await dial(one, person, "*496")
        await dial(one, person, "*495")  # a complaint is a task, too
        await dial(one, person, "*490")  # a key that tells nothing
        story = await one.story()
    remark, complaint = story.remarks
    assert (remark.by, remark.reason, remark.call) == (person, "wish", story.call.id)
    (task,) = [each.task for each in TaskList(database).open() if each.task.id == complaint.id]
    assert (task.call, task.about, task.owner) == (story.call.id, "complaint", "maria")
    done = switchboard(installation.folder, "tasks", "done", task.id, "--by", "maria")
    assert (done.returncode, task.id in done.stdout) == (0, False)
    (department,) = remark.tell
    file = installation.told / department / f"{letter_id(remark, department)}.json"
    await until(file.exists, SENT_SECONDS, "the department to be told")
    told: dict[str, Any] = json.loads(file.read_bytes())
    assert (told["data"]["reason"], told["data"]["by"]) == ("wish", person)
    assert told["data"]["customer"] == story.call.customer
    assert "overdue" not in file.read_text()
    assert f"noted by {person}" in switchboard(installation.folder, "call", story.call.id).stdout
    assert "wish,1" in switchboard(installation.folder, "questions", "--csv", "--days", "1").stdout
