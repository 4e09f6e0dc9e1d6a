"""Sentences with identifiers whose spans are known exactly, because they are filled in.

Numbers obey their checks (Luhn for cards, mod 97 for IBANs) and are written in the ways people write them. DATE_TIME is a
written date or a year; bare times and words like "tomorrow" are not marked. Each call returns (text, spans), merged.
"""
from __future__ import annotations

import random
import re
import string

import pii_words as W
from pii_templates import FRAMES, NEGATIVES
from splits import merge_spans

Item = tuple[str, list[tuple[str, int, int]]]
pick = random.Random.choice


def digits(r: random.Random, n: int) -> str:
    return "".join(pick(r, string.digits) for _ in range(n))


def card(r: random.Random) -> str:
    head = pick(r, ["4", "4", "51", "52", "53", "55", "2221", "34", "37", "6011", "65", "35", "36"])
    n = 15 if head in ("34", "37") else 14 if head == "36" else pick(r, [16] * 6 + [13]) if head == "4" else 16
    body = head + digits(r, n - 1 - len(head))
    total = sum(d if i % 2 else (d * 2 if d < 5 else d * 2 - 9) for i, d in enumerate(int(c) for c in reversed(body)))
    full = body + str(-total % 10)
    sep = pick(r, ["", "", "", " ", "-"])
    return sep.join(full[i:i + 4] for i in range(0, n, 4)) if sep and n == 16 else full


def iban(r: random.Random) -> str:
    land, shape = pick(r, [("DE", "n18"), ("GB", "a4n14"), ("FR", "n23"), ("ES", "n20"), ("NL", "a4n10"), ("CH", "n17"),
                           ("IT", "a1n22"), ("BE", "n12"), ("AT", "n16"), ("PL", "n24"), ("SE", "n20"), ("IE", "a4n14")])
    body = "".join("".join(pick(r, string.ascii_uppercase) for _ in range(int(n))) if k == "a" else digits(r, int(n))
                   for k, n in re.findall(r"([an])(\d+)", shape))
    number = "".join(str(int(c, 36)) for c in body + land + "00")
    full = f"{land}{98 - int(number) % 97:02d}{body}"
    return " ".join(full[i:i + 4] for i in range(0, len(full), 4)) if r.random() < .4 else full


def phone(r: random.Random) -> str:
    a, b, c = f"{r.randint(201, 989)}", f"{r.randint(200, 999)}", digits(r, 4)
    form = pick(r, ["({a}) {b}-{c}", "{a}-{b}-{c}", "{a}.{b}.{c}", "{a}{b}{c}", "+1 {a} {b} {c}", "+1-{a}-{b}-{c}", "001-{a}-{b}-{c}",
                    "{a} {b} {c}", "({a}){b}-{c}", "+44 {g} {c}", "0{g} {b} {c}", "+{k} {a} {b} {c}", "+{k}{a}{b}{c}", "0{k} {g} {b}",
                    "{a}-{b}-{c}x{e}", "+1-{a}-{b}-{c} ext. {e}", "+{k} {a} {p} {q} {s}", "0{d} {p} {q} {s} {k}", "{b} {p} {q}"])
    return form.format(a=a, b=b, c=c, g=digits(r, 4), k=pick(r, ["33", "49", "34", "39", "48", "91", "61", "46", "353", "972"]),
                       e=digits(r, pick(r, [3, 4])), p=digits(r, 2), q=digits(r, 2), s=digits(r, 2), d=r.randint(1, 9))


def ip(r: random.Random) -> str:
    if r.random() < .2:
        return ":".join(f"{r.randint(0, 65535):x}" for _ in range(8)) if r.random() < .6 else f"fe80::{r.randint(1, 65535):x}"
    return ".".join(str(r.randint(1, 254)) for _ in range(4))


def ssn(r: random.Random) -> str:
    a, b, c = f"{r.randint(1, 665):03d}", f"{r.randint(1, 99):02d}", f"{r.randint(1, 9999):04d}"
    return pick(r, ["{}-{}-{}", "{}-{}-{}", "{}-{}-{}", "{} {} {}", "{}{}{}"]).format(a, b, c)


