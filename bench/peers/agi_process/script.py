"""The script that Asterisk starts for each call; argument: SQLite file.

Each call pays for what it imports: so nothing of ours but these lines.
"""

import contextlib
import sqlite3
import sys
import time

from asterisk.agi import AGI, AGIAppError

started = time.time()
agi = AGI()
caller = agi.env["agi_callerid"]
books = sqlite3.connect(sys.argv[1], isolation_level=None)
books.execute("PRAGMA synchronous=NORMAL")
found = books.execute("SELECT manager FROM customers WHERE number = ?", (caller,)).fetchone()
manager = found[0] if found else 0
with contextlib.suppress(AGIAppError):  # how pyst2 tells that the caller hung up
    agi.appexec("Dial", f"PJSIP/manager{manager:02},30")
ended = time.time()
lasted, cause = agi.get_full_variable("${ANSWEREDTIME_MS}/${HANGUPCAUSE}").split("/")
answered = ended - int(lasted) / 1000 if lasted else None
row = (caller, manager, started, answered, ended, int(cause))
books.execute("INSERT INTO calls (caller, manager, started, answered, ended, cause) VALUES (?, ?, ?, ?, ?, ?)", row)
