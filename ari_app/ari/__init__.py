"""A client for Asterisk's REST interface (ARI), Asterisk >= 22.10; see docs/ari-client.md.

address = Address(user="sb", secret=...)
async for link in links(address, "sb-main", watch=["deviceState:"]):
    link.deliver(route)                     # every event, in order; the function must not wait
    await link.ended()
"""

from ari_app.ari.address import Address
from ari_app.ari.connecting import connect, links
from ari_app.ari.link import Link
from ari_app.ari.timings import Timings

__all__ = ["Address", "Link", "Timings", "connect", "links"]