def license_id(r: random.Random) -> str:
    letter = pick(r, string.ascii_uppercase)
    return pick(r, [letter + digits(r, 7), letter + digits(r, 8), letter + digits(r, 12), digits(r, 9), digits(r, 8),
                    letter + pick(r, string.ascii_uppercase) + digits(r, 6), f"{letter}{digits(r, 3)}-{digits(r, 4)}-{digits(r, 4)}"])


def date(r: random.Random) -> str:
    m, d, y = r.randint(1, 12), r.randint(1, 28), r.randint(1940, 2030)
    name, short = W.MONTH[m - 1], W.MONTH[m - 1][:3]
    th = "th" if 10 < d < 20 else {1: "st", 2: "nd", 3: "rd"}.get(d % 10, "th")
    return pick(r, [f"{name} {d}, {y}", f"{d} {name} {y}", f"{m:02d}/{d:02d}/{y}", f"{m}/{d}/{y}", f"{y}-{m:02d}-{d:02d}", f"{name} {d}",
                    f"{name} {d}{th}", f"{d}{th} of {name}", f"{short} {d}, {y}", f"{d}.{m}.{y}", f"{name} {y}", f"{short} {d}",
                    f"{d:02d}/{m:02d}/{y % 100:02d}", f"{pick(r, W.DAY)}, {name} {d}", f"{y}-{m:02d}-{d:02d} {r.randint(0, 23):02d}:{digits(r, 1)}0:00"])


