"""docs/norms.md: every norm in our words, with what carries it out and what plays it, or why nothing does."""

from collections.abc import Iterator
from itertools import groupby

from desk.accounted import rulings_about, scenarios_about
from machines.accounts import Account, accounts
from machines.carried_out import KINDS
from machines.located import located
from machines.norms import NORMS, Norm

INTRODUCTION = """# The norms

Made from `machines/norms.toml`, the tables in `machines/` and `machines/accounts.py` by `python -m tests.documents`: not to be edited
by hand. `kenes norms` and `GET /api/v1/norms` say the same, in Kazakh, Russian or English.

The Decree of 26 April 2002 No. 856 with its Strategy and its Regulation holds {all} norms that a service could carry out, check or
record. Here each stands in our own words; the words of the law are [on its own page]({url}) (in Russian;
[in Kazakh]({kk})). **Accounted for: {all} of {all}. Carried out: {carried}. Not carried out: {missing}.**

{table}
How to read it: an *act* is done by an official, a *guard* refuses or warns, a *deadline* is watched by the clock, a *consequence*
happens on a linked case with the act, a *notice* is sent with it, a *record* is kept beside the journal, a *standing duty* is met or
breached, an *excluded way* is one that the tables are checked never to open. A name leads to the file that has it. A *scenario* plays
the norm with dates, and `kenes simulate` plays the scenario. Where a norm is open, its *ruling* stands in [rulings.md](rulings.md).
"""

CHAPTERS = (
    ("D.", "The Decree itself"),
    ("S.1", "Strategy, passport"),
    ("S.4.1", "Strategy, 4.1: a Kazakhstani identity"),
    ("S.4.2", "Strategy, 4.2: state and civil society"),
    ("S.4.3", "Strategy, 4.3: the work of the Assembly itself"),
    ("S.5", "Strategy, 5: how it is carried out"),
    ("S.6", "Strategy, 6: what is expected of it"),
    ("1 2 3", "Regulation, items 1 to 3: status, principles, force of decisions"),
    ("4 5 6", "Regulation, items 4 to 6: goals, tasks, directions"),
    ("7", "Regulation, item 7: the Chairman and the deputies"),
    ("8", "Regulation, item 8: sessions"),
    ("9", "Regulation, item 9: the Council"),
    ("10 11", "Regulation, items 10 and 11: advisory bodies"),
    ("12", "Regulation, item 12: the working body"),
    ("13 14 15", "Regulation, items 13 to 15: membership"),
    ("16 17 18 19", "Regulation, items 16 to 19: small assemblies"),
    ("20 21", "Regulation, items 20 and 21: rights and duties of members"),
    ("22 23 24", "Regulation, items 22 to 24: leadership and money"),
)
NAMES = {"standing duty": "standing duty", **{kind: f"{kind}s" for kind in KINDS if kind != "standing duty"}}


def norms_document() -> str:
    """Write docs/norms.md, in the order of the Decree."""
    chapters = [(title, list(norms)) for title, norms in groupby(NORMS.values(), _chapter_of)]
    carried = sum(bool(account.places) for account in accounts().values())
    url = NORMS["1.1"].url
    head = INTRODUCTION.format(
        all=len(NORMS), carried=carried, missing=len(NORMS) - carried, table=_counts(chapters), url=url["ru"], kk=url["kk"]
    )  # fmt: skip
    return "\n".join([head, *("\n".join([f"## {title}\n", *map(_entry, norms)]) for title, norms in chapters)])


def _chapter_of(norm: Norm) -> str:
    """Find the chapter: by the section of the Decree and of the Strategy, else by the item."""
    item = norm.id.partition(".")[0]
    if item in "DS":
        return next(title for places, title in CHAPTERS if norm.id.startswith(places))
    return next(title for places, title in CHAPTERS if item in places.split())


def _counts(chapters: list[tuple[str, list[Norm]]]) -> str:
    lines = ["| chapter | norms | carried out | not |", "|---|---|---|---|"]
    for title, norms in chapters:
        carried = sum(bool(accounts()[norm.id].places) for norm in norms)
        lines.append(f"| [{title}](#{_anchor(title)}) | {len(norms)} | {carried} | {len(norms) - carried} |")
    return "\n".join([*lines, ""])


def _anchor(title: str) -> str:
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")


def _entry(norm: Norm) -> str:
    account = accounts()[norm.id]
    lines = [*_lines(account)] if account.places else [f"- *Not carried out.* {account.why_not('en')}"]
    rulings = ", ".join(f"`{key}`" for key in rulings_about(norm.id))
    played = ", ".join(f"[{file.rpartition('/')[2][:-5]}](../{file})" for file in scenarios_about().get(norm.id, ()))
    lines += [f"- rulings: {rulings}"] if rulings else []
    lines += [f"- scenarios: {played}"] if played else []
    return "\n".join([f"### {norm.id} {norm.title['en']}\n", f"{norm.wording['en']}\n", *lines, ""])


def _lines(account: Account) -> Iterator[str]:
    """Write the places of one kind on one line, each leading to its code."""
    if account.why("en"):
        yield f"- {account.why('en')}"
    for kind, places in groupby(account.places, lambda place: place.kind):
        links = (
            f"[{place.name.removeprefix('machines.').removeprefix('models.')}](../{located(place).file})"
            for place in places
        )
        yield f"- {NAMES[kind]}: {', '.join(links)}"
