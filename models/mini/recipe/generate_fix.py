"""Clean sentences made wrong in known ways: misspellings, joined and split words, case, apostrophes, dates, times, phones.

An item is (noisy text, edits, clean text); an edit is (start, end, right text) over the noisy text. Which way is right is
the convention under "What fix changes" in protocol.md.
"""
from __future__ import annotations

import random
import re

from generate_pii import digits, pick
from pii_words import DAY, FIRST, MONTH

Item = tuple[str, list[tuple[int, int, str]], str]
NEAR = dict(zip("qwertyuiopasdfghjklzxcvbnm", ("wa", "qes", "wrd", "etf", "ryg", "tuh", "yij", "uok", "ipl", "ol", "qsz", "adwx", "sfec", "dgrv", "fhtb", "gjyn",
                                               "hkum", "jlin", "kop", "xas", "zcsd", "xvdf", "cbfg", "vngh", "bmhj", "njk")))
FRAMES = ["The meeting is on {D} at {T}.", "Please call me at {P}.", "My number is {P}.", "Let's meet on {D}.", "The deadline is {D}.", "Call {P} before {T} on {D}.",
          "I was born on {D}.", "We open at {T} and close at {T}.", "See you at {T}.", "The train leaves at {T}.", "Can you come at {T}?", "She arrives on {D} at {T}.",
          "The invoice of {D} is late.", "Text me at {P} or call {P}.", "It starts at {T} tomorrow.", "My flight is on {D}.", "Lunch is at {T} on {W}.",
          "{N} will call you at {T}.", "I moved here on {D}.", "You can reach {N} at {P}.", "The shop is closed on {D}.", "Tomorrow at {T} works for me.",
          "The report is due on {D} by {T}.", "Fax it to {P}.", "Our support line is {P}."]


def date_pair(r: random.Random) -> tuple[str, str]:
    m, d, y = r.randint(0, 11), r.randint(1, 31), r.randint(1950, 2035)
    th = "th" if 10 < d < 20 else {1: "st", 2: "nd", 3: "rd"}.get(d % 10, "th")
    name = MONTH[m]
    wrong = pick(r, [f"{name.lower()} {d}{th} {y}", f"{d} {name} {y}", f"{name[:3].lower()} {d} {y}", f"{name} {d}{th}, {y}", f"{d}{th} of {name.lower()} {y}",
                     f"{name.lower()} {d}, {y}", f"{name[:3]} {d}, {y}", f"{d} {name[:3].lower()} {y}", f"{name} {d} {y}", f"{d}{th} {name} {y}"])
    return wrong, f"{name} {d}, {y}"


def time_pair(r: random.Random) -> tuple[str, str]:
    h, half = r.randint(1, 12), pick(r, ["a", "p"])
    clock = f"{h}" if r.random() < .5 else f"{h}:{pick(r, ['00', '15', '30', '45', '10', '20'])}"
    return clock + pick(r, [f"{half}m", f"{half.upper()}M", f" {half.upper()}M", f" {half}.m"]), f"{clock} {half}m"


def phone_pair(r: random.Random) -> tuple[str, str]:
    a, b, c = str(r.randint(201, 989)), str(r.randint(200, 999)), digits(r, 4)
    return pick(r, [f"{a}{b}{c}", f"{a}-{b}-{c}", f"{a}.{b}.{c}", f"{a} {b} {c}", f"({a}){b}-{c}", f"{a}-{b}{c}"]), f"({a}) {b}-{c}"


def char_noise(word: str, r: random.Random) -> str:
    i = r.randrange(len(word))
    c = word[i].lower()
    return pick(r, [word[:i] + word[i + 1:], word[:i] + word[i] * 2 + word[i + 1:], word[:i] + pick(r, NEAR.get(c, "e")) + word[i + 1:],
                    word[:i] + word[i:i + 2][::-1] + word[i + 2:], word[:i] + pick(r, "aeioutnsrl") + word[i:]])


def neighbours(words: set[str]) -> dict[str, list[str]]:
    """Words of four letters or more that a slip turns into one another: they share what is left when one letter is taken out."""
    shared: dict[str, list[str]] = {}
    for w in words:
        if len(w) > 3 and w.isalpha():
            for left in {w, *(w[:i] + w[i + 1:] for i in range(len(w)))}:
                shared.setdefault(left, []).append(w)
    out: dict[str, set[str]] = {}
    for group in shared.values():
        for w in group:
            out.setdefault(w, set()).update(x for x in group if x != w)
    return {w: sorted(x) for w, x in out.items() if x}


