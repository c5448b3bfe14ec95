"""Names of people who do not exist, in Kazakh, Russian and English, as the communities of Kazakhstan bear them.

A name is written `kazakh/russian`, once where both spell it alike; the English follows from the Kazakh by `latin`, or
stands as a third part where the community writes it its own way.
"""

from dataclasses import dataclass

_LATIN = str.maketrans("аәбвгғдезийкқлмнңоөпрстуұүфһыіэ", "aabvggdeziikklmnnooprstuuufhyie") | str.maketrans(
    {
        "ё": "yo",
        "ж": "zh",
        "х": "kh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "shch",
        "ъ": "",
        "ь": "",
        "ю": "yu",
        "я": "ya",
    }
)


@dataclass(frozen=True)
class Name:
    """One part of a name in its three spellings."""

    kk: str
    ru: str
    en: str


@dataclass(frozen=True)
class Community:
    """The names of one community, how often it is met and the languages its people choose."""

    title: str
    share: int
    surnames: tuple[Name, ...]
    men: tuple[Name, ...]
    women: tuple[Name, ...]
    languages: tuple[str, ...] = ("ru", "ru", "ru", "kk")
    kazakh_patronymics: bool = False


def latin(text: str) -> str:
    """Write a Kazakh or Russian name in English letters."""
    return _eased(text.lower()).translate(_LATIN).title()


def _eased(text: str) -> str:
    """Spell out the few places where a letter depends on its neighbours: Yerlan, Vasily, Anatolyevich."""
    for ending in ("ий", "ый"):
        text = text[: -len(ending)] + "y" if text.endswith(ending) else text
    text = text.replace("ье", "ye").replace("ъе", "ye")
    return "ye" + text[1:] if text.startswith("е") else text


def feminine(name: Name) -> Name:
    """Give a woman's form of a surname; those without a Russian ending stay as they are."""
    if name.ru.endswith("ский"):
        return Name(name.kk[:-2] + "ая", name.ru[:-2] + "ая", name.en[:-1] + "a")
    if name.ru.endswith(("ов", "ев", "ёв", "ин")):
        return Name(name.kk + "а", name.ru + "а", name.en + "a")
    return name


def patronymic(father: Name, *, woman: bool, kazakh: bool) -> Name:
    """Form a patronymic: with ұлы and қызы in Kazakh families, with -ович and -овна otherwise."""
    russian = _stem(father.ru) + ("на" if woman else "ич")
    if not kazakh:
        return Name(russian, russian, latin(russian))
    own = father.kk + ("қызы" if woman else "ұлы")
    return Name(own, russian, latin(own))


def _stem(father: str) -> str:
    if father.endswith("ий"):
        return father[:-2] + "ьев"
    if father.endswith(("й", "ь")):
        return father[:-1] + "ев"
    if father.endswith(("ж", "ц", "ч", "ш", "щ")):
        return father + "ев"
    return father + "ов"


def _names(text: str) -> tuple[Name, ...]:
    return tuple(_name(*spellings.split("/")) for spellings in text.split())


def _name(kk: str, ru: str = "", en: str = "") -> Name:
    return Name(kk, ru or kk, en or latin(kk))


