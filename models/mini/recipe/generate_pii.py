"""Sentences with identifiers whose spans are known exactly, because they are filled in.

`Generator.item(r)` makes training examples from the frames of pii_frames.txt, ner_frames.txt and pii_none.txt, some inside a line
of pii_around.txt, and the values of
pii_values.py, from the small grammar of pii_templates.py, and from presidio's training templates. DATE_TIME is a written date
or a year; bare times and words like "tomorrow" are not marked; articles before names and countries are not part of them.
`python generate_pii.py 30` prints examples; `python generate_pii.py check` lists frames too like one of presidio's.
"""
from __future__ import annotations

import random
import re
import string
import sys
from pathlib import Path

import pii_words as W
import splits
from pii_numbers import card, date, digits, iban, ip, license_id, phone, pick, ssn
from pii_templates import FRAMES, NEGATIVES
from splits import merge_spans

Item = tuple[str, list[tuple[str, int, int]]]
Piece = tuple[str, str | None]  # text and its type; None is plain text

# placeholders of frames and of presidio's templates to types; those not named are plain words
KINDS = {"person": "PERSON", "first_name": "PERSON", "last_name": "PERSON", "organization": "ORGANIZATION", "city": "ADDRESS", "country": "ADDRESS",
         "state": "ADDRESS", "place": "ADDRESS", "zipcode": "ADDRESS", "street_address": "ADDRESS", "address": "ADDRESS", "email": "EMAIL_ADDRESS",
         "phone_number": "PHONE_NUMBER", "credit_card_number": "CREDIT_CARD", "iban": "IBAN_CODE", "ip_address": "IP_ADDRESS", "url": "URL",
         "ssn": "US_SSN", "us_driver_license": "US_DRIVER_LICENSE", "date_time": "DATE_TIME", "year": "DATE_TIME", "age": "AGE", "nrp": "NRP", "prefix": "TITLE"}
ALIAS = {"name": "person", "street_name": "road", "postcode": "zipcode", "state_abbr": "state", "nationality": "nrp", "nation_woman": "nrp", "nation_man": "nrp",
         "nation_plural": "nrp", "religion": "nrp", "date_of_birth": "date_time", "date": "date_time", "domain_name": "url", "time_zone": "time"}
OPENINGS = ["Hi, ", "Hello, ", "Hello! ", "Hey, ", "hi ", "Hi team, ", "Good morning. ", "Please note: ", "FYI: ", "Urgent: ", "Question: ", "> ", "- ", "* ", "Re: ", "Ok so ", "Well, ", "Sorry, ", "btw ", "Also, ", "Note: ", '"', "(", "And ", "But "]
ENDINGS = [" Thanks!", " thanks", " Thank you.", " Please help.", " pls", " asap", "!", "!!", "...", " :)", " Regards", " Cheers", " Any idea?", " ok?", '"', ")", " Let me know.", " (urgent)", ";", ",", " -", "?"]


def lines(name: str) -> list[str]:
    """Frames of a text file beside this one; lines that begin with "# " are remarks."""
    rows = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return [x.replace("\\n", "\n").replace("\\t", "\t") for x in rows if x.strip() and not x.startswith("# ")]


def choose(frame: str, r: random.Random) -> str:
    """(a|b) becomes a or b."""
    return re.sub(r"\(([^()]*\|[^()]*)\)", lambda m: pick(r, m[1].split("|")), frame)


