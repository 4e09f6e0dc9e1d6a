"""Values for the placeholders of pii_frames.txt: `Values(seed).make(kind, r)` gives a string.

Three sources: Faker over many locales (pools made once, about 10 s on an idle core), the hand-typed lists of pii_lists.py and
pii_words.py, and names put together from halves of others, so that no name can be learned by heart. Numbers obey their checks.
"""
from __future__ import annotations

import random
import re
import string
import unicodedata

from faker import Faker

import pii_lists as L
import pii_numbers as N
import pii_words as W
from pii_numbers import digits, pick

LOCALES = """en_US en_US en_US en_GB en_GB en_AU en_CA en_IE en_NZ en_IN en_NG zu_ZA tw_GH de_DE de_AT de_CH fr_FR fr_CH fr_CA es_ES es_MX es_CO es_AR it_IT pl_PL
sv_SE da_DK no_NO fi_FI is_IS nl_NL nl_BE pt_BR pt_PT cs_CZ sk_SK sl_SI hr_HR hu_HU ro_RO tr_TR az_AZ et_EE lt_LT lv_LV id_ID fil_PH vi_VN ga_IE el_GR""".split()
HONORIFIC = re.compile(r"^(?:\S{1,12}\.|[Dd]r|Prof|Ing|Mr|Mrs|Ms|Miss|Pan|Pani|pan|pani|Fru|Herr|Frau|Bay|Bayan|Sig|Univ|Dott|Sra|Srta|Madam|Sir|Dame|Mevrouw|Doña|Don)\s+")
TAIL = re.compile(r",?\s(?:[A-Z]\w*\.(?:[A-Za-z]+\.?)*|DDS|MD|PhD|DVM|B\.?Sc\.?|MBA\.?|CSc\.|DiS\.)$")
JUNK_MAIL = "armyspy.com cuvox.de dayrep.com einrot.com fleckens.hu gustr.com jourrapide.com rhyta.com superrito.com teleworm.us".split()
ORG_OF = ["University of {}", "Bank of {}", "Museum of {}", "City of {}", "Port of {}", "Church of {}", "Academy of {}", "Friends of {}", "State University of {}", "College of {}"]
ORG_PLACE = ["{} Hospital", "{} General Hospital", "{} City Council", "{} Airport", "{} Symphony", "{} Philharmonic", "{} Times", "{} Herald", "{} Post", "{} Daily News", "{} Police Department",
             "{} United", "FC {}", "{} City FC", "{} Rovers", "{} Chamber of Commerce", "{} State University", "{} Institute of Technology", "{} Public Library", "{} Zoo", "{} Festival",
             "{} High School", "{} Savings Bank", "{} Opera", "Radio {}", "{} Medical Center", "{} School District", "{} Art Gallery", "{} Tigers", "{} Wanderers", "Technical University {}"]
