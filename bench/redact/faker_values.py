"""Values of identifiers as Faker draws them for its locales, one JSON object a line: {"kind", "locale", "value"}.

    python faker_values.py values.jsonl     # needs the package faker; seeded, so that a version of it gives the same lines

bench/redact/identifiers.ts puts them into sentences (--values). They judge the rules: nothing of the rules is taken from here.
"""
import json
import sys

import faker.providers.phone_number
import faker.providers.ssn
from faker import Faker
from pkgutil import iter_modules

EACH = 8
LATIN = ["en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "pl_PL", "sv_SE", "pt_BR", "nl_NL", "tr_TR", "cs_CZ", "fi_FI", "da_DK"]
CARDS = ["amex", "diners", "discover", "jcb15", "jcb16", "maestro", "mastercard", "visa", "visa13", "visa16", "visa19"]
# Methods beside ssn() that draw a number of a person or firm of the locale.
MORE = {"es_ES": ["nif", "nie", "cif", "nuss"], "pt_BR": ["cpf", "rg"], "es_MX": ["curp", "rfc"], "en_IN": ["aadhaar_id"], "en_US": ["itin", "ein", "sin"],
        "pl_PL": ["pesel", "nip", "regon"], "nl_BE": ["vat_id"], "de_DE": ["vat_id", "rvnr"], "fr_FR": ["vat_id"], "es_CL": ["rut"], "es_CO": ["nuip"], "sk_SK": ["birth_number"],
        "cs_CZ": ["birth_number"], "sv_SE": ["org_id"], "ru_RU": ["snils", "individuals_inn"], "th_TH": ["vat_id"], "it_IT": ["vat_id"], "uk_UA": ["edrpou"], "no_NO": ["vat_id"]}


def locales(package) -> list[str]:
    return [module.name for module in iter_modules(package.__path__)]


def drawn():
    def some(kind: str, locale: str, method: str, each: int = EACH, **options):
        try:
            source = Faker(locale)
            source.seed_instance(f"{kind} {locale} {method} {options}")
            for _ in range(each):
                yield {"kind": kind, "locale": locale, "value": str(getattr(source, method)(**options))}
        except AttributeError:
            return

    for locale in locales(faker.providers.phone_number):
        yield from some("phone", locale, "phone_number", 2 * EACH)
    for locale in locales(faker.providers.ssn):
        yield from some("national", locale, "ssn")
        for method in MORE.get(locale, []):
            yield from some("national", locale, method)
    for locale in LATIN:
        for method in ["email", "free_email", "company_email", "ascii_safe_email"]:
            yield from some("email", locale, method, 4)
        yield from some("iban", locale, "iban", 12)
    for card in CARDS:
        yield from some("card", "en_US", "credit_card_number", 12, card_type=card)
    yield from some("ip", "en_US", "ipv4", 40)
    yield from some("ip", "en_US", "ipv4_private", 20)
    yield from some("ip", "en_US", "ipv6", 40)
    yield from some("mac", "en_US", "mac_address", 30)
    for locale in ["en_US", "de_AT", "en_GB", "fr_FR", "ru_RU"]:
        yield from some("passport", locale, "passport_number", 16)
    yield from some("vin", "en_US", "vin", 30)


with open(sys.argv[1], "w", encoding="utf-8") as out:
    for row in drawn():
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
