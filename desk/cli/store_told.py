"""What `kenes backup`, `restore` and `move` say of what they did: in words, or as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.cli.console import Console, moment
from desk.cli.record import keys_of

if TYPE_CHECKING:
    from models.backup_file import Backup
    from models.copying import Copied

KEY_CUT = 16  # digits of a public key that tell it from others


def say_checked(console: Console, kept: Backup) -> None:
    """Look through a backup to the last entry, as a restore would."""
    from machines.copied import look_through
    from models.backup import compare

    with kept.database.transaction(write=False) as db:
        found = look_through(db)
    compare(kept, found)
    if console.as_json:
        return console.data({"file": str(kept.file), "restored": False, **_of_backup(kept), **counts(found)})
    console.say(f"{kept.file} is whole: {counted(found)}; made {_made(console, kept)}. Nothing was restored.")
    return None


def say_restored(console: Console, kept: Backup, copied: Copied, target: str, *, elsewhere: bool) -> None:
    """Say what was restored from when, and what to do next."""
    if console.as_json:
        told = {"file": str(kept.file), "restored": True, "to": target}
        return console.data({**told, **_of_backup(kept), **counts(copied)})
    console.say(f"Restored into {target}: {counted(copied)}.")
    console.say("Every row and every entry is that of the backup, and the journal is whole.")
    console.say(
        f"The backup was made {_made(console, kept)}. What was done later is not in it: tokens that were revoked"
    )
    console.say("since are good again, and personal facts that were erased since are back.")
    if copied.waiting:
        console.say(
            f"Messages that waited then: {copied.waiting}. They are sent when the service runs, under the same ids."
        )
    say_next(console, elsewhere=elsewhere)
    return None


def say_next(console: Console, *, elsewhere: bool) -> None:
    """Say what to do next."""
    console.say("Next:")
    if elsewhere:
        console.say("  set KENES_DATABASE_URL (or database_url in kenes.toml) to the new address, everywhere")
    if not keys_of(console):
        console.say(
            f"  put the signing key to {console.settings.home / 'signing.key'}: else a new one is made, which fits no seal"
        )
    console.say("  kenes verify")
    console.say("  kenes up")


def _made(console: Console, kept: Backup) -> str:
    from datetime import datetime

    from machines.zones import local_time

    manifest = kept.manifest
    at = local_time(datetime.fromisoformat(manifest.at), console.settings.zone)
    return f"{moment(at)} by kenes {manifest.kenes}, signed by the key {manifest.key[:KEY_CUT]}…"


def counted(copied: Copied) -> str:
    """Say in numbers what was copied."""
    rows = sum(one.rows for one in copied.sums.values())
    return f"{copied.entries} entries of {copied.cases} cases, {copied.seals} seals, {rows} rows of {len(copied.sums)} tables"


def _of_backup(kept: Backup) -> dict[str, Any]:
    manifest = kept.manifest
    return {"made": manifest.at, "by": manifest.kenes, "key": manifest.key}


def counts(copied: Copied) -> dict[str, Any]:
    """Return what was copied and found whole, in numbers."""
    numbers = {"entries": copied.entries, "cases": copied.cases, "seals": copied.seals, "erased": copied.erased}
    tables = {name: one.rows for name, one in copied.sums.items()}
    return {"verified": True, **numbers, "messages_waiting": copied.waiting, "tables": tables}


def as_data(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return what a backup says of itself as data."""
    copied = manifest.pop("copied")
    sums = copied.pop("sums")
    return {**manifest, **copied, "tables": {name: {"rows": one[0], "digest": one[1]} for name, one in sums.items()}}
