"""Linear baselines on the same splits, in minutes on one core: what a small model has to beat.

    python baseline.py EVAL OUT.json [--tasks DIR]
EVAL is the folder of evaluate_data.py. Intents: TF-IDF of words and characters, logistic regression, no augmentation.
Spans: one logistic regression per token (BIO) over a window of hashed features. fix: the most frequent correction of the
training misspellings, else the nearest dictionary word for unknown words. complete: 3-gram back-off, most frequent next word.
"""
from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import roc_auc_score

import splits
from mixture import counted, dictionary, intents, pools
from generate_pii import Generator

Spans = list[tuple[str, int, int]]


class TextClassifier:
    """Word 1-2-grams and character 2-5-grams, TF-IDF, multinomial logistic regression."""

    def __init__(self, texts: list[str], labels: list[str]):
        self.words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+")
        self.chars = TfidfVectorizer(ngram_range=(2, 5), sublinear_tf=True, analyzer="char_wb", min_df=2)
        x = hstack([self.words.fit_transform(texts), self.chars.fit_transform(texts)]).tocsr()
        self.model = SGDClassifier(loss="log_loss", alpha=2e-6, max_iter=25, tol=None, average=True, random_state=0).fit(x, labels)

    def scores(self, texts: list[str]) -> np.ndarray:
        """Softmax of the one-against-rest scores."""
        x = hstack([self.words.transform(texts), self.chars.transform(texts)]).tocsr()
        z = self.model.decision_function(x)
        e = np.exp(z - z.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)


def tokens(text: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(r"[A-Za-z]+|\d+|[^\sA-Za-z\d]", text)]


def features(text: str, toks: list[tuple[int, int]], i: int) -> dict[str, float]:
    out = {"bias": 1.0}
    for d in (-3, -2, -1, 0, 1, 2, 3):
        if not 0 <= i + d < len(toks):
            out[f"{d}=none"] = 1.0
            continue
        w = text[slice(*toks[i + d])]
        out[f"{d}w={w.lower()}"] = 1.0
        out[f"{d}s={'d' * min(len(w), 5) if w.isdigit() else 'X' if w.isupper() else 'Xx' if w[0].isupper() else 'x' if w.isalpha() else w}"] = 1.0
        if abs(d) <= 1:
            for n in (2, 3):
                out[f"{d}p={w[:n].lower()}"] = out[f"{d}e={w[-n:].lower()}"] = 1.0
        if d == 0:
            for a in range(len(w) - 2):
                out[f"c={w[a:a + 3].lower()}"] = 1.0
    for d in (-1, 1):
        if 0 <= i + d < len(toks):
            a, b = min(i, i + d), max(i, i + d)
            out[f"{d}ww={text[slice(*toks[a])].lower()}_{text[slice(*toks[b])].lower()}"] = 1.0
            out[f"{d}gap={toks[b][0] - toks[a][1] > 0}"] = 1.0
    return out


class Tagger:
    def __init__(self, items: list[tuple[str, Spans]]):
        self.hash = FeatureHasher(2 ** 18, alternate_sign=False)
        rows, tags = [], []
        for text, spans in items:
            toks = tokens(text)
            for i, (a, b) in enumerate(toks):
                hit = next((s for s in spans if s[1] <= a and b <= s[2]), None)
                first = hit and not any(hit[1] <= x < a for x, _ in toks[max(0, i - 1):i])
                tags.append("O" if not hit else ("B-" if first else "I-") + hit[0])
                rows.append(features(text, toks, i))
        x: csr_matrix = self.hash.transform(rows)
        self.model = SGDClassifier(loss="log_loss", alpha=3e-6, max_iter=6, tol=None, average=True, random_state=0).fit(x, tags)

    def spans(self, text: str) -> Spans:
        toks = tokens(text)
        if not toks:
            return []
        out: Spans = []
        for (a, b), tag in zip(toks, self.model.predict(self.hash.transform([features(text, toks, i) for i in range(len(toks))]))):
            if tag == "O":
                last = None
                continue
            if tag[0] == "I" and out and last == tag[2:]:
                out[-1] = (out[-1][0], out[-1][1], b)
            else:
                out.append((tag[2:], a, b))
            last = tag[2:]
        return out