class Generator:
    """Fills frames. `pools` adds words seen in training data: {"PERSON": [...], "ORGANIZATION": [...], "PLACE": [...]}."""

    def __init__(self, pools: dict[str, list[str]], templates: list[str]):
        self.pools = pools
        self.templates = templates  # presidio's training templates, {{name}} form
        self.values = None  # pii_values.Values, made at the first item

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
        frame = choose(frame, r).replace("\\n", "\n")
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

    def piece(self, slot: str, before: str, r: random.Random) -> list[Piece]:
        """A value for {{slot}} with its article, if any, outside; `before` is the text so far on this line."""
        slot = re.sub(r"_(fe)?male$|_nonbinary$", "", slot)
        slot = ALIAS.get(slot, slot)
        if slot == "building_number":
            return [(str(r.randint(1, 9999)), "ADDRESS")]
        if slot == "secondary_address":
            return [(pick(r, ["Apt. {}", "Suite {}"]).format(r.randint(1, 999)), "ADDRESS")]
        kind = "ADDRESS" if slot == "road" else KINDS.get(slot)
        pool = {"person": "PERSON", "organization": "ORGANIZATION", "address": "ADDRESS", "place": "PLACE"}.get(slot)
        if pool and self.pools.get(pool) and r.random() < .08:
            value = pick(r, self.pools[pool])
        else:
            value = self.values.road(r) if slot == "road" else self.values.make(slot, r)
        article = re.match(r"[Tt]he ", value) if slot in ("organization", "country", "place") else None
        if article:
            said = re.search(r"\b(the|an?|of the|[A-Z]\w+'s) $|^$", before, re.I)
            return [("" if said and before else "The " if not before else "the ", None), (value[4:], kind)]
        if re.search(r"(^|[\s(\"])[aA] $", before) and re.match(r"[AEIOaeio]|8|11\b|18\b|Un[^i]", value) and not value.startswith(("Eu", "One")):
            return [("\b", None), (value, kind)]  # a becomes an
        return [(value, kind)]

    def pieces(self, frame: str, r: random.Random) -> list[Piece]:
        out: list[Piece] = []
        text = ""
        for i, part in enumerate(re.split(r"(\{\{\w+\}\}|\[\[[^\]|]+\|[A-Z_]+\]\])", choose(frame, r))):
            if i % 2 == 0:
                new = [(part, None)]
            elif part[0] == "[":
                new = [tuple(part[2:-2].split("|"))]
            else:
                new = self.piece(part[2:-2], text.rsplit("\n", 1)[-1], r)
            if new[0][0] == "\b":
                out[-1], new = (out[-1][0][:-1] + "n ", None), new[1:]
            if part in ("{{first_name}}", "{{last_name}}") and out[-1:] == [(" ", None)] and out[-2][1] == "PERSON":
                new = [(f"{out[-2][0]} {new[0][0]}", "PERSON")]  # first and last name are one person
                del out[-2:]
            out += new
            text += "".join(x for x, _ in new)
        return out

    def around(self, frame: str, r: random.Random) -> str:
        """A beginning or an end from pii_around.txt put to a frame that is one sentence."""
        if "\n" in frame or not re.search(r"\w+ .*\w+ .*\w\.$|\}\.$", frame):
            return frame
        extra = pick(r, self.extras)
        if extra.startswith("..."):
            new = re.match(r"\.\.\. ([A-Z]|\{\{first_name\}\} can)", extra)  # a sentence of its own
            return frame[:-1] + ("." if new else "") + extra[3:]
        if not extra.endswith(". ...") and re.match(r"(The|A|An|My|Our|We|It|They|He|She|You|In|On|At|Her|His|Their|This|Two|Please|Both|Some|Most|Somebody|Nobody|After|Since|To)\b", frame):
            frame = frame[0].lower() + frame[1:]
        return extra[:-3] + frame

    def swap(self, item: Item, r: random.Random) -> Item:
        """A labelled sentence with other people, places and organisations in it."""
        text, spans = item
        self.ready()
        out: list[Piece] = []
        for part, kind in cut(text, spans):
            slot = {"PERSON": "person" if " " in part else "first_name", "ORGANIZATION": "organization", "ADDRESS": "address" if re.search(r"\d", part) else "place"}.get(kind or "")
            if slot and r.random() < .7:
                value = re.sub(r"^[Tt]he ", "", self.values.make(slot, r)) if slot != "address" else self.values.make(slot, r)
                part = value.lower() if part.islower() else value
            out.append((part, kind))
        return join(out)

    def ready(self) -> None:
        """Reads the frames and makes the values, once."""
        if self.values is None:
            from pii_values import Values
            self.values = Values(1)
            self.frames, self.ner, self.none, self.extras = (lines(f"{x}.txt") for x in ("pii_frames", "ner_frames", "pii_none", "pii_around"))

    def one_of_many(self, r: random.Random) -> list[Piece]:
        """A frame of any source as pieces."""
        x = r.random()
        if x < .50:
            frame = pick(r, self.frames)
            return self.pieces(self.around(frame, r) if r.random() < .25 else frame, r)
        if x < .74:
            return self.pieces(pick(r, self.ner), r)
        if x < .82:
            return self.pieces(pick(r, self.none), r)
        if x < .93 or not self.templates:
            text, spans = self.fill(pick(r, FRAMES if r.random() < .85 else NEGATIVES), r)
            return cut(text, spans)
        return self.pieces(pick(r, self.templates).replace("\\n", "\n"), r)

    def item(self, r: random.Random) -> Item:
        """One to three sentences, sometimes roughened: small letters, capitals, no punctuation, typing errors, words around."""
        self.ready()
        out = self.one_of_many(r)
        for _ in range(pick(r, [0] * 16 + [1, 1, 1, 2])):
            out += [(pick(r, [" ", " ", " ", "\n", "\n\n", " - "]), None)] + self.one_of_many(r)
        if r.random() < .06:
            out.insert(0, (pick(r, OPENINGS), None))
        if r.random() < .06:
            out.append((pick(r, ENDINGS), None))
        x = r.random()
        if x < .08:
            out = [(t.lower() if len(t.lower()) == len(t) else t, k) for t, k in out]
        elif x < .095:
            out = [(t.upper() if len(t.upper()) == len(t) and k not in ("EMAIL_ADDRESS", "URL") else t, k) for t, k in out]
        x = r.random()
        if x < .05:
            out = [(re.sub(r"[.,!?;'\"]", "", t) if k is None else t, k) for t, k in out]
        elif x < .09:
            out = [(re.sub(" ", lambda m: "  " if r.random() < .2 else " ", t) if k is None else t, k) for t, k in out]
        elif x < .16:
            out = [(re.sub(r"[a-z]{4,}", lambda m: slip(m[0], r), t) if k is None else t, k) for t, k in out]
        elif x < .20:
            out = [(t.replace("'", "\u2019").replace(" - ", " \u2013 ") if k is None else t, k) for t, k in out]
        if r.random() < .12 and out[-1][1] is None:
            out[-1] = (out[-1][0].rstrip(".!? "), None)
        return join(out)


