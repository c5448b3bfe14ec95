"""How a page looks to whoever reads it: language and theme, each kept in a cookie and never in a row.

The language of a page is the one that its address names (`?lang=kk`, kept for the pages that follow), else the one kept, else
the person's own, else the one that the browser asks for.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from desk.asking import language_of

router = APIRouter(include_in_schema=False)

LANGUAGE, THEME = "kenes_language", "kenes_theme"
THEMES = ("system", "light", "dark")
_A_YEAR = 365 * 24 * 3600


def language_of_page(request: Request, visitor: Any = None) -> str:
    """Choose the language of a page among those that the service offers."""
    wishes = (request.query_params.get("lang"), request.cookies.get(LANGUAGE), getattr(visitor, "language", None))
    chosen = next((one for one in wishes if one in request.app.state.languages), None) or language_of(request)
    request.state.language = chosen
    return str(chosen)


def theme_of(request: Request) -> str:
    """Return the theme that was chosen; `system` follows the device."""
    kept = request.cookies.get(THEME, "")
    return kept if kept in THEMES else THEMES[0]


def keep_language(request: Request, response: Response) -> None:
    """Keep the language that the address names."""
    if request.query_params.get("lang") in request.app.state.languages:
        _keep(request, response, LANGUAGE, request.query_params["lang"])


def this_page(request: Request, **changed: str) -> str:
    """Return the address of the page that is shown, without the language it names, with *changed* values."""
    values = [(name, value) for name, value in request.query_params.multi_items() if name not in ("lang", *changed)]
    query, path = (
        urlencode([*values, *changed.items()]),
        f"/{request.url.path.lstrip('/')}",
    )  # `//` would be another host
    return f"{path}?{query}" if query else path


def local_address(text: str) -> str:
    """Return *text* if it is an address of this desk, else the inbox: nobody is led away from here."""
    try:
        parts = urlsplit(text)
    except ValueError:  # half an IPv6 address
        return "/"
    leads_away = parts.scheme or parts.netloc or not text.startswith("/") or text.startswith(("//", "/\\"))
    return "/" if leads_away or not text.isprintable() else text


@router.post("/looks")
def choose_looks(request: Request, theme: str = Form(""), back: str = Form("/")) -> Response:
    """Keep the theme that was chosen and lead back to the page."""
    response = RedirectResponse(local_address(back), 303)
    if theme in THEMES:
        _keep(request, response, THEME, theme)
    return response


def _keep(request: Request, response: Response, name: str, value: str) -> None:
    secure = request.app.state.settings.url.startswith("https:")
    response.set_cookie(name, value, max_age=_A_YEAR, httponly=True, samesite="lax", secure=secure)