_KAZAKH_MEN = _names("""
    Нұрлан/Нурлан Серік/Серик Қайрат/Кайрат Ерлан Бауыржан/Бауржан Мұрат/Мурат Дәурен/Даурен Жәнібек/Жанибек Асқар/Аскар
    Ғалым/Галым Сәкен/Сакен Өмірбек/Омирбек Талғат/Талгат Болат Қуаныш/Куаныш Ербол Әділет/Адилет Жандос Ұлан/Улан
    Бекзат Мейрам Тілек/Тилек Үсен/Усен Марат Азамат Еркін/Еркин Самат Шыңғыс/Чингис
""")
_KAZAKH_WOMEN = _names("""
    Әсел/Асель Гүлнар/Гульнар Айгүл/Айгуль Жанар Сәуле/Сауле Ләззат/Лаззат Қарлығаш/Карлыгаш Мәдина/Мадина Ұлпан/Улпан
    Бибігүл/Бибигуль Шолпан Ақмарал/Акмарал Әйгерім/Айгерим Бақыт/Бахыт Күлпаш/Кульпаш Назгүл/Назгуль Перизат Әлия/Алия
    Жұлдыз/Жулдыз Меруерт Қымбат/Кымбат Зейнеп/Зейнеп Гүлжан/Гульжан Ботагөз/Ботагоз Ардақ/Ардак Індіра/Индира
""")
_SLAVIC_MEN = _names("""
    Сергей Алексей Виктор Владимир Николай Андрей Анатолий Василий Геннадий Евгений Игорь Олег Леонид Максим Роман Артём
    Степан Фёдор Иван Григорий Вадим Юрий Семён Тарас
""")
_SLAVIC_WOMEN = _names("""
    Ольга Людмила Татьяна Наталья Светлана Ирина Елена Галина Валентина Надежда Вера Любовь Юлия Оксана Тамара Зоя
    Екатерина Ксения Алёна Раиса Нина Дарья Лариса
""")
_TURKIC_MEN = _names("""
    Рустам Фархад Ильдар Равшан Шаһмұрат/Шахмурат Дилмұрат/Дильмурат Әкрам/Акрам Ришат Бахтияр Ильхам Ғайрат/Гайрат
    Наиль Фарид Ринат Әнуар/Ануар Шухрат Сұлтан/Султан Тахир Баһадүр/Бахадур Әзиз/Азиз Дамир Халид Исмар
""")
_TURKIC_WOMEN = _names("""
    Гүлбаһрам/Гульбахрам Патигүл/Патигуль Зүлфия/Зульфия Диләрам/Диларам Мәһинур/Махинур Эльмира Наиля Гүзәл/Гузель
    Ләйсән/Лейсан Дильбар Наргиза Феруза Мавлюда Рәбия/Рабия Зухра Халима Фәтима/Фатима Саида Мәрзия/Марзия Розия
    Һәжәр/Хажар Севда
""")

_SLAVIC = (_SLAVIC_MEN, _SLAVIC_WOMEN)
_TURKIC = (_TURKIC_MEN, _TURKIC_WOMEN)

_RUSSIAN_OR_ENGLISH = ("ru", "ru", "en")

