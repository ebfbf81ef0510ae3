"""Where the console's pages are, and who sees which of them in the menu."""

from trackway.domain.person import Role

HOME = "/console/trackings"
LOGIN = "/console/login"
ACCOUNTS = "/console/accounts"

# Path, text of the link, who sees it, and whether it is only for people of the house.
NAV: tuple[tuple[str, str, Role, bool], ...] = (
    ("/console/overview", "nav.overview", Role.READER, False),
    ("/console/trackings", "nav.trackings", Role.READER, False),
    ("/console/import", "nav.import", Role.OPERATOR, False),
    ("/console/webhook", "nav.webhook", Role.READER, False),
    ("/console/access", "nav.access", Role.READER, False),
    ("/console/tracking-page", "nav.shop", Role.READER, False),
    ("/console/carriers", "nav.carriers", Role.READER, True),
    ("/console/operator", "nav.operator", Role.READER, True),
    ("/console/people", "nav.people", Role.OWNER, False),
    ("/console/audit", "nav.audit", Role.READER, False),
)


def local(path: str) -> str:
    """The path, if it leads to a page of the console, else nothing."""
    return path if path.startswith("/console/") and "\\" not in path and path.isprintable() else ""
