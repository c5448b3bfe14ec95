"""What is typed as YAML on the command line: facts, papers, acts to play."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import typer


def read_mapping(text: str, where: str) -> dict[str, Any]:
    """Read names with values of an option, in YAML."""
    return mapping(read_yaml(text, where), where)


def acts_of(path: str) -> list[dict[str, Any]]:
    """Read a list of acts to play."""
    acts = read_file(path)
    if not isinstance(acts, list) or not all(isinstance(one, dict) and "act" in one for one in acts):
        raise typer.BadParameter(f"{path}: expected a list of {{act, facts, …}}")
    return acts


def read_file(path: str) -> Any:
    """Read a file of YAML or JSON; - reads stdin."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{path}: this is no text in UTF-8") from None
    return read_yaml(text, path)


def read_yaml(text: str, where: str) -> Any:
    """Read YAML into the types of JSON: days become their text, as the API gets them."""
    import yaml

    try:
        return json.loads(json.dumps(yaml.safe_load(text), default=_iso))
    except RecursionError:
        raise typer.BadParameter(f"{where}: this is nested too deeply") from None
    except ValueError as error:  # of a day that YAML takes for one
        raise typer.BadParameter(
            f"{where}: a value cannot be read: {error}; a date is written as 2006-04-14, and exists"
        ) from None
    except (yaml.YAMLError, TypeError) as error:
        raise typer.BadParameter(f"{where}: this is no YAML: {error}") from None


def _iso(value: Any) -> str:
    if not isinstance(value, date):
        raise TypeError(f"facts have no {type(value).__name__}")
    return value.isoformat()


def mapping(value: Any, where: str) -> dict[str, Any]:
    """Return names with values, or say that they were expected."""
    if not isinstance(value, dict):
        raise typer.BadParameter(f"{where}: expected names with values, such as {{number: '7', date: 2006-04-14}}")
    return value