COMMUNITIES = (
    Community(
        "Kazakh",
        120,
        _names("""
            Әбдіқадыров/Абдикадыров Жұмағалиев/Жумагалиев Өтегенов/Утегенов Қожамұратов/Кожамуратов Дүйсенбин/Дуйсенбин
            Тілеубердин/Тлеубердин Ыбырайымов/Ибраимов Ғабитов/Габитов Сәрсенғалиев/Сарсенгалиев Бөкетаев/Букетаев
            Мұқашев/Мукашев Құлмағамбетов/Кулмагамбетов Есенкелдин Шәймерденов/Шаймерденов Үмбетов/Умбетов
            Қаратаев/Каратаев Әлімқұлов/Алимкулов Ниязбеков Тоғызбаев/Тогызбаев Рысмағамбетов/Рысмагамбетов
            Жүнісбай/Жунусбай Байділдин/Байдильдин Кенжеғара/Кенжегара Ұзақбаев/Узакбаев Ерғожин/Ергожин Исатай
            Ақжолов/Акжолов Сейітқали/Сейткали Досмұхан/Досмухан Маңғытаев/Мангытаев Тұрлыбек/Турлыбек
            Қыдырбаев/Кыдырбаев Жиенғали/Жиенгали Төлеуқұлов/Тулеукулов Ізтілеуов/Изтлеуов Орманғазин/Ормангазин
        """),
        _KAZAKH_MEN,
        _KAZAKH_WOMEN,
        ("kk", "kk", "kk", "ru", "en"),
        kazakh_patronymics=True,
    ),
    Community(
        "Russian",
        62,
        _names("""
            Соколов Лебедев Морозов Зайцев Белов Тарасов Гусев Воробьёв Журавлёв Щербаков Широков Рябов Ершов Чернышёв
            Зимин Клюев Дорохов Объедков Сухарев Пшеницын Ярцев Юдин Фомин Хлебников
        """),
        *_SLAVIC,
        ("ru",),
    ),
    Community(
        "Ukrainian",
        24,
        _names("""
            Бондаренко Ткаченко Кравченко Мельник Гончар Савчук Панченко Остапчук Юрченко Дорошенко Левчук Стеценко
        """),
        *_SLAVIC,
        _RUSSIAN_OR_ENGLISH,
    ),
    Community(
        "German",
        22,
        _names("""
            Вебер//Weber Беккер//Becker Бауэр//Bauer Келлер//Keller Краузе//Krause Ланг//Lang Штейн//Stein
            Шнайдер//Schneider Эккерт//Eckert Вольф//Wolf Гаус//Haus Циглер//Ziegler
        """),
        _SLAVIC_MEN + _names("Генрих//Heinrich Артур//Arthur Эдуард//Eduard Герман//Hermann"),
        _SLAVIC_WOMEN + _names("Эльза//Elsa Ирма//Irma Эмма//Emma Гильда//Hilda"),
        _RUSSIAN_OR_ENGLISH,
    ),
    Community(
        "Korean",
        22,
        _names("Ким Пак Ли Югай Хегай Ногай Шегай Тян Эм Магай Кан Огай Шин Дю"),
        _SLAVIC_MEN + _names("Герман Валерий Вячеслав"),
        _SLAVIC_WOMEN + _names("Роза Клара Эльвира"),
        _RUSSIAN_OR_ENGLISH,
    ),
    Community(
        "Uyghur",
        24,
        _names("""
            Һамраев/Хамраев Розыбақиев/Розыбакиев Зұлпықаров/Зулпыкаров Тұрдиев/Турдиев Арзиев Ашуров Құрбанов/Курбанов
            Садықов/Садыков Айсаев Имиров Тоһтиев/Тохтиев Насыров
        """),
        *_TURKIC,
    ),
    Community(
        "Tatar",
        20,
        _names("""
            Ғалиуллин/Галиуллин Ғайнуллин/Гайнуллин Шәкіров/Шакиров Бикбулатов Фәйзуллин/Файзуллин Яруллин
            Сәлімов/Салимов Мұхамедьяров/Мухамедьяров Хәсәншин/Хасаншин
        """),
        *_TURKIC,
    ),
    Community(
        "Uzbek",
        22,
        _names("""
            Кәрімжанов/Каримжанов Юлдашев Мирзаев Абдурахманов Тұрсынов/Турсунов Ташметов Сабиров Эргашев Холматов
            Жәлілов/Жалилов Хакимжанов
        """),
        *_TURKIC,
    ),
    Community("Dungan", 12, _names("Машанло Лумазов Ванахун Маджун Хахазов Джумазов Шимаров"), *_TURKIC),
    Community("Turkish", 12, _names("Османов Бадалов Дурсунов Шахисмаилов Тефиков Кибаров"), *_TURKIC),
    Community("Azerbaijani", 12, _names("Гусейнов Аббасов Бабаев Агаев Велиев Мехтиев"), *_TURKIC),
    Community("Kurdish", 8, _names("Мустафаев Мирзоев Гасанов Сулейманов Ахмедшаев"), *_TURKIC),
    Community("Chechen and Ingush", 10, _names("Хамхоев Оздоев Гайтукаев Цечоев Исламгириев"), *_TURKIC),
    Community(
        "Polish",
        12,
        _names("""
            Ковальский//Kowalski Вишневский//Wisniewski Домбровский//Dombrowski Яблонский//Jablonski Заремба//Zaremba
            Мазур//Mazur Кучинский//Kuczynski
        """),
        _SLAVIC_MEN + _names("Станислав//Stanislaw Казимир//Kazimierz"),
        _SLAVIC_WOMEN + _names("Ядвига//Jadwiga Ванда//Wanda"),
        _RUSSIAN_OR_ENGLISH,
    ),
    Community("Belarusian", 8, _names("Янкевич Станкевич Кухарчик Жданович Бобрович"), *_SLAVIC, ("ru",)),
    Community("Greek", 6, _names("Иорданиди Харитониди Асланиди Кириакиди Пападопуло"), *_SLAVIC, ("ru",)),
    Community("Armenian", 6, _names("Геворкян Манукян Мелконян Оганесян Погосян"), *_SLAVIC, ("ru", "en")),
)
