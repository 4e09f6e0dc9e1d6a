"""What is trained on, what is held back, and nothing else.

Every loader takes the folder of labelled tasks and returns {"train": [...], "dev": [...], "test": [...]}.
Membership depends on a stable hash of the text (crc32), never on order or chance, so any later run sees the same split.
`dev` is for every choice (thresholds, weights); `test` is looked at once, at the end.
"""
from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from pathlib import Path

Split = dict[str, list]
TASKS = Path(__file__).resolve().parents[4] / "shared" / "tasks"  # <root>/../shared/tasks

# presidio's names after merging; places and address parts are one type, because the source labels them inconsistently
PII_TYPES = ["PERSON", "ADDRESS", "ORGANIZATION", "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS",
             "URL", "US_SSN", "US_DRIVER_LICENSE", "DATE_TIME", "AGE", "NRP", "TITLE"]
PII_MERGE = {"LOCATION": "ADDRESS", "STREET_ADDRESS": "ADDRESS", "GPE": "ADDRESS", "ZIP_CODE": "ADDRESS", "FAC": "ADDRESS",
             "DOMAIN_NAME": "URL"}
WNUT_TYPES = {"person": "PERSON", "location": "ADDRESS", "corporation": "ORGANIZATION", "group": "ORGANIZATION"}


def bucket(text: str, n: int) -> int:
    return zlib.crc32(text.encode("utf-8")) % n


def place(items: list, key, n: int, test: tuple[int, ...], dev: tuple[int, ...]) -> Split:
    """Put each item in a split by the hash of key(item)."""
    out: Split = {"train": [], "dev": [], "test": []}
    for item in items:
        b = bucket(key(item), n)
        out["test" if b in test else "dev" if b in dev else "train"].append(item)
    return out


def clinc(tasks: Path) -> Split:
    """Items (text, label). Test is the provided validation split; dev is 5 % of train (10 % of its few oos)."""
    data = json.loads((tasks / "clinc150/data.json").read_text())
    seen = {t for t, _ in data["val"] + data["oos_val"]}
    pool = [(t, y) for t, y in data["train"] if t not in seen]
    inside = place(pool, lambda x: x[0], 20, (), (0,))
    outside = place([(t, "oos") for t, _ in data["oos_train"] if t not in seen], lambda x: x[0], 10, (), (0,))
    return {"train": inside["train"] + outside["train"], "dev": inside["dev"] + outside["dev"],
            "test": [tuple(x) for x in data["val"]] + [(t, "oos") for t, _ in data["oos_val"]]}


def snips(tasks: Path) -> Split:
    """Items (text, intent, [(slot, start, end)]) over the stripped text. About 700 test and 300 dev."""
    items, seen = [], set()
    for path in sorted((tasks / "snips").glob("train_*_full.json")):
        raw = path.read_bytes()
        try:
            data = json.loads(raw.decode("utf-8"))
        except UnicodeDecodeError:
            data = json.loads(raw.decode("latin-1"))
        for intent, rows in data.items():
            for row in rows:
                text, spans = "", []
                for part in row["data"]:
                    if "entity" in part and part["text"].strip():
                        a = len(text) + len(part["text"]) - len(part["text"].lstrip())
                        spans.append((part["entity"], a, len(text) + len(part["text"].rstrip())))
                    text += part["text"]
                cut = len(text) - len(text.lstrip())
                text = text.strip()
                if text.lower() in seen:
                    continue
                seen.add(text.lower())
                items.append((text, intent, [(n, a - cut, b - cut) for n, a, b in spans]))
    return place(items, lambda x: x[0], 1000, tuple(range(51)), tuple(range(51, 73)))