def f1(pairs: list[tuple[Spans, Spans]]) -> dict[str, float]:
    tp = sum(len(set(g) & set(p)) for g, p in pairs)
    gold, found = sum(len(set(g)) for g, _ in pairs), sum(len(set(p)) for _, p in pairs)
    p, r = tp / max(found, 1), tp / max(gold, 1)
    return {"f1": round(2 * p * r / max(p + r, 1e-9), 4), "precision": round(p, 4), "recall": round(r, 4), "spans": gold}


def read(folder: Path, task: str) -> list[dict]:
    return [json.loads(x) for x in (folder / "test" / f"{task}.jsonl").read_text(encoding="utf-8").splitlines()]


def intent(tasks: Path, rows: list[dict]) -> dict:
    train = intents(tasks)
    model = TextClassifier([t for t, _ in train], [y for _, y in train])
    p, labels = model.scores([x["text"] for x in rows]), list(model.model.classes_)
    oos = labels.index("oos")
    inside = p.copy()
    inside[:, oos] = 0
    gold = [x["label"] for x in rows]
    known = [i for i, y in enumerate(gold) if y != "oos"]
    right = sum(labels[inside[i].argmax()] == gold[i] for i in known)
    is_oos = np.array([y == "oos" for y in gold])
    score = inside.max(1)
    limit = np.quantile(score[~is_oos], .05)
    return {"items": len(known), "accuracy": round(right / len(known), 4), "oos_items": int(is_oos.sum()),
            "oos_auroc_max_probability": round(roc_auc_score(is_oos, -score), 4),
            "oos_auroc_oos_probability": round(roc_auc_score(is_oos, p[:, oos]), 4),
            "oos_caught_at_5_percent_rejected": round(float((score[is_oos] < limit).mean()), 4)}


def json_slots(tasks: Path, rows: list[dict]) -> dict:
    train = splits.snips(tasks)["train"]
    model, tagger = TextClassifier([t for t, _, _ in train], [y for _, y, _ in train]), Tagger([(t, s) for t, _, s in train])
    guess = [model.model.classes_[i] for i in model.scores([x["text"] for x in rows]).argmax(1)]
    pairs = [([(s["name"], s["start"], s["end"]) for s in x["slots"]], tagger.spans(x["text"])) for x in rows]
    exact = sum(g == x["intent"] and set(a) == set(b) for g, x, (a, b) in zip(guess, rows, pairs))
    return {"items": len(rows), "intent_accuracy": round(sum(g == x["intent"] for g, x in zip(guess, rows)) / len(rows), 4),
            "exact": round(exact / len(rows), 4), **{f"slot_{k}": v for k, v in f1(pairs).items()}}


def redact(tasks: Path, rows: list[dict], made: int) -> dict:
    """Trained on the same mixture as the model: real examples and `made` generated ones."""
    import random
    r, maker = random.Random(0), Generator(pools(tasks), splits.presidio_templates(tasks))
    items = splits.presidio(tasks)["train"] * 3 + [x for x in splits.wnut(tasks)["train"] if "http" not in x[0]]
    items += [maker.item(r) for _ in range(made)] + [(t, []) for t in splits.banking(tasks)[:2000]]
    tagger, out = Tagger(items), {}
    for source in ("presidio", "wnut17", "filled"):
        pairs = []
        for x in rows:
            if x["source"] == source and max(x["text"]) < "\U00010000":  # offsets: code points and UTF-16 agree
                gold = [(s["type"], s["start"], s["end"]) for s in x["spans"]]
                pairs.append((gold, splits.merge_spans(x["text"], tagger.spans(x["text"]))))
        out[source] = {"items": len(pairs), **f1(pairs), "untyped_f1": f1([([("x", *s[1:]) for s in g], [("x", *s[1:]) for s in p]) for g, p in pairs])["f1"]}
    return out


