"""What PyTorch makes of one step: losses, gradients and the weights after it, for train/golden.test.ts.

    python goldens/training.py > src/train/testing/golden.json
Needs torch (2.x). Weights are made by a formula that the test has, too, so that the file holds results alone. The model is written
here once more, in the plainest way: pairs of neighbours are turned, as llama.cpp's files have them.
"""
from __future__ import annotations

import json
import math
import zlib

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
LAYERS, DIM, HIDDEN, HEADS, KV, VOCAB, EPS, BASE = 2, 32, 44, 4, 2, 273, 1e-5, 10000.0
HEAD = DIM // HEADS
SEQUENCES = [
    {"ids": [5, 9, 44, 100, 7, 3, 200, 31, 12, 90, 91], "weights": [0, 0, 0, 1, 1, 0.5, 0, 2, 1, 1, 0]},
    {"ids": [1, 2, 3], "weights": [1, 1, 1]},
    {"ids": [17, 17, 250, 17, 250, 17, 60, 61, 62], "weights": [0, 0, 0, 0, 0, 0, 0, 0, 1],
     "teacher": [{"at": 8, "ids": [62, 4, 9], "probabilities": [0.5, 0.25, 0.125]}]},
]
LORA = {"rank": 3, "alpha": 6, "targets": ["attn_q", "attn_v", "attn_output", "ffn_up", "ffn_down"]}
DECAY, RATE, BETAS, ADAM_EPS = 0.05, 1e-3, (0.9, 0.98), 1e-8


def made(name: str, count: int) -> list[float]:
    """Numbers in [-0.5, 0.5) from a name: a linear congruence, the same in every language."""
    x, out = zlib.crc32(name.encode()), []
    for _ in range(count):
        x = (x * 1664525 + 1013904223) % 2**32
        out.append(x / 2**32 - 0.5)
    return out


def shapes(tied: bool) -> dict[str, tuple[int, int]]:
    all_: dict[str, tuple[int, int]] = {"token_embd.weight": (VOCAB, DIM)}
    if not tied:
        all_["output.weight"] = (VOCAB, DIM)
    for l in range(LAYERS):
        for part, rows, cols in [("attn_q", HEADS * HEAD, DIM), ("attn_k", KV * HEAD, DIM), ("attn_v", KV * HEAD, DIM),
                                 ("attn_output", DIM, HEADS * HEAD), ("ffn_gate", HIDDEN, DIM), ("ffn_up", HIDDEN, DIM),
                                 ("ffn_down", DIM, HIDDEN), ("attn_norm", 1, DIM), ("ffn_norm", 1, DIM)]:
            all_[f"blk.{l}.{part}.weight"] = (rows, cols)
    all_["output_norm.weight"] = (1, DIM)
    return all_


def weights(tied: bool) -> dict[str, torch.Tensor]:
    out = {}
    for name, (rows, cols) in shapes(tied).items():
        # Rounded to f32, as the file holds them.
        values = torch.tensor(made(name, rows * cols)).float().double()
        values = 1 + 0.5 * values if rows == 1 else 0.8 * values
        out[name] = values.float().double().view(rows, cols).squeeze(0).requires_grad_()
    return out


def turned(x: torch.Tensor) -> torch.Tensor:
    """[n, heads, HEAD]"""
    n = len(x)
    angle = torch.outer(torch.arange(n, dtype=torch.float64), BASE ** (-torch.arange(0, HEAD, 2, dtype=torch.float64) / HEAD))
    cos, sin = angle.cos()[:, None], angle.sin()[:, None]
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-2)