ORG_LAND = ["Ministry of {what} of {}", "Bank of {}", "{} Airlines", "Air {}", "{} Telecom", "Central Bank of {}", "{} Football Association", "National Library of {}", "Supreme Court of {}", "{} Post"]
LONG = """Democratic Republic of the Congo,Republic of the Congo,People's Republic of China,Republic of Ireland,Republic of Korea,Syrian Arab Republic,Russian Federation,United States of America,United Kingdom of Great Britain
United Republic of Tanzania,Islamic Republic of Iran,Lao People's Democratic Republic,Bolivarian Republic of Venezuela,Federated States of Micronesia,Saint Vincent and the Grenadines,Sao Tome and Principe,Turks and Caicos Islands
Cyprus (Greek),Cyprus (Anglicized),Kingdom of Denmark,Hashemite Kingdom of Jordan,Republic of Moldova,Greater China""".replace("\n", ",").split(",")
WHAT = "Finance,Health,Education,Defence,Justice,Labour,Transport,Agriculture,Energy,the Interior,Foreign Affairs,Culture,Trade".split(",")
NGO = ["{} Foundation", "{} Trust", "{} Alliance", "Save the {}", "{} Without Borders", "{} Watch", "{} Society", "{} Federation", "{} Association", "Institute for {}", "Center for {}", "{} Council"]
CAUSE = """Children,Rivers,Whales,Forests,Teachers,Nurses,Peace,Clean Water,Human Rights,Open Government,Heart Health,Rural Development,Young Readers,Animal Welfare,Press Freedom,Cancer Research
Climate Action,Blind Veterans,Refugees,Women in Science,Fair Trade,Public Safety,Digital Rights,Farm Workers,Music Education""".replace("\n", ",").split(",")
TRADE = """Bakery,Plumbing,Roofing,Law,Dental,Pharmacy,Garage,Motors,Travel,Construction,Architects,Brewing,Coffee,Pizza,Books,Records,Films,Pictures,Games,Toys,Fashion,Jewelers,Optics,Florist,Cleaning
Security,Storage,Shipping,Freight,Airlines,Hotels,Resorts,Realty,Properties,Insurance,Bank,Capital,Ventures,Investments,Advisors,Analytics,Software,Systems,Networks,Robotics,Biotech,Pharma,Health,Foods
Farms,Fisheries,Textiles,Steel,Mining,Oil,Gas,Solar,Energy,Electric,Telecom,Media,Press,Studios,Entertainment,Sports,Fitness,Education,Academy,Consulting,Partners,Group,Holdings,Industries,Works,Labs
Technologies,Solutions,Services,Logistics,Tools,Kitchen,Grill,Theatre,Orchestra,Quartet""".replace("\n", ",").split(",")
LEGAL = "Inc,Inc.,Ltd,Ltd.,LLC,LLP,Corp,Corp.,Corporation,Incorporated,Limited,Co.,Company,PLC,plc,GmbH,AG,SE,KG,S.A.,SA,S.p.A.,S.r.l.,SARL,B.V.,NV,AB,A/S,ASA,Oy,Sp. z o.o.,Kft.,a.s.,Pty Ltd,& Co,& Co.".split(",")
UNIT = ["Apt. {}", "Suite {}", "Apt {}", "Unit {}", "#{}", "Flat {}", "Floor {}", "Room {}", "Apartment {}", "Ste. {}", "Bldg. {}"]
FAKER_STREET = """Alley,Branch,Bypass,Canyon,Cape,Common,Corner,Cove,Creek,Crossing,Dale,Estate,Extensions,Fields,Flat,Ford,Forest,Fork,Glen,Green,Harbor,Haven,Heights,Hollow,Isle,Junction,Key,Knoll,Landing,Light,Loaf,Manor,Mill
Mount,Neck,Overpass,Park,Pass,Pike,Pine,Plain,Point,Port,Prairie,Ranch,Rapid,Rest,Ridge,River,Row,Rue,Run,Shoal,Shore,Spur,Station,Stream,Throughway,Trace,Trail,Tunnel,Turnpike,Union,View,Villages,Vista,Well""".replace("\n", ",").split(",")
STREETY = ["Rue de {}", "rue {}", "avenue {}", "boulevard {}", "place {}", "Via {}", "Viale {}", "Piazza {}", "Corso {}", "Calle {}", "C/ {}", "Avenida {}", "Av. {}", "Plaza {}", "Carrera {}", "Paseo {}", "Rua {}", "R. {}",
           "Travessa {}", "ul. {}", "aleja {}", "ulica {}", "náměstí {}", "{} utca", "{} u.", "{} út", "{} tér", "{}gatan", "{}vägen", "{}veien", "{}gata", "{}vej", "{}gade", "{}katu", "{}tie", "{}straat", "{}laan",
           "{}weg", "{}straße", "{}strasse", "{}platz", "{}allee", "{}gasse", "Am {}", "An der {}", "{} cesta", "Strada {}", "Bulevardul {}", "{} Caddesi", "{} Sokak", "Jalan {}", "Jl. {}", "{} Marg", "{}braut", "{}stígur", "{} iela", "{} gatvė"]


def title(r: random.Random, x: str) -> str:
    """Mostly as it is; now and then in capitals or small letters, the way forms and chats have it."""
    y = r.random()
    return x.upper() if y < .03 else x.lower() if y > .98 else x


def ascii_word(x: str) -> str:
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", x.lower().replace("ø", "o").replace("ł", "l").replace("ß", "ss").replace("æ", "ae"))) or "mail"


