"""Write the letters of all templates in all languages to tests/golden/messages, to be read by people.

Run `python -m tests.make_golden` after texts were changed on purpose, and read what the version control shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flows.writing import link_to
from machines import terms
from machines.letters import MERGED, Letter, audiences_of, compose, templates
from machines.procedures import PROCEDURES
from machines.refusal import Refusal
from machines.wording import LANGUAGES

GOLDEN = Path(__file__).with_name("golden") / "messages"
ZONE = "Asia/Almaty"
PEOPLE = {
    "kk": {"m7": "Әлия Бекова", "d2": "Ербол Сәрсенов"},
    "ru": {"m7": "Алия Бекова", "d2": "Ербол Сарсенов"},
    "en": {"m7": "Aliya Bekova", "d2": "Yerbol Sarsenov"},
}


DESK = "http://127.0.0.1:8420"


def counted(count: terms.Count) -> dict[str, Any]:
    return {"due": count.due.isoformat(), "zone": count.zone, "steps": terms.steps_to_json(count.steps)}


THIRTY_DAYS = counted(terms.days(date(2026, 11, 24), 30, zone=ZONE))
A_DAY_NAMED = counted(terms.from_day(date(2026, 12, 1), ZONE))
A_MEETING = counted(terms.at(datetime(2026, 11, 24, 5, 0, tzinfo=UTC), zone=ZONE))
A_MONTH_BEFORE = counted(terms.months_back(date(2026, 12, 24), 1, zone=ZONE, extra_day=False))
NO_CONSENT = Refusal("14.1a", "candidacy.no_consent").as_data()
ANOTHER_REGION = Refusal("15.0b", "removal.another_region", {"region": "Almaty", "own": "Astana"}).as_data()

# What the letters of a template are given beside what all are given.
SAMPLES: dict[str, dict[str, Any]] = {
    "candidacy.nominated": {"warnings": [NO_CONSENT]},
    "candidacy.considered": THIRTY_DAYS,
    "candidacy.submitted": THIRTY_DAYS,
    "membership.office_changed": THIRTY_DAYS,
    "membership.leaving": A_DAY_NAMED,
    "removal.submitted": THIRTY_DAYS | {"warnings": [ANOTHER_REGION]},
    "poll.opened": THIRTY_DAYS,
    "poll.extended": THIRTY_DAYS,
    "session.convened": A_MONTH_BEFORE,
    "session_request.registered": THIRTY_DAYS,
    "edition.proposed": A_DAY_NAMED,
    "edition.confirmed": A_DAY_NAMED,
    "reminder.session.announcement": A_MONTH_BEFORE,
    "passed.session.announcement": A_MONTH_BEFORE,
    "passed.candidacy.consideration": A_MEETING,
    MERGED: {
        "items": [
            {"template": "reminder.candidacy.submission", "number": "C-2026-0014"} | THIRTY_DAYS,
            {"template": "passed.removal.decision", "number": "R-2026-0002"} | A_MEETING,
        ]
    },
}

# Which act the reader is asked for, as machines/asked.py finds it.
ASKED = {
    "candidacy.nominated": "admit",
    "candidacy.considered": "submit",
    "candidacy.submitted": "approve",
    "removal.submitted": "grant",
    "edition.proposed": "confirm",
    "reminder.edition.confirmation": "confirm",
    "council_meeting.drafted": "sign",
    "council_meeting.signed": "agree",
    "poll.drafted": "open",
    "poll.opened": "answer",
    "session.convened": "announce",
    "reminder.candidacy.submission": "submit",
    "reminder.candidacy.approval": "approve",
    "reminder.membership.removal_task": "removal.submit",
    "reminder.removal.decision": "grant",
    "reminder.council_meeting.agreement": "agree",
    "reminder.poll.closing": "answer",
    "reminder.session.announcement": "announce",
    "reminder.session_request.convening": "session.convene",
}

# A case with every fact that letters tell of.
FACTS: dict[str, Any] = {
    "outcome": "recommended",
    "kind": "ordinary",
    "starts_at": "2026-11-24T10:00:00",
    "last_day": "2026-11-25",
    "closes_on": "2026-12-24",
    "city": "Астана",
    "place": "Дворец мира и согласия",
    "question": "О плане действий на 2027 год",
    "agenda": ["Отчёт рабочего органа", "План действий на 2027 год"],
    "questions": ["О работе малых ассамблей"],
    "rule": "council.majority",
    "value": "3/4",
    "since": "2026-12-01",
    "open_cases": "keep",
    "case": "C-2026-0009",
    "reason": "Приказ о переносе дней отдыха",
}
LATER = {"starts_at": "2026-12-24T10:00:00", "last_day": "2026-12-25"}  # whose month before lies ahead
UNDECIDED = (
    "candidacy.nominated",
    "candidacy.admitted",
    "candidacy.returned",
    "candidacy.withdrawn",
    "passed.candidacy.consideration",
)


def letter_of(name: str, language: str) -> Letter:
    """Compose the example letter of a template."""
    kind, _, rest = name.partition(".")
    of_deadline = kind in ("reminder", "passed")
    ahead = A_MEETING if name.endswith((".agreement", ".meeting", ".opening")) else THIRTY_DAYS
    parameters = SAMPLES.get(name, ahead if of_deadline else {}) | ({"days": 3} if of_deadline else {})
    facts = {fact: value for fact, value in FACTS.items() if fact != "outcome" or name not in UNDECIDED}
    parameters |= {
        "facts": facts | (LATER if "announcement" in name or name == "session.convened" else {}),
        "zone": ZONE,
    }
    if "hold_by" in name:
        parameters["facts"]["kind"] = "extraordinary"
    procedure = PROCEDURES.get(rest.partition(".")[0] if of_deadline else kind)
    number = f"{procedure.letter}-2026-0014" if procedure else ""
    link = link_to(DESK, number, ASKED.get(name, "")) if procedure else f"{DESK}/inbox"
    why = audiences_of(name).split()[0] if procedure else "several"
    return compose(
        name, language, parameters=parameters, number=number, link=link, why=why, names=PEOPLE[language], person="m7"
    )


def letters() -> Iterator[tuple[Path, str]]:
    """Yield every example letter with the file that keeps it."""
    for language in LANGUAGES:
        for name in (*templates(), MERGED):
            letter = letter_of(name, language)
            yield GOLDEN / language / f"{name}.txt", f"{letter.subject}\n\n{letter.body}\n"


def main() -> None:
    """Write what has changed, and take away what nobody sends any more."""
    wanted = dict(letters())
    for path in sorted(set(GOLDEN.rglob("*.txt")) - set(wanted)):
        path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
