"""Write a scenario file: what a check found by itself, in the language in which people write theirs."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml


def written(head: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> str:
    """Write head and steps, each on a line of its own."""
    lines = [_flow({key: value})[1:-1] for key, value in head.items()]
    return "\n".join([*lines, "steps:", *(f"- {_flow(step)}" for step in steps), ""])


def remarks(text: str) -> str:
    """Write a text as remarks above the file."""
    return "".join(f"# {line}\n" for line in text.splitlines())


def _flow(value: Any) -> str:
    return yaml.safe_dump(
        plain(value), default_flow_style=True, width=10**6, sort_keys=False, allow_unicode=True
    ).strip()


def plain(value: Any) -> Any:
    """Make lists and mappings of whatever is like them."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value