class Values:
    def __init__(self, seed: int, per_locale: int = 600):
        self.firsts: list[str] = []
        self.lasts: list[str] = []
        self.names: list[str] = []
        self.cities: list[str] = []
        self.streets: list[str] = []
        self.addresses: list[str] = []
        self.companies: list[str] = []
        self.phones: list[str] = []
        self.posts: list[str] = []
        for i, locale in enumerate(LOCALES):
            f = Faker(locale, use_weighting=False)
            f.seed_instance(seed * 1000 + i)
            for pool, method, n in ((self.firsts, "first_name", 2), (self.lasts, "last_name", 2), (self.names, "name", 1), (self.cities, "city", 3), (self.streets, "street_address", 3),
                                    (self.addresses, "address", 4), (self.companies, "company", 4), (self.phones, "phone_number", 3), (self.posts, "postcode", 10)):
                if hasattr(f, method):  # a few locales have no phones
                    pool += [getattr(f, method)() for _ in range(per_locale // n)]
        self.names = [TAIL.sub("", HONORIFIC.sub("", HONORIFIC.sub("", x))) for x in self.names]
        self.streets = [x.replace("\n", " ") for x in self.streets]
        f = Faker("en_US")
        f.seed_instance(seed)
        self.jobs = [f.job().split(",")[0] for _ in range(400)]
        self.regions = ["".join(pick(random.Random(i), string.ascii_uppercase) for _ in "ab"[:1 + i % 2]) for i in range(40)]  # codes of nowhere in particular
        self.countries = LONG + [f.country() for _ in range(300)] + L.COUNTRY * 2
        self.first_hand, self.last_hand = L.FIRST + W.FIRST, L.LAST + W.LAST
        self.city_hand = L.CITY + W.CITY
        self.makers = {k[3:]: getattr(self, k) for k in dir(self) if k.startswith("do_")}

    def make(self, kind: str, r: random.Random) -> str:
        """A value for one placeholder, e.g. make("city", r); KeyError for a placeholder nobody knows."""
        return self.makers[kind](r)

    # people
    def blend(self, r: random.Random, pool: list[str]) -> str:
        """The front of one name and the back of another."""
        a, b = pick(r, pool), pick(r, pool)
        return (a[:max(2, len(a) // 2 + r.randint(-1, 1))] + b[len(b) // 2:].lower()).replace(" ", "")

    def do_first_name(self, r: random.Random) -> str:
        x = r.random()
        return title(r, pick(r, self.first_hand) if x < .45 else pick(r, self.firsts) if x < .93 else self.blend(r, self.first_hand))

    def do_last_name(self, r: random.Random) -> str:
        x = r.random()
        name = pick(r, self.last_hand) if x < .4 else pick(r, self.lasts) if x < .86 else self.blend(r, self.last_hand) if x < .96 else f"{pick(r, self.last_hand)}-{pick(r, self.last_hand)}"
        return title(r, name)

    def full(self, r: random.Random) -> str:
        x = r.random()
        if x < .45:
            return pick(r, self.names)
        first = pick(r, self.first_hand) if r.random() < .5 else pick(r, self.firsts)
        last = pick(r, self.last_hand) if r.random() < .5 else pick(r, self.lasts)
        if r.random() < .12:
            last = self.blend(r, self.last_hand)
        return f"{first} {last}"

    def do_person(self, r: random.Random) -> str:
        x, cap = r.random(), pick(r, string.ascii_uppercase)
        if x < .70:
            return title(r, self.full(r))
        first, last = self.do_first_name(r), self.do_last_name(r)
        second = pick(r, self.first_hand)
        return (first if x < .79 else last if x < .805 else f"{first} {cap}. {last}" if x < .84 else f"{first} {cap} {last}" if x < .88
                else f"{first} {second} {last}" if x < .91 else f"{last}, {first}" if x < .925 else f"{first[0]}. {last}" if x < .945
                else f"{first[0]}. {cap}. {last}" if x < .955 else f"{first}-{second} {last}" if x < .965 else f"{first} {last} {pick(r, ['Jr.', 'Sr.', 'III', 'II', 'PhD', 'MD'])}" if x < .975
                else f"{first} {last}-{pick(r, self.last_hand)}" if x < .985 else f"{first} {pick(r, ['van', 'de', 'von', 'el', 'al-', 'Mac', 'bin', 'de la', 'O’'])} {last}".replace("- ", "-").replace("’ ", "'")
                if x < .993 else f"{pick(r, ['Dr.', 'Mr.', 'Mrs.', 'Ms.'])} {first} {last}")

    def do_prefix(self, r: random.Random) -> str:
        return pick(r, L.PREFIX)

    def do_job(self, r: random.Random) -> str:
        job = pick(r, W.JOB) if r.random() < .5 else pick(r, self.jobs)
        return job if r.random() < .6 else job.lower()

    # places
    def do_city(self, r: random.Random) -> str:
        x = r.random()
        city = pick(r, self.city_hand) if x < .42 else pick(r, self.cities) if x < .92 else self.blend(r, L.CITY) if x < .96 else pick(r, ["Fort {}", "Port {}", "{}ville", "{}ton", "{}burg", "New {}", "St. {}", "{} Falls", "{} Springs",
               "Upper {}", "{}-les-Bains", "San {}", "{} am See", "Lake {}", "{}ham", "Bad {}"]).format(pick(r, self.last_hand))
        return city.upper() if r.random() < .06 else title(r, city)

    def do_country(self, r: random.Random) -> str:
        return title(r, pick(r, self.countries))

    def do_state(self, r: random.Random) -> str:
        x = r.random()
        return pick(r, W.STATE_NAME) if x < .4 else pick(r, W.STATE) if x < .65 else pick(r, L.REGION)

    def do_place(self, r: random.Random) -> str:
        x = r.random()
        return self.do_city(r) if x < .45 else self.do_country(r) if x < .75 else self.do_state(r) if x < .87 else f"{self.do_city(r)}, {pick(r, W.STATE) if x < .94 else self.do_country(r).removeprefix('the ')}"

    def do_zipcode(self, r: random.Random) -> str:
        return digits(r, 5) if r.random() < .6 else pick(r, self.posts) if r.random() < .8 else f"{digits(r, 5)}-{digits(r, 4)}"

    def road(self, r: random.Random) -> str:
        """A street with or without its number."""
        x = r.random()
        if x < .36:
            return pick(r, self.streets)
        if x < .42:  # no number at all
            return f"{self.last_hand[r.randrange(len(self.last_hand))] if x < .38 else pick(r, self.lasts)} {pick(r, W.STREET_KIND + FAKER_STREET)}"
        name = pick(r, self.last_hand + W.STREET) if r.random() < .8 else pick(r, self.city_hand)
        number = pick(r, [str(r.randint(1, 300)), str(r.randint(1, 9999)), f"{r.randint(1, 200)}{pick(r, 'abcAB')}", f"{r.randint(1, 90)}/{r.randint(1, 20)}", f"{r.randint(1, 90)}-{r.randint(91, 99)}"])
        if x < .7:
            where = pick(r, ["", "", "", "", "N. ", "North ", "W ", "South ", "E. ", "East "])
            return f"{number} {where}{name} {pick(r, W.STREET_KIND + ['Gardens', 'Mews', 'Crescent', 'Row', 'Hwy', 'Trail', 'Path', 'Loop', 'Alley', 'Walk'])}"
        street = pick(r, STREETY).format(name)
        return pick(r, [f"{street} {number}", f"{street} {number}", f"{number} {street}", f"{number}, {street}", street, f"{street} {r.randint(1, 90)} {number}"])

    def do_street_address(self, r: random.Random) -> str:
        return title(r, self.road(r) + (" " + pick(r, UNIT).format(r.randint(1, 999)) if r.random() < .15 else ""))

    def do_address(self, r: random.Random) -> str:
        x = r.random()
        if x < .25:
            return title(r, pick(r, self.addresses).replace("\n", pick(r, ["\n", ", ", " ", "\n"])))
        if x < .28:
            ship = pick(r, [f"USNS {self.do_last_name(r)}", f"USS {self.do_last_name(r)}", f"Unit {digits(r, 4)} Box {digits(r, 4)}", f"PSC {digits(r, 4)}, Box {digits(r, 4)}", f"Unit {digits(r, 5)}"])
            return f"{ship}{pick(r, [chr(10), ', ', ' '])}{pick(r, ['FPO', 'APO', 'DPO'])} {pick(r, ['AA', 'AE', 'AP'])} {digits(r, 5)}"
        if x < .33:
            other = self.road(r) if r.random() < .5 else self.do_first_name(r)
            return pick(r, ["the corner of {} and {}", "the corner of {} and {}", "{} and {}", "{} & {}", "corner {} and {}"]).format(*pick(r, [(self.road(r), self.road(r)), (other, self.road(r))]))
        if x < .36:
            return f"{pick(r, ['PO Box', 'P.O. Box', 'Postfach', 'Apartado'])} {r.randint(1, 9999)}{pick(r, [', ', ' ', chr(10)])}{self.do_city(r)} {pick(r, W.STATE)} {digits(r, 5)}"
        street, city, land, zipcode = self.road(r), self.do_city(r), self.do_country(r).removeprefix("the "), self.do_zipcode(r)
        if r.random() < .35:
            street = f"{r.randint(1, 9999)} {street}"  # mixed data often has a second house number
        unit = pick(r, UNIT).format(r.randint(1, 999)) if r.random() < .45 else ""
        nl = pick(r, [", ", ", ", "\n", "\n ", " ", "\n"])
        start = f"{street}{pick(r, [' ', ' ', nl]) + unit if unit else ''}"
        st = pick(r, W.STATE) if r.random() < .8 else pick(r, ["nan", "nan", *self.regions])
        return pick(r, [f"{start}{nl}{city}, {st} {zipcode}", f"{start}{nl}{city}, {st} {zipcode}", f"{start}{nl}{city}{nl}{land} {zipcode}", f"{start} {city} {land} {zipcode}", f"{start}{nl}{zipcode} {city}",
                        f"{start}{nl}{zipcode} {city}{nl}{land}", f"{start}{nl}{city}", f"{start}, {city}, {land}", f"{start}{nl}{city}{nl}, {st}{nl}{land} {zipcode}", f"{start} {city} {self.do_state(r)}",
                        f"{start} {city} {land}", f"{start}{nl}{city} {zipcode}{nl}{land}", start])

    # organisations
    def invent(self, r: random.Random) -> str:
        head = pick(r, L.INVENTED)
        if r.random() < .2:
            head += pick(r, L.INVENTED).lower()
        name = head + pick(r, L.INVENTED_TAIL)
        return pick(r, [name] * 5 + [head + pick(r, L.INVENTED_TAIL).title(), name.upper(), pick(r, L.COMMON) + pick(r, L.COMMON).lower(), pick(r, L.COMMON) + pick(r, L.COMMON), f"{name}.{pick(r, ['com', 'io', 'org', 'ai'])}"])

    def do_organization(self, r: random.Random) -> str:
        x = r.random()
        if x < .13:
            return title(r, pick(r, L.ORG))
        if x < .20:
            return pick(r, L.INSTITUTION)
        if x < .42:
            return title(r, pick(r, self.companies))
        if x < .60:
            name = self.invent(r)
            return title(r, name if r.random() < .7 else f"{name} {pick(r, LEGAL)}")
        last = self.do_last_name(r)
        if x < .72:
            words = " ".join(dict.fromkeys(pick(r, L.COMMON) for _ in range(pick(r, [1, 1, 1, 2]))))
            return f"{words} {pick(r, TRADE)}{pick(r, ['', '', '', ' ' + pick(r, LEGAL), ' ' + pick(r, TRADE)])}"
        if x < .82:
            return pick(r, ["{} & Sons", "{} and Sons", "{} {t}", "{} {t}", "{} {g}", "{} & {b}", "{} and {b}", "{}, {b} and {c}", "{}-{b}", "{} Brothers", "{} {t} {g}", "{}'s {t}", "{f} {} {g}", "{f}'s", "{}'s"]).format(
                last, t=pick(r, TRADE), g=pick(r, LEGAL), b=pick(r, self.last_hand), c=pick(r, self.last_hand), f=pick(r, self.first_hand))
        if x < .92:
            city = pick(r, self.city_hand)
            return pick(r, ORG_PLACE + ORG_OF).format(city)
        if x < .95:
            return pick(r, ORG_LAND).format(pick(r, L.COUNTRY).removeprefix("the "), what=pick(r, WHAT))
        if x < .98:
            return pick(r, NGO).format(pick(r, CAUSE))
        letters = "".join(pick(r, string.ascii_uppercase) for _ in range(r.randint(2, 4)))
        return pick(r, [letters, letters, f"{letters} {pick(r, TRADE)}", f"{letters[0]}&{letters[1]}", f"{letters} {pick(r, LEGAL)}", f"{r.randint(2, 99)} {pick(r, TRADE)} {pick(r, LEGAL)}"])

    # the rest
    def do_nrp(self, r: random.Random) -> str:
        x = pick(r, L.NRP)
        return x.lower() if r.random() < .12 else x

    def do_email(self, r: random.Random) -> str:
        first, last = pick(r, self.first_hand + self.firsts[:4000]), pick(r, self.last_hand + self.lasts[:4000])
        a, b, sep = ascii_word(first), ascii_word(last), pick(r, [".", "_", "", "-", "."])
        word = ascii_word(self.invent(r))
        name = pick(r, [f"{a}{sep}{b}", f"{a}{sep}{b}", a.title() + b.title(), f"{a[0]}{b}", f"{a}{r.randint(1, 99)}", f"{b}{sep}{a}", f"{a}{b}{r.randint(1, 2010)}", a, b, word, f"{a[0]}.{b}",
                        pick(r, ["info", "sales", "support", "billing", "admin", "office", "hello", "contact", "hr", "jobs", "no-reply", "press", "kontakt", "webmaster"]), f"{a}+{word}"])
        return f"{name}@{pick(r, pick(r, [W.MAIL_HOST, W.MAIL_HOST, JUNK_MAIL]))}" if r.random() < .55 else f"{name}@{self.host(r)}"

    def host(self, r: random.Random) -> str:
        word = lambda: ascii_word(pick(r, [self.invent, self.do_last_name, lambda q: pick(q, L.COMMON), lambda q: pick(q, W.THING)])(r))[:14]
        return pick(r, [word(), word(), word() + word(), f"{word()}-{word()}", f"{pick(r, ['shop', 'mail', 'app', 'blog', 'docs', 'my'])}.{word()}"]) + "." + pick(r, W.HOST_TAIL)

    def do_url(self, r: random.Random) -> str:
        host, word = self.host(r), ascii_word(self.invent(r))
        path = pick(r, ["", "", "", "/", "/login", f"/{word}", f"/{word}/{r.randint(1, 9999)}", f"/index.php?id={r.randint(1, 999)}", f"/{word}.html", f"/{word}?q={word[:4]}&page={r.randint(1, 9)}", f"/~{word}/", f"/#{word}", f"/a/{word}.pdf"])
        return pick(r, [f"https://www.{host}{path}", f"http://www.{host}{path}", f"https://{host}{path}", f"http://{host}{path}", f"www.{host}{path}", f"www.{host}", host, f"{host}{path}"])

    def do_phone_number(self, r: random.Random) -> str:
        x = r.random()
        if x < .4:
            return N.phone(r)
        if x < .65:
            return pick(r, self.phones)
        shape = pick(r, ["## ## ##", "### ### ###", "## ### ###", "#### ### ## ##", "## ###-###", "(##) ###-###", "(##) ####-####", "##-##-##-##", "0# ## ## ## ##", "0#.##.##.##.##", "+## (0)## ### ## ##", "+## (0)### ### ##", "0### #######", "0## ### ####",
                         "### ## ###", "+## ## ### ## ##", "+### ## ######", "0#### ######", "+44 #### ######", "07### ######", "(0##) #### ###", "####-####", "##-###-####", "+1 (###) ###-####", "1-800-###-####", "###-####", "(###) ### ####", "### ####",
                         "+##########", "#########", "###.###.####x###", "(###)###-####x####", "001-###-###-####x####", "+1-###-###-####x#####", "0## ########", "+## ### ### ###", "00## ### #######", "(##### ) ######".replace(" )", ")"), "0##/#######", "0### / ### ## ##"])
        return "".join(pick(r, string.digits) if c == "#" else c for c in shape)

    def do_date_time(self, r: random.Random) -> str:
        return N.date_time(r)

    def do_year(self, r: random.Random) -> str:
        return str(r.randint(1940, 2026) if r.random() < .8 else r.randint(1500, 1939))

    def do_age(self, r: random.Random) -> str:
        if r.random() < .03:
            return pick(r, ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty"]) + pick(r, ["", "-one", "-two", "-three", "-five", "-seven", "-nine"])
        return str(r.randint(1, 99) if r.random() < .5 else r.randint(18, 80))

    do_credit_card_number, do_iban, do_ip_address, do_ssn, do_us_driver_license = (staticmethod(x) for x in (N.card, N.iban, N.ip, N.ssn, N.license_id))

    # plain words that are no identifiers
    def do_thing(self, r: random.Random) -> str:
        return pick(r, W.THING)

    def do_number(self, r: random.Random) -> str:
        n = r.randint(100, 999999)
        return f"{n:,}" if r.random() < .2 else str(n)

    def do_small(self, r: random.Random) -> str:
        return str(r.randint(2, 60))

    def do_money(self, r: random.Random) -> str:
        n = r.randint(2, 9000)
        return pick(r, ["${}", "{} dollars", "${}.50", "{} EUR", "£{}", "€{}", "{} euros", "USD {}", "${}k", "{} pounds", "{}.00"]).format(n)

    def do_time(self, r: random.Random) -> str:
        h, m = r.randint(1, 12), pick(r, ["00", "05", "15", "20", "30", "45", "50"])
        return pick(r, [f"{h} pm", f"{h}:{m}", f"{h}:{m} am", f"{h + 11}:{m}", "noon", "midnight", f"{h}pm", f"{h}.{m}", "half past six"])
