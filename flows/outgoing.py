"""Where this host's letters and calls go out, by its settings."""

import functools

from flows.delivery import PostOffice
from flows.home import Home
from flows.writing import write_letter
from models.home import signing_key


def office_of(home: Home) -> PostOffice:
    """Return where this host's letters and calls go out."""
    settings = home.settings
    return PostOffice(
        compose=functools.partial(write_letter, desk_url=settings.url), url=settings.url, smtp_url=settings.smtp_url,
        webhook_urls=settings.webhook_urls,
        key=signing_key(settings) if settings.smtp_url or settings.webhook_urls else None,
    )  # fmt: skip
