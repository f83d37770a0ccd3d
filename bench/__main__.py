"""``python -m bench``."""

import sys

from bench.lean import variant
from bench.notebook import Notebook
from bench.ours import OURS
from bench.peers.plain import PEER
from bench.reference import measure
from bench.running import enough, running

book = Notebook()
which = {"ours": OURS, "plain": variant(PEER)}
rate, calls = float(sys.argv[2]), int(sys.argv[3])
with running(which[sys.argv[1]], enough(rate) if sys.argv[1] == "ours" else enough(0)) as it:
    measure(it, book, rate=rate, calls=calls)
for m in book.measures:
    print(m)
