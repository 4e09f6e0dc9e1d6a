"""From a checkpoint to the Hugging Face folder that the GGUF writer and other runtimes read.

    python export.py RUN OUT [--watch MINUTES] [--random]
RUN is the folder of train.py (model.pt, tokenizer.json, words.json, intents.jsonl). OUT is replaced as a whole, by rename: safetensors in
F32 with Hugging Face names, config.json, tokenizer files, generation_config.json, words.json, intents.jsonl. With --watch it repeats.
"""
from __future__ import annotations

import argparse
import json
import os
import shutil
import struct
import time
from pathlib import Path

import torch
import torch.nn.functional as F

import model as M
import tokenizer as T


def config(s: M.Shape) -> dict:
    return {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": s.vocab, "hidden_size": s.dim,
            "intermediate_size": s.ffn, "num_hidden_layers": s.layers, "num_attention_heads": s.heads,
            "num_key_value_heads": s.kv_heads, "head_dim": s.dim // s.heads, "max_position_embeddings": s.context,
            "rms_norm_eps": s.eps, "rope_theta": s.theta, "rope_parameters": {"rope_type": "default", "rope_theta": s.theta},
            "rope_scaling": None, "hidden_act": "silu", "attention_bias": False, "mlp_bias": False,
            "tie_word_embeddings": True, "bos_token_id": None, "eos_token_id": 2, "pad_token_id": 0,
            "torch_dtype": "float32", "dtype": "float32"}


def write_safetensors(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    head, at = {"__metadata__": {"format": "pt"}}, 0
    for name, t in tensors.items():
        size = t.numel() * 4
        head[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for t in tensors.values():
            f.write(t.numpy().astype("<f4").tobytes())


def plain_logits(w: dict[str, torch.Tensor], s: M.Shape, ids: torch.Tensor) -> torch.Tensor:
    """A Llama forward pass from the exported weights alone, written apart from model.py, to check the folding."""
    t, hd = len(ids), s.dim // s.heads
    angle = torch.arange(t)[:, None] * s.theta ** (-torch.arange(0, hd, 2) / hd)
    cos, sin = torch.cat([angle, angle], 1).cos(), torch.cat([angle, angle], 1).sin()
    rope = lambda x: x * cos[:, None] + torch.cat([-x[..., hd // 2:], x[..., :hd // 2]], -1) * sin[:, None]
    norm = lambda x, g: x / (x.pow(2).mean(-1, keepdim=True) + s.eps).sqrt() * g
    x = w["model.embed_tokens.weight"][ids]
    mask = torch.full((t, t), float("-inf")).triu(1)
    for i in range(s.layers):
        p = lambda n: w[f"model.layers.{i}.{n}.weight"]
        h = norm(x, p("input_layernorm"))
        q = rope((h @ p("self_attn.q_proj").T).view(t, s.heads, hd))
        k = rope((h @ p("self_attn.k_proj").T).view(t, s.kv_heads, hd))
        v = (h @ p("self_attn.v_proj").T).view(t, s.kv_heads, hd)
        heads = [torch.softmax(q[:, j] @ k[:, j * s.kv_heads // s.heads].T / hd ** .5 + mask, -1) @ v[:, j * s.kv_heads // s.heads]
                 for j in range(s.heads)]
        x = x + torch.cat(heads, -1) @ p("self_attn.o_proj").T
        h = norm(x, p("post_attention_layernorm"))
        x = x + (F.silu(h @ p("mlp.gate_proj").T) * (h @ p("mlp.up_proj").T)) @ p("mlp.down_proj").T
    return norm(x, w["model.norm.weight"]) @ w["model.embed_tokens.weight"].T


def export(run: Path, out: Path, random: bool = False) -> dict:
    if random:
        torch.manual_seed(0)
        net, more = M.Llama(M.Shape()), {"tokens": 0, "minutes": 0.0, "done": False}
    else:
        net, more = M.load(str(run / "model.pt"))
    weights = M.folded(net)
    ids = torch.randint(0, net.s.vocab, (1, 200))
    with torch.no_grad():
        gap = (net.logits(ids)[0] - plain_logits(weights, net.s, ids[0])).abs().max().item()
    assert gap < 1e-2, gap
    temp = out.with_name(out.name + ".new")
    shutil.rmtree(temp, ignore_errors=True)
    temp.mkdir(parents=True)
    write_safetensors(temp / "model.safetensors", weights)
    spec = json.loads((run / "tokenizer.json").read_text())
    files = {"config.json": config(net.s), "tokenizer.json": spec, "tokenizer_config.json": T.config(spec),
             "generation_config.json": {"eos_token_id": [2], "pad_token_id": 0, "do_sample": False},
             "words.json": json.loads((run / "words.json").read_text()),
             "training.json": {k: more[k] for k in ("tokens", "minutes", "done")}}
    for name, content in files.items():
        (temp / name).write_text(json.dumps(content, ensure_ascii=False, indent=None if name in ("tokenizer.json", "words.json") else 1) + "\n")
    shutil.copy(run / "intents.jsonl", temp / "intents.jsonl")
    if out.exists():
        old = out.with_name(out.name + ".old")
        shutil.rmtree(old, ignore_errors=True)
        os.rename(out, old)
        os.rename(temp, out)
        shutil.rmtree(old)
    else:
        os.rename(temp, out)
    return {**files["training.json"], "logit_gap": gap}


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("run", type=Path)
    p.add_argument("out", type=Path)
    p.add_argument("--watch", type=float, default=0, help="repeat every so many minutes until the run is done")
    p.add_argument("--random", action="store_true", help="untrained weights, to try the plumbing")
    a = p.parse_args()
    torch.set_num_threads(1)
    while True:
        made = export(a.run, a.out, a.random)
        print(json.dumps(made), flush=True)
        if not a.watch or made["done"]:
            break
        time.sleep(a.watch * 60)
