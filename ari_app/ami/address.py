"""Where Asterisk's manager interface is, and who we are there."""

import msgspec


class AmiAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Host, port and account (manager.conf). AMI belongs on the loopback interface: it is not encrypted."""

    host: str = "127.0.0.1"
    port: int = 5038
    user: str
    secret: str

    def __repr__(self) -> str:
        return f"AmiAddress({self.user}@{self.host}:{self.port})"
