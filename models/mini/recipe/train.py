"""Train edgewise-mini on one CPU thread.

    python train.py OUT [--tasks DIR] [--minutes 68] [--tokens 24000000]
Writes OUT/tokenizer.json, OUT/words.json, OUT/log.txt and OUT/model.pt (replaced every few minutes). The learning rate
follows max(tokens/target, elapsed/limit): warm-up, constant to 60 %, then linearly to zero, so the decay always completes.
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
from generate_pii import Generator
from mixture import NAMES, Mixture, pools


def prepare(tasks: Path, out: Path) -> Tokenizer:
    """Make the tokenizer and the dictionary once."""
    path = out / "tokenizer.json"
    if not path.exists():
        r = random.Random(0)
        generator = Generator(pools(tasks), [])
        made = [generator.item(r)[0] for _ in range(4000)]
        path.write_text(json.dumps(T.train(T.corpus(tasks, made), T.specials(tasks)), ensure_ascii=False))
    return Tokenizer.from_file(str(path))


def feed(queue: mp.Queue, tasks: Path, out: Path, tokens: int, seed: int, warmup: int) -> None:
    mix = Mixture(tasks, Tokenizer.from_file(str(out / "tokenizer.json")))
    (out / "words.json").write_text(json.dumps(mix.words))
    for batch in mix.batches(tokens, seed, warmup):
        queue.put(batch)


def train(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    out: Path = args.out
    out.mkdir(parents=True, exist_ok=True)
    prepare(args.tasks, out)
    net, seen = M.Llama(M.Shape(layers=args.layers)), 0
    matrices = [p for b in net.blocks for p in b.parameters() if p.dim() == 2]
    norms = [p for p in net.parameters() if p.dim() == 1]
    muon = M.Muon(matrices)
    adam = torch.optim.AdamW([{"params": [net.embed], "weight_decay": .05}, {"params": norms, "weight_decay": 0.0}],
                             lr=2e-3, betas=(.9, .98))
    queue: mp.Queue = mp.Queue(60)
    feeder = mp.Process(target=feed, args=(queue, args.tasks, out, args.batch, args.seed, args.warmup), daemon=True)
    feeder.start()
    log = open(out / "log.txt", "a", buffering=1)
    ids, weight, kinds = queue.get()
    start, saved, step = time.time(), time.time(), 0
    sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    log.write(f"start {time.ctime()} params {sum(p.numel() for p in net.parameters())} {vars(args)}\n")
    while True:
        elapsed = time.time() - start
        progress = max(seen / args.tokens, elapsed / (args.minutes * 60))
        rate = min(1.0, (1 - progress) / .4) * min(1.0, (step + 1) / 50)
        if progress >= 1:
            break
        for group in adam.param_groups:
            group["lr"] = 2e-3 * rate
        i, w = torch.from_numpy(ids), torch.from_numpy(weight)
        loss, each, rows = net.loss(i, w)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        muon.step(.02 * rate)
        adam.step()
        net.zero_grad(set_to_none=True)
        step, seen = step + 1, seen + int((ids > 0).sum())
        task = torch.tensor(kinds)[rows]
        for k in task.unique().tolist():
            part = each[task == k]
            sums[k][0] += float(part.sum())
            sums[k][1] += len(part)
        if step % 100 == 0:
            text = " ".join(f"{NAMES[k]} {a / b:.3f}" for k, (a, b) in sorted(sums.items()))
            log.write(f"step {step} tokens {seen} min {(time.time() - start) / 60:.2f} tok/s {seen / (time.time() - start):.0f} lr {rate:.3f} {text}\n")
            sums.clear()
        if time.time() - saved > args.save_every * 60:
            saved = time.time()
            M.save(str(out / "model.tmp"), net, tokens=seen, minutes=elapsed / 60, done=False)
            os.replace(out / "model.tmp", out / "model.pt")
        ids, weight, kinds = queue.get()
    M.save(str(out / "model.tmp"), net, tokens=seen, minutes=(time.time() - start) / 60, done=True)
    os.replace(out / "model.tmp", out / "model.pt")
    log.write(f"done {time.ctime()} steps {step} tokens {seen}\n")
    feeder.terminate()


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("out", type=Path)
    p.add_argument("--tasks", type=Path, default=splits.TASKS)
    p.add_argument("--minutes", type=float, default=68)
    p.add_argument("--tokens", type=int, default=24_000_000)
    p.add_argument("--warmup", type=int, default=800_000, help="tokens of json and copy only")
    p.add_argument("--batch", type=int, default=2304)
    p.add_argument("--layers", type=int, default=4)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--save-every", type=float, default=3)
    train(p.parse_args())
