"""From the splits to batches: how often each task is drawn, and how examples of like length are put together.

`Mixture.example(task, rng)` makes one training example; `batches` yields batches of one task without end. It is
called in a separate process, so that the training process only trains.
"""
from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import numpy as np
from tokenizers import Tokenizer

import formats
import splits
from generate_fix import Noise, char_noise
from generate_pii import Generator
import teacher

SHARES = {"intent": .13, "json": .11, "redact": .27, "fix": .19, "complete": .30}
NAMES = list(SHARES)
Sentence = tuple[str, formats.Spans]
SENTENCES = Path(__file__).with_name("sentences")


@dataclass
class Batch:
    """`ids` [n, t], 0 where it is padding. `whole` [n] classes or `soft` [n, classes] at place 0; `rows`, `places`, `tags`, `weights` [m] of units."""
    task: str
    ids: np.ndarray
    whole: np.ndarray | None = None
    soft: np.ndarray | None = None
    rows: np.ndarray | None = None
    places: np.ndarray | None = None
    tags: np.ndarray | None = None
    weights: np.ndarray | None = None


def pools(tasks: Path) -> dict[str, list[str]]:
    """Names, organisations and addresses that occur in training examples (presidio and Snips)."""
    out: dict[str, list[str]] = {"PERSON": [], "ORGANIZATION": [], "ADDRESS": [], "PLACE": []}
    for text, spans in splits.presidio(tasks)["train"]:
        for kind, a, b in spans:
            if kind in out and b - a > 2:
                out["PLACE" if kind == "ADDRESS" and not re.search(r"\d", text[a:b]) else kind].append(text[a:b])
    for text, _, slots in splits.snips(tasks)["train"]:
        for name, a, b in slots:
            kind = {"artist": "PERSON", "city": "PLACE", "country": "PLACE"}.get(name)
            if kind and text[a:b].replace(" ", "").isalpha() and (kind == "PLACE" or text[a:b].count(" ") == 1):
                out[kind].append(text[a:b].title())
    return {k: list(dict.fromkeys(v)) for k, v in out.items()}


def counted(tasks: Path) -> Counter[str]:
    """How often each word stands in training text, lower case."""
    counts: Counter[str] = Counter()
    docs = splits.documents(tasks, "usgov")["train"] + splits.documents(tasks, "tldr")["train"] + splits.banking(tasks)
    docs += [t for t, _ in splits.clinc(tasks)["train"]] + [t for t, _, _ in splits.snips(tasks)["train"]]
    docs += [t for t, _ in splits.presidio(tasks)["train"]]
    for doc in docs:
        counts.update(re.findall(r"[a-z]+(?:'[a-z]+)?", doc.lower()))
    return counts


def dictionary(tasks: Path, counts: Counter[str]) -> list[str]:
    """Words seen at least three times in training text, the most frequent first, without listed misspellings."""
    part = splits.typos(tasks)
    wrong = {w for x in part.values() for w, _ in x}
    wrong |= {w.replace("'", "") for w in counts if re.fullmatch(r"[a-z]+(n't|'m|'ve)|(you|they)'re|(that|what)'s", w)}  # dont, im
    right = {y.lower() for _, ys in part["train"] for y in ys}
    words = [w for w, n in counts.items() if n >= 3 and (len(w) > 1 or w in "ai") and w not in wrong and (n >= 8 or w in right or len(w) < 4)]
    return sorted(words, key=lambda w: (-counts[w], w))


def lexicon(tasks: Path) -> list[str]:
    """The words `fix` may correct to: the dictionary, and after it what the misspellings of the training part should be, if seen at all."""
    counts = counted(tasks)
    known = dictionary(tasks, counts)
    part = splits.typos(tasks)
    wrong = {w for x in part.values() for w, _ in x} | {w.replace("'", "") for w in counts if "'" in w}
    times = Counter(y.lower() for _, ys in part["train"] for y in ys if re.fullmatch(r"[a-z]+", y.lower()))
    more = {w for w, n in times.items() if (counts[w] > 0 or n >= 2) and w not in wrong and len(w) > 3} - set(known)
    return known + sorted(more, key=lambda w: (-counts[w], -times[w], w))


def intents(tasks: Path) -> list[tuple[str, str]]:
    """CLINC150's training split and our own sentences, without what is held back; what is out of scope there three times."""
    parts = splits.clinc(tasks)
    held = {t.lower() for part in ("dev", "test") for t, _ in parts[part]}
    own = [x for x in teacher.sentences(SENTENCES) if x[0].lower() not in held]
    return parts["train"] + own + 2 * [x for x in parts["train"] if x[1] == "oos"]