def logits(w: dict[str, torch.Tensor], ids: list[int], lora: dict[str, tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    def linear(x: torch.Tensor, name: str) -> torch.Tensor:
        y = x @ w[name].T
        if name in lora:
            a, b = lora[name]
            y = y + LORA["alpha"] / LORA["rank"] * (x @ a.T @ b.T)
        return y

    n = len(ids)
    x = w["token_embd.weight"][ids]
    for l in range(LAYERS):
        p = f"blk.{l}."
        h = F.rms_norm(x, (DIM,), w[p + "attn_norm.weight"], EPS)
        q = turned(linear(h, p + "attn_q.weight").view(n, HEADS, HEAD)).transpose(0, 1)
        k = turned(linear(h, p + "attn_k.weight").view(n, KV, HEAD)).transpose(0, 1).repeat_interleave(HEADS // KV, 0)
        v = linear(h, p + "attn_v.weight").view(n, KV, HEAD).transpose(0, 1).repeat_interleave(HEADS // KV, 0)
        scores = q @ k.transpose(1, 2) / math.sqrt(HEAD)
        scores = scores.masked_fill(torch.ones(n, n, dtype=torch.bool).triu(1), -math.inf)
        out = (scores.softmax(-1) @ v).transpose(0, 1).reshape(n, HEADS * HEAD)
        x = x + linear(out, p + "attn_output.weight")
        h = F.rms_norm(x, (DIM,), w[p + "ffn_norm.weight"], EPS)
        x = x + linear(F.silu(linear(h, p + "ffn_gate.weight")) * linear(h, p + "ffn_up.weight"), p + "ffn_down.weight")
    return F.rms_norm(x, (DIM,), w["output_norm.weight"], EPS) @ w.get("output.weight", w["token_embd.weight"]).T


def loss(w: dict[str, torch.Tensor], lora: dict[str, tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    total, mass = torch.zeros(()), 0.0
    for s in SEQUENCES:
        log_q = logits(w, s["ids"], lora).log_softmax(-1)
        teachers = {t["at"]: t for t in s.get("teacher", [])}
        for i in range(1, len(s["ids"])):
            weight = s["weights"][i]
            mass += weight
            t = teachers.get(i, {"ids": [s["ids"][i]], "probabilities": [1.0]})
            total = total - weight * (torch.tensor(t["probabilities"]) * log_q[i - 1, t["ids"]]).sum()
    return total / mass


def sample(x: torch.Tensor) -> list[float]:
    """Length, sum, and eight numbers spread over the tensor: enough to see any of it wrong."""
    flat = x.detach().flatten()
    spread = flat[torch.linspace(0, len(flat) - 1, 8).long()]
    return [float(f"{v:.9g}") for v in [flat.norm().item(), flat.sum().item(), *spread.tolist()]]


def full(tied: bool) -> dict:
    w = weights(tied)
    value = loss(w, {})
    value.backward()
    norm = torch.nn.utils.clip_grad_norm_(w.values(), 1.0)
    clipped = {name: x.grad.clone() for name, x in w.items()}
    matrices = [x for x in w.values() if x.dim() == 2]
    gains = [x for x in w.values() if x.dim() == 1]
    adam = torch.optim.AdamW([{"params": matrices, "weight_decay": DECAY}, {"params": gains, "weight_decay": 0.0}],
                             lr=RATE, betas=BETAS, eps=ADAM_EPS)
    adam.step()
    factor = norm.item() if norm.item() > 1 else 1.0
    return {"loss": value.item(), "length": norm.item(),
            "gradients": {name: sample(g * factor) for name, g in clipped.items()},
            "after": {name: sample(x) for name, x in w.items()}}


def low_rank() -> dict:
    w = weights(True)
    pairs = {}
    for name, (rows, cols) in shapes(True).items():
        if rows > 1 and name.split(".")[-2] in LORA["targets"]:
            a = torch.tensor(made(name + ".a", LORA["rank"] * cols)).float().double().view(LORA["rank"], cols)
            b = torch.tensor(made(name + ".b", rows * LORA["rank"])).float().double().view(rows, LORA["rank"])
            pairs[name] = (a.requires_grad_(), b.requires_grad_())
    value = loss(w, pairs)
    value.backward()
    return {"loss": value.item(), "gradients": {name: {"a": sample(a.grad), "b": sample(b.grad)} for name, (a, b) in pairs.items()}}


print(json.dumps({
    "torch": torch.__version__.split("+")[0],
    "shape": {"layers": LAYERS, "dim": DIM, "hiddenDim": HIDDEN, "heads": HEADS, "kvHeads": KV},
    "sequences": SEQUENCES, "lora": LORA, "rate": RATE,
    "logits": [float(f"{v:.9g}") for v in logits(weights(True), SEQUENCES[0]["ids"], {})[-1, :16].tolist()],
    "tied": full(True), "untied": full(False), "lowRank": low_rank()}))
