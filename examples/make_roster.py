"""Make examples/roster.csv: 350 invented members of the Assembly and the offices around it, always the same.

`python -m examples.make_roster` writes the file again; a test holds the file to what this makes. Nobody in it exists.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

from examples.invented_people import COMMUNITIES, Community, Name, feminine, patronymic

FILE = Path(__file__).with_name("roster.csv")
SEED = "kenes 856"

COLUMNS = (
    *("person_id", "name_kk", "name_ru", "name_en", "email", "language"),
    *(
        "office",
        "body",
        "region",
        "category",
        "since",
        "order_number",
        "order_date",
        "ex_officio",
        "level",
        "highest_body",
        *("body_kk", "body_ru", "body_en"),
    ),
)

# The fourteen oblasts and two cities of the Decree's time; Almaty is the city.
REGIONS = (
    *("Akmola", "Aktobe", "Almaty", "Almaty_oblast", "Astana", "Atyrau", "East_Kazakhstan", "Karaganda"),
    *("Kostanay", "Kyzylorda", "Mangystau", "North_Kazakhstan", "Pavlodar"),
    *("South_Kazakhstan", "West_Kazakhstan", "Zhambyl"),
)

# id, level, region, highest body by its charter
ASSOCIATIONS = (
    ("nca1", "republican", "", "congress"),
    ("nca2", "republican", "", "congress"),
    ("nca3", "republican", "", "conference"),
    ("nca4", "regional", "Kostanay", "conference"),
    ("nca5", "regional", "Almaty", "conference"),
    ("nca6", "regional", "South_Kazakhstan", "general_meeting"),
    ("nca7", "regional", "Karaganda", "conference"),
    ("nca8", "local", "Pavlodar", "general_meeting"),
)
# what an association is called, in Kazakh and in Latin letters
CALLED = {
    "nca1": ("Бірлік", "Birlik"), "nca2": ("Мұра", "Mura"), "nca3": ("Достық", "Dostyk"), "nca4": ("Шаңырақ", "Shanyrak"),
    "nca5": ("Жібек жолы", "Zhibek Zholy"), "nca6": ("Береке", "Bereke"), "nca7": ("Келісім", "Kelisim"), "nca8": ("Ынтымақ", "Yntymak"),
}  # fmt: skip
MINISTRIES = {
    "moj": ("Әділет министрлігі", "Министерство юстиции", "Ministry of Justice"),
    "moc": ("Мәдениет министрлігі", "Министерство культуры", "Ministry of Culture"),
    "mes": ("Білім және ғылым министрлігі", "Министерство образования и науки", "Ministry of Education and Science"),
    "mfa": ("Сыртқы істер министрлігі", "Министерство иностранных дел", "Ministry of Foreign Affairs"),
}
CANDIDATES = "ABCDEFGHIJKL"

COUNCIL_SEATS = 30
NUMBERED_MEMBERS = 347  # with the Chairman and the two deputies 350
FIRST_YEAR, LAST_YEAR = 2003, 2024
ORDERS_A_YEAR = 3

MEMBER_CATEGORIES = (*["association"] * 11, *["state_body"] * 6, *["other_person"] * 3)
SEAT_OF_CATEGORY = {"association": "association", "state_body": "state_body", "other_person": "other_member"}

Line = dict[str, str]
T = TypeVar("T")


@dataclass(frozen=True)
class Order:
    """A paper that put somebody into office."""

    number: str
    signed: date

    @property
    def cells(self) -> Line:
        """The columns of a row that this order gives."""
        day = self.signed.isoformat()
        return {"since": day, "order_number": self.number, "order_date": day}


class Draw:
    """Choices that look random and are the same on every machine and in every version of Python."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = count()

    def below(self, limit: int) -> int:
        """Draw a number from 0 to below the limit."""
        digest = hashlib.sha256(f"{self._seed}:{next(self._count)}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def one_of(self, choices: Sequence[T]) -> T:
        """Draw one of the choices."""
        return choices[self.below(len(choices))]


class Population:
    """Invents people one after another, no two of one name."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._urn = [community for community in COMMUNITIES for _ in range(community.share)]
        self._taken: set[tuple[str, str]] = set()

    def invent(self, person_id: str) -> Line:
        """Invent a person: the columns that say who it is and how to reach them."""
        community = self._draw.one_of(self._urn)
        surname, given, father = self._unused(community)
        return {
            "person_id": person_id,
            "name_kk": f"{surname.kk} {given.kk} {father.kk}",
            "name_ru": f"{surname.ru} {given.ru} {father.ru}",
            "name_en": f"{surname.en} {given.en}",
            "email": f"{given.en}.{surname.en}@example.org".lower(),
            "language": self._draw.one_of(community.languages),
        }

    def _unused(self, community: Community) -> tuple[Name, Name, Name]:
        while True:
            parts = self._full_name(community)
            spelled = (parts[0].en, parts[1].en)
            if spelled not in self._taken:
                self._taken.add(spelled)
                return parts

    def _full_name(self, community: Community) -> tuple[Name, Name, Name]:
        woman = self._draw.below(5) < 2
        surname = self._draw.one_of(community.surnames)
        given = self._draw.one_of(community.women if woman else community.men)
        father = self._draw.one_of([name for name in community.men if name != given])
        return (
            feminine(surname) if woman else surname,
            given,
            patronymic(father, woman=woman, kazakh=community.kazakh_patronymics),
        )


def make_rows() -> Iterator[Line]:
    """Make every row of the example, people in the order of their ids."""
    draw = Draw(SEED)
    people = Population(draw)
    orders = _orders(draw)
    yield from _leaders(people, draw, orders)
    yield from _members(people, draw, orders)
    for person_id in ("wb", "wb2"):
        yield {**people.invent(person_id), "office": "working_body", "since": _day(draw, 2010, 2024).isoformat()}
    yield from _small_assemblies(people, draw)
    yield from _nominating_bodies(people, draw)
    for letter in CANDIDATES:
        yield {**people.invent(f"p:{letter}"), "region": draw.one_of(REGIONS)}


def _orders(draw: Draw) -> list[Order]:
    """Make the Chairman's orders on the composition, oldest first."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    days = sorted({_day(draw, year, year) for year in years for _ in range(ORDERS_A_YEAR)})
    return [Order(f"{11 + 7 * (place % 9)}-{day.year}", day) for place, day in enumerate(days)]


def _leaders(people: Population, draw: Draw, orders: list[Order]) -> Iterator[Line]:
    chairman = {**people.invent("ch"), "region": "Astana"}
    yield {**chairman, "office": "member", "category": "state_body", **orders[0].cells}
    yield {**chairman, "office": "chairman", "since": orders[0].signed.isoformat()}
    for person_id, act in (("d1", Order("1417", date(2016, 5, 12))), ("d2", Order("602", date(2021, 6, 21)))):
        deputy = {**people.invent(person_id), "region": draw.one_of(("Astana", "Almaty"))}
        before = [order for order in orders if order.signed < act.signed]
        yield {**deputy, "office": "member", "category": "association", **draw.one_of(before).cells}
        yield {**deputy, "office": "deputy_chairman", **act.cells}


def _members(people: Population, draw: Draw, orders: list[Order]) -> Iterator[Line]:
    for number in range(1, NUMBERED_MEMBERS + 1):
        # The first sixteen live in a region each, so that none is left without a member.
        region = REGIONS[number - 1] if number <= len(REGIONS) else draw.one_of(REGIONS)
        member = {**people.invent(f"m{number}"), "region": region}
        category = draw.one_of(MEMBER_CATEGORIES)
        place = draw.below(len(orders))
        akim = category == "state_body" and draw.below(8) == 0
        held = {"category": category, "ex_officio": "akim" if akim else ""}
        yield {**member, "office": "member", **held, **orders[place].cells}
        if number <= COUNCIL_SEATS:
            seated = draw.one_of(orders[place:])
            yield {**member, "office": "council_member", "category": SEAT_OF_CATEGORY[category], **seated.cells}


def _small_assemblies(people: Population, draw: Draw) -> Iterator[Line]:
    for region in REGIONS:
        held = {"body": region, "region": region}
        since = _day(draw, 2015, 2024).isoformat()
        yield {**people.invent(f"a:{region}"), "office": "sa_chairman", **held, "since": since, "ex_officio": "akim"}
        since = _day(draw, 2008, 2024).isoformat()
        yield {**people.invent(f"s:{region}"), "office": "sa_secretariat", **held, "since": since}


def _nominating_bodies(people: Population, draw: Draw) -> Iterator[Line]:
    for name, level, region, highest_body in ASSOCIATIONS:
        charter = {"body": name, "region": region, "level": level, "highest_body": highest_body}
        since = _day(draw, 2005, 2024).isoformat()
        yield {**people.invent(f"as:{name}"), "office": "association", **charter, "since": since, **_named(name)}
    for name in MINISTRIES:
        since = _day(draw, 2012, 2024).isoformat()
        yield {**people.invent(f"sb:{name}"), "office": "state_body", "body": name, "since": since, **_named(name)}


def _named(body: str) -> Line:
    kazakh, latin = CALLED.get(body, ("", ""))
    names = MINISTRIES.get(body) or (
        f"«{kazakh}» этномәдени бірлестігі", f"Этнокультурное объединение «{kazakh}»", f"{latin} ethnocultural association"
    )  # fmt: skip
    return dict(zip(("body_kk", "body_ru", "body_en"), names, strict=True))


def _day(draw: Draw, first_year: int, last_year: int) -> date:
    """Draw a weekday between the middle of January and the end of November."""
    day = date(first_year + draw.below(last_year - first_year + 1), 1, 15) + timedelta(days=draw.below(316))
    return day - timedelta(days=max(0, day.weekday() - 4))


def render() -> str:
    """Write the example as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(make_rows())
    return text.getvalue()


if __name__ == "__main__":
    FILE.write_text(render(), encoding="utf-8", newline="\n")