class Noise:
    """`typos`: (wrong, [right, ...]) pairs allowed in this split; `own`: also make up typos (training only)."""

    def __init__(self, typos: list[tuple[str, list[str]]], words: set[str], own: bool = True):
        self.wrongs: dict[str, list[str]] = {}
        for wrong, rights in typos:
            if " " not in wrong and len(rights) == 1:
                self.wrongs.setdefault(rights[0].lower(), []).append(wrong)
        self.words, self.own = words, own
        self.near = neighbours(words) if own else {}

    def misspell(self, word: str, r: random.Random) -> str | None:
        known = self.wrongs.get(word.lower())
        if known and (not self.own or r.random() < .8):
            wrong = pick(r, known)
        elif self.own and len(word) > 2:
            wrong = char_noise(word, r)
            if wrong.lower() in self.words:
                return None
        else:
            return None
        wrong = wrong.capitalize() if word[0].isupper() else wrong
        return wrong if wrong != word and re.fullmatch(r"[A-Za-z][A-Za-z']*", wrong) else None

    def apply(self, clean: str, r: random.Random, rate: float) -> Item:
        """Spoil about `rate` of the words of a clean sentence."""
        tokens = re.findall(r"\s+|[A-Za-z']+|\d+|.", clean.strip(), flags=re.S)
        noisy, edits, i = "", [], 0
        lower_all = self.own and r.random() < .12
        while i < len(tokens):
            t = tokens[i]
            word = bool(re.fullmatch(r"[A-Za-z']*[A-Za-z]", t)) and (i == 0 or tokens[i - 1].isspace())
            used, wrong = 1, None
            if word and t.isascii():
                x, free = r.random(), i + 2 < len(tokens) and tokens[i + 1] == " " and tokens[i + 2].isalpha()
                if x < rate * .72:
                    wrong = self.misspell(t, r)
                elif x < rate * .80 and free and len(t) < 8 and (t + tokens[i + 2]).lower() not in self.words:
                    wrong, used = t + tokens[i + 2], 3
                elif x < rate * .86 and len(t) > 4:
                    k = r.randrange(2, len(t) - 1)
                    wrong = t[:k] + " " + t[k:]
                elif x < rate * .89 and self.own:
                    wrong = f"{t} {t}"
                elif self.own and x < rate * 1.09 and t.lower() in self.near:
                    wrong = pick(r, self.near[t.lower()])
                    wrong = wrong.capitalize() if t[0].isupper() else wrong
                elif "'" in t and x < .35:
                    wrong = t.replace("'", "")
                elif t[0].isupper() and t[1:].islower() | (len(t) == 1) and (lower_all or x < rate + .08) and t.lower() in self.words | {"i"}:
                    wrong = t.lower()
            if wrong and wrong != "".join(tokens[i:i + used]):
                edits.append((len(noisy), len(noisy) + len(wrong), "".join(tokens[i:i + used])))
                noisy += wrong
                i += used
            else:
                noisy += t
                i += 1
        return noisy, edits, clean.strip()

    def framed(self, r: random.Random) -> tuple[Item, str]:
        """A sentence with a date, a time or a phone, most of them written in another way. Returns the item and its kind."""
        noisy, edits, clean, kinds = "", [], "", []
        for part in re.split(r"(\{[A-Z]\})", pick(r, FRAMES)):
            pair = {"{D}": date_pair, "{T}": time_pair, "{P}": phone_pair}.get(part)
            if pair:
                wrong, right = pair(r)
                wrong = right if r.random() < .2 else wrong
                kinds.append({"{D}": "date", "{T}": "time", "{P}": "phone"}[part])
            else:
                wrong = right = {"{W}": pick(r, DAY), "{N}": pick(r, FIRST)}.get(part, part)
                if part == "{W}" and r.random() < .5:
                    wrong = right.lower()
            if wrong != right:
                edits.append((len(noisy), len(noisy) + len(wrong), right))
            noisy, clean = noisy + wrong, clean + right
        return (noisy, edits, clean), kinds[0]
