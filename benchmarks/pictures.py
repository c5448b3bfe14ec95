"""Pictures of a running service for the documentation: `make pictures` (Chromium of the system: `apt-get install chromium`).

`kenes up --demo` is started in a home of its own; Prefect's page and the desk's are looked at as an operator sees them.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.service import KENES, ROOT, Service, environment_of, running, until

PICTURES = ROOT / "docs" / "pictures"
WIDE, HIGH = 1280, 800
TABLES = ("performed-deadlines", "staged-reminders")  # of the artifacts, those that tell most
LARGEST = 150_000  # bytes
SETTLES_MS = 4_000  # Prefect's page draws itself after it has loaded
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Name of the picture: who looks, at which address of the desk, and how high.
DESK_PAGES = {
    "desk": ("op", "/", HIGH), "operations": ("op", "/operations", 900), "inbox": ("wb", "/", 600),
    "why_not": ("d1", "/cases/C-2026-0010", 700), "form": ("wb", "/cases/C-2026-0014/acts/return", 640),
    "receipt": ("wb", "/cases/C-2026-0021/receipts/2", 640), "people": ("wb", "/people?q=абдикадырова", 640),
    "calendar": ("wb", "/calendar", 700),
}  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Take every picture into docs/pictures, or into the folder that is named; return the exit status."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is not installed. On Debian: apt-get install chromium")
        return 2
    folder = Path(arguments[0]) if arguments else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kenes-pictures-") as place:
        home = Path(place, "home")
        environment = environment_of(home)
        subprocess.run([*KENES, "init", "--demo"], env=environment, cwd=place, check=True, stdout=subprocess.DEVNULL)
        with running(home) as service, _browser(chromium) as page:
            run = until(lambda: _with_a_table(service), what="a run that did something")
            until(lambda: True if len(_done(service)) >= 4 else None, what="a few runs")
            desk = service.place["desk"]
            _sign_in(page, desk, "op")
            _take(page, f"{desk}/prefect/v2/runs", folder / "runs.png", high=1100)
            artifact = service.ask("artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run]}}})[0]["id"]
            _take(page, f"{desk}/prefect/v2/artifacts/artifact/{artifact}", folder / "artifact.png", high=620)
            for name, (role, address, high) in DESK_PAGES.items():
                _sign_in(page, desk, role)
                _take(page, f"{desk}{address}", folder / f"{name}.png", settles_ms=200, high=high)
    return 0


def _done(service: Service) -> list[dict[str, Any]]:
    return [run for run in service.ask("flow_runs/filter", {"limit": 200}) if run["state_type"] == "COMPLETED"]


def _with_a_table(service: Service) -> str | None:
    """Return a run that left a table of what was performed, or who was reminded."""
    found = service.ask("artifacts/filter", {"sort": "CREATED_DESC", "limit": 50})
    return next((each["flow_run_id"] for each in found if each["key"] in TABLES), None)


@contextmanager
def _browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=list(QUIET))
        page = browser.new_page(
            viewport={"width": WIDE, "height": HIGH}, locale="en-GB", timezone_id="Asia/Almaty", color_scheme="light"
        )
        try:
            yield page
        finally:
            browser.close()


def _sign_in(page: Any, desk: str, role: str) -> None:
    """Be one of the demonstration's people, in English."""
    page.goto(f"{desk}/sign-in?lang=en")
    page.locator(f'button[name=role][value="{role}"]').click()
    page.wait_for_url(f"{desk}/")


def _take(page: Any, address: str, file: Path, *, settles_ms: int = SETTLES_MS, high: int = HIGH) -> None:
    """Look at a page until it stands still, and take it."""
    page.set_viewport_size({"width": WIDE, "height": high})
    page.goto(address, wait_until="load")
    page.wait_for_timeout(settles_ms)
    page.screenshot(path=file)
    size = file.stat().st_size
    print(f"{file} {size // 1000} kB{'  TOO LARGE' if size > LARGEST else ''}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
