"""Run uv with the addresses and certificates that pip is configured with.

uv reads neither pip.conf nor PIP_*, and no address is written anywhere in this project: on a machine with a mirror of
its own, pip is usually configured for it, and uv has to be told the same.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}
SEPARATORS = {"find-links": ","}
SECTIONS = ("global", "install", ":env:")  # pip's own order: the later ones win


def pip_settings() -> dict[str, list[str]]:
    """Read what `pip config list` prints: one `section.name='value'` per line."""
    printed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    found: dict[tuple[str, str], list[str]] = {}
    for line in printed.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if value:
            found[section, key] = str(ast.literal_eval(value)).split()
    return {key: value for section in SECTIONS for (place, key), value in found.items() if place == section}


def main() -> None:
    """Replace this process by uv, its environment completed; what is set for uv already stays."""
    settings = pip_settings()
    environment = {
        UV_VARIABLES[key]: SEPARATORS.get(key, " ").join(value)
        for key, value in settings.items()
        if key in UV_VARIABLES
    }
    if settings.get("no-index", ["0"])[0] in {"1", "true", "yes", "on"}:
        environment["UV_NO_INDEX"] = "1"
    # Hashes pin every file, so the best match may come from any index, as with pip.
    environment |= {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_LINK_MODE": "copy"}
    uv = Path(sys.executable).with_name("uv")
    os.execve(uv, [str(uv), *sys.argv[1:]], environment | os.environ)


if __name__ == "__main__":
    main()
