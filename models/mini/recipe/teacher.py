"""What several linear classifiers together think of a sentence: soft labels for the model to learn from, of sentences nobody wrote.

The members differ in what they see (words, characters, both), so together they are right more often than each. They are trained on the
training sentences alone. `pool` changes those sentences in ways that mostly keep their meaning and labels the result.
"""
from __future__ import annotations

import random
from pathlib import Path

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier

from generate_fix import char_noise

BEFORE = ["please", "hey", "can you", "could you please", "i want to know", "tell me", "hi", "ok so", "i need you to tell me", "i was wondering",
          "would you mind telling me", "so", "help me", "quick question", "i'd like to know", "do me a favor and tell me", "go ahead and"]
AFTER = ["please", "thanks", "for me", "right now", "today", "if you can", "thank you", "asap", "or not", "do you know"]


class Teacher:
    """`order`: the labels in the order of its probabilities."""

    def __init__(self, texts: list[str], labels: list[str], order: list[str]):
        self.words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+")
        self.chars = TfidfVectorizer(ngram_range=(2, 5), sublinear_tf=True, analyzer="char_wb", min_df=2)
        seen = self.members_see(self.words.fit_transform(texts), self.chars.fit_transform(texts))
        self.members = [SGDClassifier(loss=loss, alpha=alpha, max_iter=12, tol=None, average=True, random_state=i).fit(x, labels)
                        for i, (x, (loss, alpha)) in enumerate(zip(seen, [("log_loss", 2e-6), ("log_loss", 2e-6), ("modified_huber", 1e-5)]))]
        self.place = [list(self.members[0].classes_).index(y) for y in order]

    @staticmethod
    def members_see(words, chars) -> list:
        return [hstack([words, chars]).tocsr(), chars, words]

    def probabilities(self, texts: list[str]) -> np.ndarray:
        """[n, labels]: the mean of the members' softmax."""
        out = 0
        for m, x in zip(self.members, self.members_see(self.words.transform(texts), self.chars.transform(texts))):
            z = m.decision_function(x)[:, self.place] * 1.3
            e = np.exp(z - z.max(1, keepdims=True))
            out = out + e / e.sum(1, keepdims=True)
        return (out / len(self.members)).astype(np.float32)


def changed(text: str, others: list[str], r: random.Random) -> str:
    """A word lost, mistyped or taken from another sentence of the same label, or a few words put before or behind."""
    words, x = text.split(), r.random()
    if x < .25 and len(words) > 4:
        words.pop(r.randrange(len(words)))
    elif x < .50:
        i = r.randrange(len(words))
        words[i] = char_noise(words[i], r) or words[i]
    elif x < .70:
        words = r.choice(BEFORE).split() + words if r.random() < .6 else words + r.choice(AFTER).split()
    elif x < .85:
        words[r.randrange(len(words))] = r.choice(r.choice(others).split())
    else:
        other = r.choice(others).split()
        words = words[:r.randint(1, len(words))] + other[r.randrange(len(other)):]
    return " ".join(words)


def pool(items: list[tuple[str, str]], order: list[str], copies: int, seed: int) -> list[tuple[str, str, np.ndarray]]:
    """(text, label, probabilities [labels]): each sentence as it stands, and `copies` changed ones. Takes some minutes."""
    r = random.Random(seed)
    teacher = Teacher([t for t, _ in items], [y for _, y in items], order)
    of: dict[str, list[str]] = {}
    for t, y in items:
        of.setdefault(y, []).append(t)
    made = [(t, y, False) for t, y in items] + [(changed(t, of[y], r), y, True) for t, y in items for _ in range(copies)]
    out = []
    for i in range(0, len(made), 4096):
        part = made[i:i + 4096]
        for (t, y, new), p in zip(part, teacher.probabilities([t for t, _, _ in part])):
            gold = np.zeros(len(order), np.float32)
            gold[order.index(y)] = 1
            share = .35 if new else .15  # the members know the sentences as they stand by heart
            out.append((t, y, ((1 - share) * gold + share * p).astype(np.float16)))
    return out


def sentences(folder: Path) -> list[tuple[str, str]]:
    """Our own sentences beside this file: `intents_*.txt` (label, tab, sentence) and `oos_*.txt`."""
    out = []
    for path in sorted(folder.glob("intents_*.txt")):
        out += [(t.strip(), y.strip()) for y, _, t in (x.partition("\t") for x in path.read_text(encoding="utf-8").splitlines()) if t.strip()]
    for path in sorted(folder.glob("oos_*.txt")):
        out += [(t.strip(), "oos") for t in path.read_text(encoding="utf-8").splitlines() if t.strip()]
    return list(dict.fromkeys(out))