def distance(a: str, b: str, limit: int) -> int:
    """Damerau (adjacent swaps), cut off above the limit."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before, last = [], list(range(len(b) + 1))
    for i, c in enumerate(a, 1):
        row = [i]
        for j, d in enumerate(b, 1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (c != d)))
            if i > 1 and j > 1 and c == b[j - 2] and a[i - 2] == d:
                row[-1] = min(row[-1], before[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return last[-1]


def errors(a: list[str], b: list[str]) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


def fix(tasks: Path, rows: list[dict]) -> dict:
    listed = {w.lower(): ys[0].lower() for w, ys in splits.typos(tasks)["train"]}
    counts: Counter[str] = Counter()
    for doc in splits.documents(tasks, "usgov")["train"] + splits.banking(tasks):
        counts.update(re.findall(r"[a-z']+", doc.lower()))
    words = set(dictionary(tasks, counted(tasks)))
    by_first: dict[str, list[str]] = defaultdict(list)
    for w in words:
        by_first[w[0]].append(w)
    memo: dict[str, str] = {}

    def right(word: str) -> str:
        low = word.lower()
        if low not in memo:
            best = low
            if low in listed and low not in words:
                best = listed[low]
            elif low not in words and counts[low] < 3 and len(low) > 3:
                limit = 1 if len(low) <= 4 else 2
                near = [(d, -counts[w], w) for w in by_first[low[0]] if (d := distance(low, w, limit)) <= limit]
                best = min(near)[2] if near else low
            memo[low] = best
        new = memo[low]
        return word if new == low else new.capitalize() if word[0].isupper() else new

    out: dict[str, dict] = {}
    for kind in ("text", "clean", "date", "time", "phone"):
        part = [x for x in rows if x["kind"] == kind]
        fixed = [re.sub(r"[A-Za-z']*[A-Za-z]", lambda m: right(m[0]), x["noisy"]) for x in part]
        n = sum(len(x["clean"].split()) for x in part)
        before = sum(errors(x["noisy"].split(), x["clean"].split()) for x in part)
        after = sum(errors(y.split(), x["clean"].split()) for x, y in zip(part, fixed))
        out[kind] = {"items": len(part), "words": n, "wer_before": round(before / n, 4), "wer_after": round(after / n, 4),
                     "exact": round(sum(y == x["clean"] for x, y in zip(part, fixed)) / max(len(part), 1), 4)}
    return out


def complete(tasks: Path, rows: list[dict]) -> dict:
    split = re.compile(r"[A-Za-z']+|\d|[^\sA-Za-z\d]").findall
    tables: list[dict[tuple, Counter]] = [defaultdict(Counter) for _ in range(3)]
    for doc in splits.documents(tasks, "usgov")["train"] + splits.documents(tasks, "tldr")["train"]:
        words = split(doc)
        for i, w in enumerate(words):
            for n in (0, 1, 2):
                if i >= n:
                    tables[n][tuple(words[i - n:i])][w] += 1
    best = [{k: c.most_common(1)[0][0] for k, c in t.items()} for t in tables]
    out = {}
    for source in ("tldr", "usgov"):
        right = total = 0
        for x in rows:
            if x["source"] != source or max(x["text"]) > "\uffff":
                continue
            words, at = split(x["text"]), len(split(x["text"][:x["cut"]]))
            for i in range(at, len(words)):
                guess = next((best[n][k] for n in (2, 1, 0) if (k := tuple(words[i - n:i])) in best[n]), None)
                right, total = right + (guess == words[i]), total + 1
        out[source] = {"words": total, "top1_next_word": round(right / total, 4)}
    return out


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("eval", type=Path)
    p.add_argument("out", type=Path)
    p.add_argument("--tasks", type=Path, default=splits.TASKS)
    p.add_argument("--made", type=int, default=8000, help="generated redact examples")
    p.add_argument("--only", default="intent,json,redact,fix,complete")
    a = p.parse_args()
    done = json.loads(a.out.read_text()) if a.out.exists() else {}
    jobs = {"intent": intent, "json": json_slots, "redact": lambda t, x: redact(t, x, a.made), "fix": fix, "complete": complete}
    for task in a.only.split(","):
        done[task] = jobs[task](a.tasks, read(a.eval, task))
        print(task, json.dumps(done[task]), flush=True)
        a.out.write_text(json.dumps(done, indent=1) + "\n")
