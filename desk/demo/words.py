"""What officials have typed in the demonstration, in the language in which its papers are: reasons, questions, places.

The stories tell it in English. Facts are typed once, in one language, and are shown as they were typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from machines.wording import LANGUAGES, has, say
from models.database import Db

KAZAKH_AND_RUSSIAN: Mapping[str, tuple[str, str]] = {
    "A local association does not nominate": ("Жергілікті бірлестік кандидат ұсынбайды", "Местное объединение кандидатов не выдвигает"),
    "Astana": ("Астана", "Астана"),
    "Called to another office": ("Басқа лауазымға ауысуына байланысты", "В связи с переходом на другую должность"),
    "Curriculum vitae": ("Өмірбаяндық анықтама", "Биографическая справка"),
    "Doctrine of national unity": ("Ел бірлігі доктринасы туралы", "О Доктрине национального единства"),
    "Draft, 14 pages": ("Жоба, 14 бет", "Проект на 14 листах"),
    "Ethnocultural centre": ("Этномәдени орталық", "Этнокультурный центр"),
    "Has not attended a single session for four years": (
        "Төрт жыл бойы бірде-бір сессияға қатыспаған", "В течение четырёх лет не принял участия ни в одной сессии",
    ),
    "House of Friendship, Astana": ("Астана қаласы, Достық үйі", "Дом дружбы, город Астана"),
    "Language policy in the regions": ("Өңірлердегі тіл саясаты туралы", "О языковой политике в регионах"),
    "Long illness; agreed with the member and his family": (
        "Ұзаққа созылған науқас; мүшемен және оның отбасымен келісілген", "Длительная болезнь; согласовано с членом Ассамблеи и его семьёй",
    ),
    "On the draft of the plan of measures": ("Іс-шаралар жоспарының жобасы туралы", "О проекте плана мероприятий"),
    "Order 31": ("№ 31 өкім", "Распоряжение № 31"),
    "Palace of Independence": ("Тәуелсіздік сарайы", "Дворец Независимости"),
    "Plan of measures": ("Іс-шаралар жоспары туралы", "О плане мероприятий"),
    "Publications that set ethnic groups against each other": (
        "Ұлтаралық алауыздық туғызатын жарияланымдар", "Публикации, разжигающие межнациональную рознь",
    ),
    "Report of the working body": ("Жұмыс органының есебі туралы", "Об отчёте рабочего органа"),
    "Results of the year": ("Жыл қорытындылары туралы", "Об итогах года"),
    "State of the ethnocultural associations": (
        "Этномәдени бірлестіктердің жай-күйі туралы", "О положении дел в этнокультурных объединениях",
    ),
    "The Council came to no decision": ("Кеңес шешім қабылдамады", "Совет не принял решения"),
    "The association nominates somebody else": ("Бірлестік басқа кандидат ұсынады", "Объединение выдвигает другого кандидата"),
    "The publications are not his": ("Жарияланымдардың авторы ол емес", "Публикации принадлежат не ему"),
    "The report leaves out the regions of the south": ("Есепте оңтүстік өңірлер қамтылмаған", "В отчёте не отражены южные регионы"),
    "The session of the small assembly decides, not its council": (
        "Шешімді кіші ассамблеяның кеңесі емес, сессиясы қабылдайды", "Решение принимает сессия малой ассамблеи, а не её совет",
    ),
    "Thirty years of work for accord; known throughout the country": (
        "Қоғамдық келісім жолында отыз жыл еңбек етіп, елге кеңінен танылған",
        "Тридцать лет труда на благо общественного согласия; лицо, известное всей стране",
    ),
    "To approve the draft of the plan of measures": (
        "Іс-шаралар жоспарының жобасын бекіту туралы", "Об утверждении проекта плана мероприятий",
    ),
    "To approve the plan": ("Жоспарды бекіту туралы", "Об утверждении плана"),
    "To recommend a deputy chairman": (
        "Төраға орынбасарының кандидатурасы бойынша ұсыным жасау туралы", "О рекомендации кандидатуры заместителя Председателя",
    ),
    "To support the doctrine": ("Доктринаны қолдау туралы", "О поддержке Доктрины"),
    "To take note of the report": ("Есепті назарға алу туралы", "О принятии отчёта к сведению"),
    "death certificate": ("қайтыс болуы туралы куәлік", "свидетельство о смерти"),
}  # fmt: skip

_NAMES = "SELECT name_kk, name_ru, name_en FROM bodies WHERE body_id = ?"


@dataclass(frozen=True)
class Words:
    """Something that is typed in words; *region*: of which region it is."""

    text: str
    region: str = ""


@dataclass(frozen=True)
class NameOf:
    """The name of a body, as the register has it."""

    body: str


def typed(facts: Any, db: Db, language: str) -> Any:
    """Return facts as they are typed in a language."""
    match facts:
        case Words(text, region):
            said = text if language == "en" else KAZAKH_AND_RUSSIAN[text][LANGUAGES.index(language)]
            return f"{said}, {_region(region, language)}" if region else said
        case NameOf(body):
            row = db.one(_NAMES, body)
            return row[LANGUAGES.index(language)] if row else body
        case dict():
            return {name: typed(value, db, language) for name, value in facts.items()}
        case list() | tuple():
            return [typed(value, db, language) for value in facts]
    return facts


def _region(region: str, language: str) -> str:
    key = f"register.region.{region}"
    return say(key, language) if has(key) else region.replace("_", " ")
