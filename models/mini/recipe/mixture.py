"""From the splits to batches: how often each task is drawn, and how examples of like length are put together.

`Mixture.example(task, rng)` makes one training example; `batches` yields padded (ids, weights, tasks) without end. It is
called in a separate process, so that the training process only trains.
"""
from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path
from typing import Iterator

import numpy as np
from tokenizers import Tokenizer

import formats
import splits
from generate_fix import Noise, char_noise
from generate_pii import Generator

WARMUP = {"json": .6, "copy": .4}
SHARES = {"intent": .20, "json": .17, "redact": .23, "fix": .22, "complete": .15, "copy": .03}
NAMES = list(SHARES)


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


def dictionary(tasks: Path) -> list[str]:
    """Words seen at least three times in training text, lower case, without listed misspellings."""
    counts: Counter[str] = Counter()
    docs = splits.documents(tasks, "usgov")["train"] + splits.documents(tasks, "tldr")["train"] + splits.banking(tasks)
    docs += [t for t, _ in splits.clinc(tasks)["train"]] + [t for t, _, _ in splits.snips(tasks)["train"]]
    docs += [t for t, _ in splits.presidio(tasks)["train"]]
    for doc in docs:
        counts.update(re.findall(r"[a-z]+(?:'[a-z]+)?", doc.lower()))
    part = splits.typos(tasks)
    wrong = {w for x in part.values() for w, _ in x}
    wrong |= {w.replace("'", "") for w in counts if re.fullmatch(r"[a-z]+(n't|'m|'ve)|(you|they)'re|(that|what)'s", w)}  # dont, im
    right = {y.lower() for _, ys in part["train"] for y in ys}
    return sorted(w for w, n in counts.items() if n >= 3 and (len(w) > 1 or w in "ai") and w not in wrong and (n >= 8 or w in right or len(w) < 4))


class Mixture:
    def __init__(self, tasks: Path, tokenizer: Tokenizer):
        self.codec = formats.Codec(tokenizer)
        self.intents = splits.clinc(tasks)["train"]
        self.intents += [x for x in self.intents if x[1] == "oos"]
        self.snips = splits.snips(tasks)["train"]
        self.presidio, self.wnut = splits.presidio(tasks)["train"], [x for x in splits.wnut(tasks)["train"] if "http" not in x[0]]
        self.pii = Generator(pools(tasks), splits.presidio_templates(tasks))
        self.docs = {n: splits.documents(tasks, n)["train"] for n in ("tldr", "usgov")}
        self.weights = {n: np.cumsum([len(d) for d in v]).tolist() for n, v in self.docs.items()}
        self.clean = splits.sentences(self.docs["usgov"] + self.docs["tldr"])
        self.bank = splits.banking(tasks)
        self.quiet = [s for s in self.clean if not re.search(r"\d| [A-Z]", s)] + [s for s in self.bank if not re.search(r"\d", s)]
        words = dictionary(tasks)
        self.words = words
        self.noise = Noise(splits.typos(tasks)["train"], set(words))

    def example(self, task: str, r: random.Random) -> formats.Example | None:
        return getattr(self, task)(r)

    def intent(self, r: random.Random) -> formats.Example:
        if r.random() < .015:
            return formats.intent(self.codec, r.choice(self.quiet).lower().rstrip(".?"), "oos")
        text, label = r.choice(self.intents)
        if r.random() < .5:
            words = text.split()
            if r.random() < .5 and len(words) > 4:
                words.pop(r.randrange(len(words)))
            else:
                i = r.randrange(len(words))
                words[i] = char_noise(words[i], r) or words[i]
            text = " ".join(words)
        return formats.intent(self.codec, text, label)

    def json(self, r: random.Random) -> formats.Example:
        text, label, slots = r.choice(self.snips)
        if r.random() < .15 and len(text.lower()) == len(text):
            text = text.lower()
        return formats.json_slots(self.codec, text, label, slots)

    def redact(self, r: random.Random) -> formats.Example | None:
        x = r.random()
        if x < .66:
            text, spans = self.pii.item(r)
        elif x < .80:
            text, spans = r.choice(self.presidio)
        elif x < .90:
            text, spans = r.choice(self.wnut)
        else:
            text, spans = r.choice(self.quiet), []
        return formats.redact(self.codec, text, spans)

    def fix(self, r: random.Random) -> formats.Example | None:
        x = r.random()
        if x < .15:
            (noisy, edits, _), _ = self.noise.framed(r)
        else:
            if x < .28:
                clean = self.pii.one(r)[0].split("\n")[0]
                clean = r.choice(self.bank) if re.search(r"\d|@|www", clean) else clean  # dates and phones have their own frames
            else:
                clean = r.choice(self.bank if x < .45 else self.clean)
            if r.random() < .15:
                clean += " " + r.choice(self.clean)
            noisy, edits, _ = self.noise.apply(clean, r, r.choice([0, .1, .15, .2, .25, .3]))
        return formats.fix(self.codec, noisy, edits)

    def complete(self, r: random.Random) -> formats.Example | None:
        if r.random() < .15:
            return formats.complete(self.codec, r.choice([r.choice(self.bank), r.choice(self.intents)[0], self.pii.item(r)[0]]), r.random())
        name = r.choice(["tldr", "usgov"])
        chars = r.randint(1100, 2000) if r.random() < .10 else r.randint(300, 520)
        doc = r.choices(self.docs[name], cum_weights=self.weights[name])[0]
        start = doc.find(" ", r.randrange(max(1, len(doc) - chars // 2))) if r.random() < .7 else 0
        window = doc[max(start, 0):start + chars].strip()
        return formats.complete(self.codec, window[:window.rfind(" ")] if len(window) >= chars - 1 else window, r.random())

    def copy(self, r: random.Random) -> formats.Example:
        words = [r.choice(self.words) if r.random() < .8 else str(r.randint(0, 99999)) for _ in range(r.randint(3, 20))]
        return formats.copying(self.codec, " ".join(words))

    def batches(self, tokens: int, seed: int, warmup_tokens: int) -> Iterator[tuple[np.ndarray, np.ndarray, list[int]]]:
        """Batches of about `tokens` tokens; examples are sorted by length in groups of 40 batches."""
        r = random.Random(seed)
        made = Counter(dict.fromkeys(NAMES, 0))
        total, switched = 0, False
        while True:
            group: list[tuple[list[int], list[float], int]] = []
            size = 0
            while size < 40 * tokens:
                shares = WARMUP if total < warmup_tokens else SHARES
                if shares is SHARES and not switched:
                    made, switched = Counter(dict.fromkeys(NAMES, 0)), True
                task = min(shares, key=lambda t: made[t] / shares[t])  # the task furthest behind its share of tokens
                ex = self.example(task, r)
                if ex is None or not 12 <= len(ex[0]) <= 512:
                    continue
                group.append((*ex, NAMES.index(task)))
                made[task] += len(ex[0])
                size += len(ex[0])
                total += len(ex[0])
            group.sort(key=lambda e: len(e[0]) + r.random())
            cut: list[list] = [[]]
            for ex in group:
                if cut[-1] and len(ex[0]) * (len(cut[-1]) + 1) > tokens:
                    cut.append([])
                cut[-1].append(ex)
            r.shuffle(cut)
            for part in cut:
                width = max(len(e[0]) for e in part)
                ids, weight = np.zeros((len(part), width), np.int64), np.zeros((len(part), width), np.float32)
                for i, (x, w, _) in enumerate(part):
                    ids[i, :len(x)], weight[i, :len(w)] = x, w
                yield ids, weight, [t for _, _, t in part]
