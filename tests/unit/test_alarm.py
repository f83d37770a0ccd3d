"""What is said of something that is wrong for a while: once when it begins, once when it is over."""

from structlog.testing import capture_logs

from db.alarm import Alarm


def test_it_is_said_once_that_it_begins_and_once_that_it_ends() -> None:
    alarm = Alarm("disk full", "disk has room")
    with capture_logs() as log:
        alarm.end()
        for _ in range(3):
            alarm.begin(OSError("No space left on device\nand more about it"))
        whys = [alarm.why]
        for _ in range(3):
            alarm.end()
        whys.append(alarm.why)
        alarm.begin("again")
    assert whys == ["No space left on device", None]
    told = [(line["log_level"], line["event"], line.get("why")) for line in log]
    assert told == [
        ("error", "disk full", "No space left on device"),
        ("info", "disk has room", None),
        ("error", "disk full", "again"),
    ]
