"""The dialplan of all peers that are ARI applications."""

from bench.peers.dialplan import incoming
from bench.peers.peer import Site

APP = "peer"


def dialplan(site: Site) -> str:
    """The call is recorded and handed to the application."""
    return incoming(site, f"Stasis({APP})")


def arguments(site: Site) -> tuple[str, ...]:
    """What each of their programs is told: address, user, password, application, SQLite file."""
    return site.ari, site.ari_user, site.ari_password, APP, str(site.directory)