def crossed(one: Sentence, other: Sentence, r: random.Random) -> Sentence:
    """`one` up to the end of a span, then `other` from the end of one of the same type; `one` where they share no type."""
    (text, spans), (more, others) = one, other
    pairs = [(i, k) for i, x in enumerate(spans) for k, y in enumerate(others) if x[0] == y[0]]
    if not pairs:
        return one
    i, k = r.choice(pairs)
    shift = spans[i][2] - others[k][2]
    return text[:spans[i][2]] + more[others[k][2]:], spans[:i + 1] + [(n, a + shift, b + shift) for n, a, b in others[k + 1:]]


class Mixture:
    def __init__(self, tasks: Path, tokenizer: Tokenizer):
        self.codec = formats.Codec(tokenizer)
        self.intents = teacher.pool(intents(tasks), self.codec.labels, 5, 1)
        self.snips = splits.snips(tasks)["train"]
        self.values: dict[str, list[str]] = {}
        for text, _, slots in self.snips:
            for name, a, b in slots:
                self.values.setdefault(name, []).append(text[a:b])
        self.presidio, self.wnut = splits.presidio(tasks)["train"], [x for x in splits.wnut(tasks)["train"] if "http" not in x[0]]
        self.pii = Generator(pools(tasks), splits.presidio_templates(tasks))
        self.docs = {n: splits.documents(tasks, n)["train"] for n in ("tldr", "usgov")}
        self.weights = {n: np.cumsum([len(d) for d in v]).tolist() for n, v in self.docs.items()}
        self.clean = splits.sentences(self.docs["usgov"] + self.docs["tldr"])
        self.bank = splits.banking(tasks)
        self.quiet = [s for s in self.clean if not re.search(r"\d| [A-Z]", s)] + [s for s in self.bank if not re.search(r"\d", s)]
        self.words = dictionary(tasks, counted(tasks))
        self.common = set(self.words[:800])
        self.noise = Noise(splits.typos(tasks)["train"], set(self.words))

    def example(self, task: str, r: random.Random) -> formats.Example | None:
        return getattr(self, task)(r)

    def intent(self, r: random.Random) -> formats.Example:
        if r.random() < .02:
            return formats.intent(self.codec, r.choice(self.quiet).lower().rstrip(".?"), "oos")
        text, label, soft = r.choice(self.intents)
        return formats.intent(self.codec, text, label, soft)

    def json(self, r: random.Random) -> formats.Example:
        text, label, slots = r.choice(self.snips)
        if r.random() < .4:
            text, slots = self.swapped(text, slots, r)
        if r.random() < .15 and len(text.lower()) == len(text):
            text = text.lower()
        return formats.json_slots(self.codec, text, label, slots)

    def swapped(self, text: str, slots: formats.Spans, r: random.Random) -> tuple[str, formats.Spans]:
        """Values of other sentences in the same slots: what stands there matters less, what stands around it more."""
        out, spans, at = "", [], 0
        for name, a, b in slots:
            value = r.choice(self.values[name]) if r.random() < .6 else text[a:b]
            out += text[at:a]
            spans.append((name, len(out), len(out) + len(value)))
            out, at = out + value, b
        return out + text[at:], spans

    def redact(self, r: random.Random) -> formats.Example | None:
        x = r.random()
        if x < .74:
            text, spans = self.changed(self.framed(r), r)
        elif x < .82:
            text, spans = r.choice(self.wnut) if r.random() < .5 else self.pii.swap(r.choice(self.wnut), r)
        elif x < .86:
            text, spans = r.choice(self.quiet), []
        else:
            text = r.choice(self.clean).strip()
            unknown = self.perhaps_names(text)
            return formats.redact(self.codec, text.lower() if r.random() < .3 and len(text.lower()) == len(text) else text, [], unknown)
        return formats.redact(self.codec, text, spans)

    def framed(self, r: random.Random) -> Sentence:
        """One of our frames, or one of presidio's training sentences."""
        return self.pii.item(r) if r.random() < .81 else r.choice(self.presidio)

    def changed(self, sentence: Sentence, r: random.Random) -> Sentence:
        """There are few frames, and what stands around a name is soon known by heart: a third goes on after a name as another does after one of its type; of a third words are lost or others."""
        if r.random() < .35:
            sentence = crossed(sentence, self.framed(r), r)
        return self.disturbed(sentence, r) if r.random() < .35 else sentence

    def disturbed(self, sentence: Sentence, r: random.Random) -> Sentence:
        """One in seven words outside of the spans is left out, or becomes a word of the dictionary with the same first letter's case."""
        text, spans = sentence
        out, moved, at = "", [], 0
        for kind, start, end in [*spans, ("", len(text), len(text))]:
            around = re.split(r"(\W+)", text[at:start])
            out += "".join(self.other(w, r) if w.isalpha() and r.random() < .14 else w for w in around)
            moved += [(kind, len(out), len(out) + end - start)] if kind else []
            out, at = out + text[start:end], end
        return out, moved

    def other(self, word: str, r: random.Random) -> str:
        found = r.choice(self.words[:4000]) if r.random() < .7 else ""
        return found.capitalize() if word[0].isupper() else found

    def perhaps_names(self, text: str) -> list[tuple[int, int]]:
        """What in a sentence without labels may be a name or a number: all but words in small letters and a first word that is common."""
        words = [m.span() for m in re.finditer(r"\S+", text)]
        return [(a, b) for a, b in words if not re.fullmatch(r"[^\w]*[a-z]+(?:[-'][a-z]+)*[^\w]*", text[a:b])
                and not (a == 0 and text[a:b].lower() in self.common)]

    def fix(self, r: random.Random) -> formats.Example | None:
        x = r.random()
        if x < .08:
            (noisy, edits, _), _ = self.noise.framed(r)
        else:
            if x < .22:
                clean = self.pii.one(r)[0].split("\n")[0]
                clean = r.choice(self.bank) if re.search(r"\d|@|www", clean) else clean  # dates and phones have their own frames
            else:
                clean = r.choice(self.bank if x < .38 else self.clean)
            if r.random() < .15:
                clean += " " + r.choice(self.clean)
            noisy, edits, _ = self.noise.apply(clean, r, r.choice([0, .03, .1, .15, .2, .25, .3]))
        cut = len(noisy) - len(noisy.lstrip())
        return formats.fix(self.codec, noisy, [(a - cut, b - cut, right) for a, b, right in edits])

    def complete(self, r: random.Random) -> formats.Example | None:
        if r.random() < .15:
            text = r.choice([r.choice(self.bank), r.choice(self.intents)[0], self.pii.item(r)[0]])
        else:
            name = r.choice(["tldr", "usgov"])
            chars = r.randint(1100, 2000) if r.random() < .10 else r.randint(300, 520)
            doc = r.choices(self.docs[name], cum_weights=self.weights[name])[0]
            start = doc.find(" ", r.randrange(max(1, len(doc) - chars // 2))) if r.random() < .7 else 0
            text = doc[max(start, 0):start + chars].strip()
            text = text[:text.rfind(" ")] if len(text) >= chars - 1 else text
        ids = formats.complete(self.codec, text, r.random())
        return ids and formats.Example(ids)

    def batches(self, tokens: int, seed: int) -> Iterator[Batch]:
        """Batches of one task and about `tokens` tokens; examples are sorted by length in groups of about 50 batches."""
        r = random.Random(seed)
        while True:
            group: list[Batch] = []
            for task in NAMES:
                pending: list[formats.Example] = []
                size = 0
                while size < 50 * tokens * SHARES[task]:
                    ex = self.example(task, r)
                    if ex is None or not 4 <= len(ex.ids) <= (512 if task == "complete" else formats.LONGEST):
                        continue
                    pending.append(ex)
                    size += len(ex.ids)
                pending.sort(key=lambda e: len(e.ids) + r.random())
                part: list[formats.Example] = []
                for ex in pending:
                    if part and len(ex.ids) * (len(part) + 1) > tokens:
                        group.append(batch(task, part))
                        part = []
                    part.append(ex)
                if part:
                    group.append(batch(task, part))
            r.shuffle(group)
            yield from group


def batch(task: str, part: list[formats.Example]) -> Batch:
    ids = np.zeros((len(part), max(len(e.ids) for e in part)), np.int64)
    for i, e in enumerate(part):
        ids[i, :len(e.ids)] = e.ids
    out = Batch(task, ids)
    if part[0].whole is not None:
        out.whole = np.array([e.whole for e in part])
    if task == "intent":
        hard = np.eye(len(next(e.soft for e in part if e.soft is not None)), dtype=np.float32) if any(e.soft is not None for e in part) else None
        out.soft = None if hard is None else np.stack([hard[e.whole] if e.soft is None else e.soft.astype(np.float32) for e in part])
    if task in ("json", "redact", "fix"):
        out.rows = np.array([i for i, e in enumerate(part) for _ in e.places])
        out.places, out.tags = (np.array([x for e in part for x in getattr(e, name)]) for name in ("places", "tags"))
        out.weights = np.array([x for e in part for x in e.weights], np.float32)
    return out