class Generator:
    """Fills frames. `pools` adds words seen in training data: {"PERSON": [...], "ORGANIZATION": [...], "PLACE": [...]}."""

    def __init__(self, pools: dict[str, list[str]], templates: list[str]):
        self.pools = pools
        self.templates = templates  # presidio's training templates, {{name}} form

    def person(self, r: random.Random) -> str:
        if self.pools.get("PERSON") and r.random() < .35:
            return pick(r, self.pools["PERSON"])
        first, last = pick(r, W.FIRST), pick(r, W.LAST)
        return pick(r, [f"{first} {last}"] * 8 + [first] * 3 + [last, f"{first} {pick(r, string.ascii_uppercase)}. {last}", f"{last}, {first}",
                        f"{first} {pick(r, W.FIRST)} {last}", f"{first[0]}. {last}", f"{first} {last}-{pick(r, W.LAST)}"])

    def organisation(self, r: random.Random) -> str:
        x = r.random()
        if self.pools.get("ORGANIZATION") and x < .25:
            return pick(r, self.pools["ORGANIZATION"])
        if x < .45:
            return pick(r, W.ORG_REAL)
        base = pick(r, [pick(r, W.ORG_BASE), pick(r, W.ORG_BASE), pick(r, W.LAST), pick(r, W.CITY), "".join(pick(r, string.ascii_uppercase) for _ in "abc")])
        return pick(r, [f"{base} {pick(r, W.ORG_TAIL)}"] * 6 + [f"{base} and {pick(r, W.LAST)}", f"{pick(r, W.LAST)}, {pick(r, W.LAST)} and {pick(r, W.LAST)}",
                        f"{base}{pick(r, ['soft', 'tech', 'net', 'bank', 'mart', 'ly', 'ify'])}", f"the University of {pick(r, W.CITY)}", f"{base}-{pick(r, W.LAST)}", base])

    def location(self, r: random.Random) -> str:
        if self.pools.get("PLACE") and r.random() < .3:
            return pick(r, self.pools["PLACE"])
        city = pick(r, W.CITY)
        return pick(r, [city] * 4 + [pick(r, W.COUNTRY)] * 3 + [pick(r, W.STATE_NAME), f"{city}, {pick(r, W.STATE)}", f"{city}, {pick(r, W.COUNTRY)}"])

    def street(self, r: random.Random) -> str:
        name = pick(r, W.STREET + W.LAST)
        return pick(r, [f"{r.randint(1, 9999)} {name} {pick(r, W.STREET_KIND)}"] * 4 + [f"{name} {pick(r, W.STREET_KIND)} {r.randint(1, 300)}",
                        f"{r.randint(1, 99)} {pick(r, ['rue de', 'Via', 'Calle', 'Rua'])} {name}", f"{name}{pick(r, ['strasse', 'gatan', 'weg', 'straat'])} {r.randint(1, 200)}"])

    def address(self, r: random.Random) -> str:
        if self.pools.get("ADDRESS") and r.random() < .25:
            return pick(r, self.pools["ADDRESS"])
        street, city, st, code = self.street(r), pick(r, W.CITY), pick(r, W.STATE), digits(r, 5)
        unit = pick(r, ["", "", "", f" Apt. {r.randint(1, 999)}", f" Suite {r.randint(1, 999)}", f", Unit {r.randint(1, 50)}", f" #{r.randint(1, 60)}"])
        nl = pick(r, [", ", ", ", "\n", " "])
        return pick(r, [f"{street}{unit}", f"{street}{unit}{nl}{city}", f"{street}{unit}{nl}{city}, {st} {code}", f"{street}{unit}{nl}{city}{nl}{pick(r, W.COUNTRY)}",
                        f"{street}{unit}, {city} {code}", f"{street}{unit}{nl}{code} {city}{nl}{pick(r, W.COUNTRY)}", f"PO Box {r.randint(1, 9999)}, {city}, {st} {code}"])

    def email(self, r: random.Random) -> str:
        first, last = pick(r, W.FIRST).lower(), re.sub(r"[^a-z]", "", pick(r, W.LAST).lower())
        sep = pick(r, [".", "_", "", "-"])
        name = pick(r, [f"{first}{sep}{last}", f"{first[0]}{last}", f"{first}{r.randint(1, 99)}", f"{last}.{first}", pick(r, ["info", "sales", "support", "billing", "admin"]),
                        f"{first}{sep}{last}{r.randint(1, 999)}", f"{first.title()}{last.title()}"])
        return f"{name}@{pick(r, W.MAIL_HOST) if r.random() < .6 else self.host(r)}"

    def host(self, r: random.Random) -> str:
        word = lambda: re.sub(r"[^a-z]", "", pick(r, pick(r, [W.ORG_BASE, W.LAST, W.STREET, W.THING])).lower())
        return pick(r, [word(), word() + word(), f"{word()}-{word()}"]) + "." + pick(r, W.HOST_TAIL)

    def url(self, r: random.Random) -> str:
        host = self.host(r)
        path = pick(r, ["", "", "/", "/login", f"/{pick(r, W.THING)}", f"/{pick(r, W.THING)}/{r.randint(1, 9999)}", f"/index.php?id={r.randint(1, 999)}"])
        return pick(r, [f"https://www.{host}{path}", f"http://{host}{path}", f"www.{host}{path}", f"https://{host}{path}", host, host])

    def value(self, slot: str, r: random.Random) -> tuple[str, str | None]:
        """The text for a slot and its type (None: not an identifier)."""
        makers = {"PERSON": (self.person, "PERSON"), "ORG": (self.organisation, "ORGANIZATION"), "PLACE": (self.location, "ADDRESS"),
                  "ADDRESS": (self.address, "ADDRESS"), "STREET": (self.street, "ADDRESS"), "EMAIL": (self.email, "EMAIL_ADDRESS"),
                  "URL": (self.url, "URL"), "PHONE": (phone, "PHONE_NUMBER"), "CARD": (card, "CREDIT_CARD"), "IBAN": (iban, "IBAN_CODE"),
                  "IP": (ip, "IP_ADDRESS"), "SSN": (ssn, "US_SSN"), "LICENSE": (license_id, "US_DRIVER_LICENSE"), "DATE": (date, "DATE_TIME")}
        if slot in makers:
            make, kind = makers[slot]
            return make(r), kind
        plain = {"FIRSTNAME": (W.FIRST, "PERSON"), "LASTNAME": (W.LAST, "PERSON"), "NRP": (W.NRP, "NRP"), "TITLE": (W.TITLE, "TITLE"),
                 "COUNTRY": (W.COUNTRY, "ADDRESS"), "CITY": (W.CITY, "ADDRESS"), "STATE": (W.STATE, "ADDRESS"), "JOB": (W.JOB, None), "THING": (W.THING, None)}
        if slot in plain:
            return pick(r, plain[slot][0]), plain[slot][1]
        number = {"AGE": (str(r.randint(1, 99)), "AGE"), "YEAR": (str(r.randint(1900, 2029)), "DATE_TIME"), "ZIP": (digits(r, 5), "ADDRESS"),
                  "BUILDING": (str(r.randint(1, 9999)), "ADDRESS"), "UNIT": (f"Apt. {r.randint(1, 999)}", "ADDRESS"), "NUMBER": (str(r.randint(100, 999999)), None),
                  "SMALL": (str(r.randint(2, 60)), None), "MONEY": (pick(r, ["${}", "{} dollars", "${}.50", "{} EUR", "£{}"]).format(r.randint(2, 9000)), None)}
        return number[slot]

    def fill(self, frame: str, r: random.Random) -> Item:
        frame = re.sub(r"\(([^()]*\|[^()]*)\)", lambda m: pick(r, m[1].split("|")), frame).replace("\\n", "\n")
        text, spans = "", []
        for i, part in enumerate(re.split(r"\{([A-Z]+)\}", frame)):
            if i % 2 == 0:
                text += part
                continue
            word, kind = self.value(part, r)
            if kind:
                spans.append((kind, len(text), len(text) + len(word)))
            text += word
        return text, spans

    PRESIDIO = {"person": "PERSON", "name": "PERSON", "first_name": "FIRSTNAME", "last_name": "LASTNAME", "organization": "ORG", "address": "ADDRESS",
                "city": "CITY", "country": "COUNTRY", "phone_number": "PHONE", "street_name": "STREET", "building_number": "BUILDING",
                "credit_card_number": "CARD", "secondary_address": "UNIT", "postcode": "ZIP", "zipcode": "ZIP", "email": "EMAIL", "year": "YEAR", "job": "JOB",
                "nationality": "NRP", "nation_woman": "NRP", "age": "AGE", "ip_address": "IP", "prefix_female": "TITLE", "prefix": "TITLE", "state_abbr": "STATE",
                "date_time": "DATE", "date_of_birth": "DATE", "iban": "IBAN", "url": "URL", "domain_name": "URL", "ssn": "SSN", "us_driver_license": "LICENSE"}

    def from_template(self, r: random.Random) -> Item:
        """One of presidio's own templates, with our values."""
        slot = lambda m: "{" + self.PRESIDIO.get(re.sub(r"_(fe)?male$|_nonbinary$", "", m[1]), "PERSON") + "}"
        return self.fill(re.sub(r"\{\{(.*?)\}\}", slot, pick(r, self.templates)), r)

    def one(self, r: random.Random) -> Item:
        x = r.random()
        if x < .12:
            return self.fill(pick(r, NEGATIVES), r)
        if x < .22 and self.templates:
            return self.from_template(r)
        return self.fill(pick(r, FRAMES), r)

    def item(self, r: random.Random) -> Item:
        """One to four sentences, sometimes all lower case or without the last full stop."""
        text, spans = "", []
        for _ in range(pick(r, [1] * 7 + [2, 2, 2, 3, 4])):
            more, found = self.one(r)
            text += pick(r, [" ", " ", "\n"]) if text else ""
            spans += [(k, a + len(text), b + len(text)) for k, a, b in found]
            text += more
        if r.random() < .15 and len(text.lower()) == len(text):
            text = text.lower()
        if r.random() < .15:
            text = text.rstrip(".!?")
        return text, merge_spans(text, [(k, a, min(b, len(text))) for k, a, b in spans])