def merge_spans(text: str, spans: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Rename to PII_TYPES, sort, and join neighbouring ADDRESS parts with only spaces and commas between them."""
    out: list[tuple[str, int, int]] = []
    for kind, a, b in sorted(((PII_MERGE.get(k, k), a, b) for k, a, b in spans), key=lambda s: (s[1], -s[2])):
        while b > a and text[b - 1].isspace():
            b -= 1
        while a < b and text[a].isspace():
            a += 1
        if kind not in PII_TYPES or a >= b or (out and a < out[-1][2]):
            continue
        if out and kind == "ADDRESS" == out[-1][0] and re.fullmatch(r"[\s,.\-/]{0,4}", text[out[-1][2]:a]):
            out[-1] = (kind, out[-1][1], b)
        else:
            out.append((kind, a, b))
    return out


def template_key(masked: str) -> str:
    """Two templates that differ only in placeholders, case or punctuation are one."""
    return " ".join(re.findall(r"[a-z]+", re.sub(r"\{\{.*?\}\}", " ", masked).lower()))[:60]


def frames(tasks: Path) -> dict[str, str]:
    """Each sentence frame of presidio to its split; frames of dev and test too like one of train go nowhere ("")."""
    rows = [r["masked"] for f in ("generated_large.json", "synth_v2_dev.json") for r in json.loads((tasks / "presidio" / f).read_text())]
    lines = (tasks / "presidio/templates.txt").read_text(encoding="utf-8", errors="ignore").splitlines()
    every = sorted({*rows, *(x.strip() for x in lines if x.strip())})
    where = {f: part for part, fs in place(every, template_key, 20, (0, 1, 2, 3), (4, 5)).items() for f in fs}
    words = {f: set(re.findall(r"[a-z]+", re.sub(r"\{\{.*?\}\}", " ", f).lower())) for f in every}
    for f, part in where.items():
        if part != "train" and any(len(words[f] & words[g]) > .6 * len(words[f] | words[g]) for g in every if where[g] == "train"):
            where[f] = ""
    return where


def presidio(tasks: Path) -> Split:
    """Items (text, spans), held back by template: no sentence frame of dev or test occurs in train."""
    where, out = frames(tasks), {"train": [], "dev": [], "test": [], "": []}
    for name in ("generated_large.json", "synth_v2_dev.json"):
        for row in json.loads((tasks / "presidio" / name).read_text()):
            raw, text = row["full_text"], row["full_text"].strip()
            cut = len(raw) - len(raw.lstrip())
            spans = [(s["entity_type"], s["start_position"] - cut, s["end_position"] - cut) for s in row["spans"]]
            out[where[row["masked"]]].append((text, merge_spans(text, spans)))
    del out[""]
    return out


def presidio_templates(tasks: Path, part: str = "train") -> list[str]:
    """Unfilled templates of one split."""
    where = frames(tasks)
    lines = (tasks / "presidio/templates.txt").read_text(encoding="utf-8", errors="ignore").splitlines()
    return [x.strip() for x in lines if x.strip() and where[x.strip()] == part]


def wnut(tasks: Path) -> Split:
    """Items (text, spans) from tokenised tweets; the corpus' own dev split is our test, 5 % of train is our dev."""
    def read(name: str) -> list:
        items = []
        for block in re.split(r"\n\s*\n", (tasks / "wnut17" / name).read_text(encoding="utf-8")):
            text, spans = "", []
            for line in block.strip().splitlines():
                word, _, tag = line.partition("\t")
                word, tag = word.strip(), tag.strip() or "O"
                if text and not re.match(r"^([.,!?;:%)\]]|'s|'m|'re|'ve|'ll|'d|n't)", word):
                    text += " "
                kind = WNUT_TYPES.get(tag[2:])
                if kind and tag[0] == "I" and spans and spans[-1][0] == kind:
                    spans[-1] = (kind, spans[-1][1], len(text) + len(word))
                elif kind:
                    spans.append((kind, len(text), len(text) + len(word)))
                text += word
            if text:
                items.append((text, merge_spans(text, spans)))
        return items
    train = place(read("wnut17train.conll"), lambda x: x[0], 20, (), (0,))
    return {**train, "test": read("emerging.dev.conll")}


def typos(tasks: Path) -> Split:
    """Items (wrong, [right, ...]); crc32 of the misspelling % 10: 0 is test, 1 is dev."""
    rows = csv.reader((tasks / "typos/words.csv").read_text(encoding="utf-8").splitlines())
    return place([(r[0], r[1:]) for r in rows if len(r) > 1], lambda x: x[0], 10, (0,), (1,))


def prose(text: str) -> str:
    """Markdown to running text: links and marks away, code fences and tables out."""
    text = re.sub(r"```.*?```|<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<[^>\n]{1,200}>|\*\*|__|[{}]{2}", "", text)
    lines = [re.sub(r"^[#>\-*\s]+", "", x).strip() for x in text.splitlines() if x.count("|") < 2]
    lines = [x for x in lines if x and not x.startswith(("More information", "---", "==="))]
    return "\n".join(lines)


def documents(tasks: Path, name: str) -> Split:
    """Texts of `tldr` or `usgov`; near-duplicates go BEFORE splitting (8-word shingles), then 3 % test and 3 % dev."""
    path, key = {"tldr": ("tldr/pages.jsonl.gz", "page"), "usgov": ("usgov/docs.jsonl.gz", "doc")}[name]
    seen_lines: set[str] = set()
    seen: set[int] = set()
    kept = []
    with gzip.open(tasks / path, "rt", encoding="utf-8") as f:
        for line in f:
            row = json.loads(line)
            lines = [x for x in prose(row["text"]).split("\n") if len(x) < 40 or x not in seen_lines]
            seen_lines.update(lines)
            words = " ".join(lines).split()
            if len(words) < 15:
                continue
            shingles = {zlib.crc32(" ".join(words[i:i + 8]).lower().encode()) for i in range(max(1, len(words) - 7))}
            if len(shingles & seen) > .2 * len(shingles):
                continue
            seen |= shingles
            kept.append((row[key], "\n".join(lines)))
    out = place(kept, lambda x: x[0], 33, (0,), (1,))
    return {k: [t for _, t in v] for k, v in out.items()}


def banking(tasks: Path) -> list[str]:
    """Sentences only: clean text for fix and negatives for redact."""
    with open(tasks / "banking77/train.csv", encoding="utf-8") as f:
        return [r["text"].strip() for r in csv.DictReader(f)]


def sentences(docs: list[str]) -> list[str]:
    """Whole sentences of 5 to 30 words that begin with a capital and end with a full stop or question mark."""
    out = []
    for doc in docs:
        for s in re.split(r"(?<=[.?!])\s+|\n", doc):
            if 5 <= len(s.split()) <= 30 and re.fullmatch(r"[A-Z][A-Za-z0-9 ,.;:'\"()&%$/\-]*[.?!]", s):
                out.append(s)
    return list(dict.fromkeys(out))
