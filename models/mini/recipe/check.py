"""A quick look at a checkpoint, on dev only: intent accuracy and OOS AUROC, teacher-forced loss, one free answer per task.

    python check.py RUN EVAL [--tasks DIR]
The figures to quote come from the TypeScript engine on the test items; this only says whether a run is healthy.
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer

import formats
import model as M
import splits

SAMPLES = [("intent", "what is my account balance"), ("json", "play the latest song by Ella Fitzgerald on Spotify"),
           ("redact", "Hi, I'm Dana Whitlock, call me at 415-555-0134 or write to dana@whitlock.io."),
           ("fix", "i recieved the pakage on march 3rd 2026 but dont know why"), ("complete", "List all files in the current")]


@torch.no_grad()
def last_logits(net: M.Llama, prompts: list[list[int]], size: int = 64) -> torch.Tensor:
    """Logits after each prompt, prompts batched by length."""
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    out = torch.empty(len(prompts), net.s.vocab)
    for a in range(0, len(order), size):
        part = order[a:a + size]
        width = max(len(prompts[i]) for i in part)
        ids = torch.tensor([prompts[i] + [0] * (width - len(prompts[i])) for i in part])
        h = net.hidden(ids)[torch.arange(len(part)), torch.tensor([len(prompts[i]) - 1 for i in part])]
        out[torch.tensor(part)] = h @ net.embed.T
    return out


@torch.no_grad()
def losses(net: M.Llama, examples: list[formats.Example]) -> float:
    total = weight = 0.0
    for ids, w in examples:
        if len(ids) <= net.s.context:
            a, _, _ = net.loss(torch.tensor([ids]), torch.tensor([w]))
            total, weight = total + float(a) * sum(w[1:]), weight + sum(w[1:])
    return round(total / max(weight, 1e-9), 4)


def prompt(codec: formats.Codec, task: str, text: str) -> list[int]:
    return codec.head + [codec.special(f"<|{task}|>")] + codec.ids_of(" " + text.strip()) + codec.mid


@torch.no_grad()
def greedy(net: M.Llama, ids: list[int], end: int, limit: int = 80) -> list[int]:
    made: list[int] = []
    while len(made) < limit and len(ids) + len(made) < net.s.context:
        made.append(int(net.logits(torch.tensor([ids + made]))[0, -1].argmax()))
        if made[-1] == end:
            break
    return made


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("run", type=Path)
    p.add_argument("eval", type=Path)
    p.add_argument("--tasks", type=Path, default=splits.TASKS)
    a = p.parse_args()
    torch.set_num_threads(1)
    tok = Tokenizer.from_file(str(a.run / "tokenizer.json"))
    codec = formats.Codec(tok)
    net, more = M.load(str(a.run / "model.pt"))
    rows = [json.loads(x) for x in (a.eval / "dev/intent.jsonl").read_text().splitlines()]
    ids = [i for i in range(tok.get_vocab_size()) if tok.id_to_token(i).startswith("<intent:")]
    names = [tok.id_to_token(i)[8:-1] for i in ids]
    p_all = torch.softmax(last_logits(net, [prompt(codec, "intent", x["text"]) for x in rows])[:, ids], 1)
    oos = names.index("oos")
    inside = p_all.clone()
    inside[:, oos] = 0
    known = [i for i, x in enumerate(rows) if x["label"] != "oos"]
    right = sum(names[int(inside[i].argmax())] == rows[i]["label"] for i in known)
    out = {"tokens": more["tokens"], "minutes": round(more["minutes"], 1), "intent_dev": round(right / len(known), 4),
           "oos_auroc_dev": round(roc_auc_score([x["label"] == "oos" for x in rows], p_all[:, oos]), 4)}
    out["json_loss"] = losses(net, [formats.json_slots(codec, t, y, s) for t, y, s in splits.snips(a.tasks)["dev"][:150]])
    out["redact_loss"] = losses(net, [formats.redact(codec, t, s) for t, s in splits.presidio(a.tasks)["dev"]])
    out["copy_loss"] = losses(net, [formats.copying(codec, t) for t, _, _ in splits.snips(a.tasks)["dev"][:100]])
    print(json.dumps(out))
    for task, text in SAMPLES:
        ids = greedy(net, prompt(codec, task, text), codec.end, 80 if task != "complete" else 20)
        print(task, "|", text, "->", tok.decode(ids, skip_special_tokens=False))
