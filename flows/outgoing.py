"""Where this host's letters and calls go out, by its settings."""

import functools

from flows.delivery import PostOffice
from flows.home import Home
from flows.writing import write_letter
from models.home import signing_key


def office_of(home: Home) -> PostOffice:
    """Return where this host's letters and calls go out."""
    settings = home.settings
    key = signing_key(settings)
    return PostOffice(
        compose=functools.partial(write_letter, desk_url=settings.url, key=key), url=settings.url, smtp_url=settings.smtp_url,
        webhook_urls=settings.webhook_urls,
        key=key,
    )  # fmt: skip
