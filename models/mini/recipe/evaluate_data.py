"""Write the held-back items as JSON lines, so that the TypeScript engine is scored on exactly the same ones.

    python evaluate_data.py OUT [--tasks DIR]
OUT/test/TASK.jsonl and OUT/dev/TASK.jsonl, outside the project: the data is not ours to ship. Thresholds are chosen on dev.
Offsets count UTF-16 code units. Seeds are fixed: two runs write the same bytes.
"""
from __future__ import annotations

import argparse
import json
import random
import re
from pathlib import Path
from typing import Iterator

import splits
from generate_fix import Noise
from generate_pii import Generator
from mixture import counted, dictionary


def utf16(text: str, i: int) -> int:
    """The offset in UTF-16 code units of the code point offset i."""
    return i + sum(ord(c) > 0xFFFF for c in text[:i])


def intents(tasks: Path, part: str) -> Iterator[dict]:
    for text, label in splits.clinc(tasks)[part]:
        yield {"task": "intent", "text": text, "label": label}


def slots(tasks: Path, part: str) -> Iterator[dict]:
    for text, intent, spans in splits.snips(tasks)[part]:
        yield {"task": "json", "text": text, "intent": intent,
               "slots": [{"name": n, "value": text[a:b], "start": utf16(text, a), "end": utf16(text, b)} for n, a, b in spans]}


def identifiers(tasks: Path, part: str) -> Iterator[dict]:
    """presidio by held-back template, WNUT17, and held-back presidio frames filled with our own values."""
    frames = splits.presidio_templates(tasks, part)
    maker, r = Generator({}, frames), random.Random(f"pii-{part}")
    filled = []
    for frame in frames * 5:
        maker.templates = [frame]
        filled.append(maker.from_template(r))
    seen = set()
    for source, items in (("presidio", splits.presidio(tasks)[part]), ("wnut17", splits.wnut(tasks)[part]), ("filled", filled)):
        for raw, spans in items:
            text, cut = raw.strip(), len(raw) - len(raw.lstrip())
            if text in seen:
                continue
            seen.add(text)
            yield {"task": "redact", "source": source, "text": text,
                   "spans": [{"type": k, "start": utf16(text, a - cut), "end": utf16(text, b - cut)} for k, a, b in splits.merge_spans(raw, spans)]}


def corrections(tasks: Path, part: str) -> Iterator[dict]:
    """Held-back misspellings in sentences of held-back documents; sentences without an error; dates, times and phones."""
    r = random.Random(f"fix-{part}")
    train = set(splits.sentences(splits.documents(tasks, "usgov")["train"] + splits.documents(tasks, "tldr")["train"]))
    pool = splits.documents(tasks, "usgov")[part] + splits.documents(tasks, "tldr")[part]
    pool = [s for s in splits.sentences(pool) if s not in train]
    r.shuffle(pool)
    noise = Noise(splits.typos(tasks)[part], set(dictionary(tasks, counted(tasks))), own=False)
    n = {"text": 0, "clean": 0}
    most = 150 if part == "test" else 900  # a share of 0.3 % is not seen in fewer
    for clean in pool:
        noisy, edits, right = noise.apply(clean, r, .3)
        if edits and n["text"] < 300:
            n["text"] += 1
            yield {"task": "fix", "kind": "text", "noisy": noisy, "clean": right}
        elif n["clean"] < most:
            n["clean"] += 1
            yield {"task": "fix", "kind": "clean", "noisy": right, "clean": right}
    for _ in range(150):
        (noisy, _, clean), kind = noise.framed(r)
        yield {"task": "fix", "kind": kind, "noisy": noisy, "clean": clean}


def continuations(tasks: Path, part: str) -> Iterator[dict]:
    r = random.Random(f"complete-{part}")
    for name in ("tldr", "usgov"):
        docs = splits.documents(tasks, name)[part]
        for _ in range(300):
            doc = r.choice(docs)
            start = doc.find(" ", r.randrange(max(1, len(doc) - 200)))
            text = doc[max(start, 0):start + r.randint(250, 480)].strip()
            cuts = [m.start() for m in re.finditer(r" (?=[A-Za-z])", text)]
            if len(cuts) > 4:
                yield {"task": "complete", "source": name, "text": text, "cut": utf16(text, cuts[r.randrange(2, len(cuts) - 1)])}


WRITERS = {"intent": intents, "json": slots, "redact": identifiers, "fix": corrections, "complete": continuations}

if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("out", type=Path)
    p.add_argument("--tasks", type=Path, default=splits.TASKS)
    a = p.parse_args()
    for part in ("test", "dev"):
        (a.out / part).mkdir(parents=True, exist_ok=True)
        for task, write in WRITERS.items():
            rows = list(write(a.tasks, part))
            (a.out / part / f"{task}.jsonl").write_text("".join(json.dumps(x, ensure_ascii=False) + "\n" for x in rows), encoding="utf-8")
            print(part, task, len(rows))
