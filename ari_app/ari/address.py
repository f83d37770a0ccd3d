"""Where Asterisk's ARI is, and who we are there."""

import base64
from urllib.parse import urlencode

import msgspec


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Host, port and account (ari.conf). ARI belongs on the loopback interface: it is not encrypted."""

    host: str = "127.0.0.1"
    port: int = 8088
    user: str
    secret: str

    def __repr__(self) -> str:
        return f"Address({self.user}@{self.host}:{self.port})"

    @property
    def authorization(self) -> str:
        """The HTTP header's value. Never in the URL: those are logged."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.secret}".encode()).decode()

    def socket(self, *apps: str) -> str:
        """The URL of the events of these applications."""
        return f"ws://{self.host}:{self.port}/ari/events?{urlencode({'app': ','.join(apps)})}"

    def resource(self, uri: str) -> str:
        """The URL of a resource."""
        return f"http://{self.host}:{self.port}/ari/{uri}"
