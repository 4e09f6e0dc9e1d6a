"""Train edgewise-mini on one CPU thread.

    python train.py OUT [--tasks DIR] [--minutes 238] [--tokens 120000000]
Writes OUT/tokenizer.json, OUT/words.json, OUT/intents.jsonl, OUT/log.txt and OUT/model.pt (replaced every few minutes). The learning rate
follows max(tokens/target, elapsed/limit): warm-up, constant to 50 %, then linearly to zero, so the decay always completes.
"""
from __future__ import annotations

import argparse
import json
import multiprocessing as mp
import os
import random
import time
from collections import defaultdict
from pathlib import Path

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
import torch
from tokenizers import Tokenizer

import model as M
import splits
import tokenizer as T
from formats import Codec
from generate_pii import Generator
from mixture import Batch, Mixture, intents, lexicon, pools


def prepare(tasks: Path, out: Path) -> Tokenizer:
    """Make the tokenizer and the dictionary once."""
    path = out / "tokenizer.json"
    if not path.exists():
        r = random.Random(0)
        generator = Generator(pools(tasks), [])
        made = [generator.item(r)[0] for _ in range(4000)]
        path.write_text(json.dumps(T.train(T.corpus(tasks, made), T.specials(tasks)), ensure_ascii=False))
    return Tokenizer.from_file(str(path))


def feed(queue: mp.Queue, tasks: Path, out: Path, tokens: int, seed: int) -> None:
    mix = Mixture(tasks, Tokenizer.from_file(str(out / "tokenizer.json")))
    for batch in mix.batches(tokens, seed):
        queue.put(batch)


LOSS = {"intent": 1.0, "json": 1.5, "redact": 2.0, "fix": 2.0, "complete": 1.0}  # so that no task's gradients drown the others'


def loss_of(net: M.Llama, classes: dict[str, torch.Tensor], b: Batch) -> torch.Tensor:
    ids = torch.from_numpy(b.ids)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        if b.task == "complete":
            return net.text_loss(ids)
        h = net.hidden(ids, True)
        if b.task == "intent":
            return net.class_loss(h[:, 0], classes["intent"], torch.from_numpy(b.whole if b.soft is None else b.soft))
        at = h[torch.from_numpy(b.rows), torch.from_numpy(b.places)]
        loss = net.class_loss(at, classes[b.task], torch.from_numpy(b.tags), torch.from_numpy(b.weights))
        return loss + .5 * net.class_loss(h[:, 0], classes["snips"], torch.from_numpy(b.whole)) if b.task == "json" else loss


def train(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    out: Path = args.out
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = prepare(args.tasks, out)
    classes = {k: torch.tensor(v) for k, v in Codec(tokenizer).classes.items()}
    net, seen = M.Llama(M.Shape(dim=args.dim, heads=args.dim // 32, kv_heads=args.dim // 64, ffn=args.dim * 3, layers=args.layers)), 0
    matrices = [p for b in net.blocks for p in b.parameters() if p.dim() == 2]
    norms = [p for p in net.parameters() if p.dim() == 1]
    muon = M.Muon(matrices)
    adam = torch.optim.AdamW([{"params": [net.embed], "weight_decay": .05}, {"params": norms, "weight_decay": 0.0}],
                             lr=2e-3, betas=(.9, .98))
    (out / "words.json").write_text(json.dumps(lexicon(args.tasks)))
    rows = [json.dumps({"text": t, "target": y}, ensure_ascii=False) for t, y in dict.fromkeys(intents(args.tasks))]
    (out / "intents.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    queue: mp.Queue = mp.Queue(60)
    feeder = mp.Process(target=feed, args=(queue, args.tasks, out, args.batch, args.seed), daemon=True)
    feeder.start()
    log = open(out / "log.txt", "a", buffering=1)
    batch = queue.get()
    start, saved, step = time.time(), time.time(), 0
    if args.resume:
        data = torch.load(args.resume, map_location="cpu", weights_only=True)
        net.load_state_dict(data["weights"])
        start, seen = start - data["minutes"] * 60, data["tokens"]
    sums: dict[str, list[float]] = defaultdict(list)
    log.write(f"start {time.ctime()} params {sum(p.numel() for p in net.parameters())} {vars(args)}\n")
    while True:
        elapsed = time.time() - start
        progress = max(seen / args.tokens, elapsed / (args.minutes * 60))
        rate = min(1.0, (1 - progress) / .5) * min(1.0, (step + 1) / 50)
        if progress >= 1:
            break
        for group in adam.param_groups:
            group["lr"] = 2e-3 * rate
        loss = loss_of(net, classes, batch)
        (loss * LOSS[batch.task]).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        muon.step(.02 * rate)
        adam.step()
        net.zero_grad(set_to_none=True)
        step, seen = step + 1, seen + int((batch.ids > 0).sum())
        sums[batch.task].append(loss.item())
        if step % 100 == 0:
            text = " ".join(f"{k} {sum(x) / len(x):.3f}" for k, x in sorted(sums.items()))
            log.write(f"step {step} tokens {seen} min {(time.time() - start) / 60:.2f} tok/s {seen / (time.time() - start):.0f} lr {rate:.3f} {text}\n")
            sums.clear()
        if time.time() - saved > args.save_every * 60:
            saved = time.time()
            M.save(str(out / "model.tmp"), net, tokens=seen, minutes=elapsed / 60, done=False)
            os.replace(out / "model.tmp", out / "model.pt")
        batch = queue.get()
    M.save(str(out / "model.tmp"), net, tokens=seen, minutes=(time.time() - start) / 60, done=True)
    os.replace(out / "model.tmp", out / "model.pt")
    log.write(f"done {time.ctime()} steps {step} tokens {seen}\n")
    feeder.terminate()


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("out", type=Path)
    p.add_argument("--tasks", type=Path, default=splits.TASKS)
    p.add_argument("--minutes", type=float, default=238)
    p.add_argument("--tokens", type=int, default=120_000_000)
    p.add_argument("--batch", type=int, default=2304)
    p.add_argument("--dim", type=int, default=256)
    p.add_argument("--layers", type=int, default=4)
    p.add_argument("--resume", type=Path, help="a model.pt to go on from: its minutes and tokens count, the optimiser starts anew")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--save-every", type=float, default=3)
    train(p.parse_args())