def slip(word: str, r: random.Random) -> str:
    """A typing error in one word of twelve."""
    if r.random() > .08:
        return word
    i = r.randrange(1, len(word) - 1)
    return pick(r, [word[:i] + word[i + 1:], word[:i] + word[i] + word[i:], word[:i] + word[i + 1] + word[i] + word[i + 2:]])


def cut(text: str, spans: list[tuple[str, int, int]]) -> list[Piece]:
    """Text with spans as pieces; spans may not overlap."""
    out, at = [], 0
    for kind, a, b in sorted(spans, key=lambda s: s[1]):
        out += [(text[at:a], None), (text[a:b], kind)]
        at = b
    return [*out, (text[at:], None)]


def join(pieces: list[Piece]) -> Item:
    """The text without space around it, and its merged spans."""
    text, spans = "", []
    for part, kind in pieces:
        if kind:
            spans.append((kind, len(text), len(text) + len(part)))
        text += part
    skip = len(text) - len(text.lstrip())
    text = text.strip()
    return text, merge_spans(text, [(k, max(a - skip, 0), min(b - skip, len(text))) for k, a, b in spans])


def alike(frame: str, other: set[str]) -> bool:
    """The law of splits.frames: over 60 % of the words are shared."""
    words = set(re.findall(r"[a-z]+", re.sub(r"\{\{.*?\}\}", " ", frame).lower()))
    return len(words & other) > .6 * len(words | other)


def check() -> None:
    """Prints our frames that are too like a frame of presidio, of any split."""
    theirs = {f: set(re.findall(r"[a-z]+", re.sub(r"\{\{.*?\}\}", " ", f).lower())) for f in splits.frames(splits.TASKS)}
    for name in ("pii_frames.txt", "ner_frames.txt", "pii_none.txt", "pii_around.txt"):
        rows = lines(name)
        print(name, len(rows), "frames,", len(set(rows)), "different")
        for f in rows:
            for g, words in theirs.items():
                if words and alike(f, words) or (words and splits.template_key(f) == splits.template_key(g)):
                    print("  ", repr(f), "~", repr(g))


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        check()
    else:
        from mixture import pools
        maker, rng = Generator(pools(splits.TASKS), splits.presidio_templates(splits.TASKS)), random.Random()
        for _ in range(int(sys.argv[1]) if sys.argv[1:] else 20):
            made, found = maker.item(rng)
            print(repr(made), [(k, made[a:b]) for k, a, b in found], sep="\n  ")
