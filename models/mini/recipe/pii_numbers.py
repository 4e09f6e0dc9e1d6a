"""Numbers and dates of the identifier generators: cards obey Luhn, IBANs mod 97, all are written in the ways people write them."""
from __future__ import annotations

import random
import re
import string

import pii_words as W

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


def date_time(r: random.Random) -> str:
    """`date` and the forms of logs, tickets and letters around it; always with a day, a month or a year in it."""
    x = r.random()
    if x < .4:
        return date(r)
    m, d, y = r.randint(1, 12), r.randint(1, 28), r.randint(1930, 2030)
    h, mi, s = r.randint(0, 23), digits(r, 1), digits(r, 1)
    name, day = W.MONTH[m - 1], pick(r, W.DAY)
    clock = f"{h:02d}:{pick(r, '012345')}{mi}"
    return pick(r, [f"{m}/{d}/{y}", f"{m}/{d}/{y}", f"{y}", f"{y}", f"{y}-{m:02d}-{d:02d} {clock}:{pick(r, '012345')}{s}", f"{y}-{m:02d}-{d:02d} {clock}:{pick(r, '012345')}{s}", f"{y}-{m:02d}-{d:02d}T{clock}:00Z", f"{d}/{m}/{y}",
                    f"{d:02d}.{m:02d}.{y}", f"{d}. {name} {y}", f"{day}, {d} {name} {y}", f"{day}, {name} {d}, {y}", f"{name[:3]} {d} {y}", f"{d}-{name[:3]}-{y}", f"{d} {name[:3]} {y}", f"{name} {d}, {y} {clock}",
                    f"{d} {name}", f"{name} of {y}", f"{name[:3]}. {d}, {y}", f"{m}/{d}", f"{m:02d}-{d:02d}-{y}", f"{y}/{m:02d}/{d:02d}", f"{name.lower()} {d}", f"{d:02d}{name[:3].upper()}{y}", f"the {d}th of {name}" if 3 < d < 21 else f"{name} {d}"])
