"""Byte-level BPE of 4,096 tokens: 288 specials (ids 0-287), 256 bytes, 3,552 merges.

The pre-tokenizer is the one llama.cpp calls `smollm`: single digits, then the GPT-2 split. The file is written by hand
from the trained merges (pairs, no post-processor), so that every reader of tokenizer.json takes it.
"""
from __future__ import annotations

import json
import re
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

import splits

VOCAB, SPECIALS = 4096, 288
CONTROL = ["<|pad|>", "<|im_start|>", "<|im_end|>", "<|intent|>", "<|json|>", "<|redact|>", "<|fix|>", "<|complete|>"]

# a system message that holds only a task's name chooses the control token
CHAT_TEMPLATE = (
    "{% set ns = namespace(task='complete') %}"
    "{% for m in messages %}"
    "{% if m['role'] == 'system' %}{% set ns.task = m['content'] | trim %}"
    "{% elif m['role'] == 'user' %}{{ '<|im_start|>user\\n<|' ~ ns.task ~ '|> ' ~ (m['content'] | trim) ~ '<|im_end|>\\n' }}"
    "{% else %}{{ '<|im_start|>assistant\\n' ~ m['content'] ~ '<|im_end|>\\n' }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")


def specials(tasks: Path) -> list[str]:
    """All special tokens in id order; the last ones are spare."""
    labels = sorted({y for _, y in json.loads((tasks / "clinc150/data.json").read_text())["train"]}) + ["oos"]
    rows = [x for part in splits.snips(tasks).values() for x in part]
    intents = sorted({y for _, y, _ in rows})
    slots = sorted({s[0] for _, _, spans in rows for s in spans})
    out = CONTROL + ["<none>", "<wrong>", "<join>"] + [f"<intent:{x}>" for x in labels] + [f"<snips:{x}>" for x in intents]
    out += [f"<{k}:{x}>" for k in ("slot", "slot+") for x in slots] + [f"<{k}:{x}>" for k in ("pii", "pii+") for x in splits.PII_TYPES]
    return out + [f"<|spare{i}|>" for i in range(SPECIALS - len(out))]


def train(texts: list[str], names: list[str]) -> dict:
    """The content of tokenizer.json."""
    assert len(names) == SPECIALS == len(set(names))
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True),
                                                 pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    tok.decoder = decoders.ByteLevel()
    tok.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=VOCAB, special_tokens=names, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    spec = json.loads(tok.to_str())
    assert len(spec["model"]["vocab"]) == VOCAB and [spec["model"]["vocab"][n] for n in names] == list(range(SPECIALS))
    spec["model"]["merges"] = [m if isinstance(m, list) else m.split(" ") for m in spec["model"]["merges"]]
    spec["model"]["byte_fallback"], spec["post_processor"], spec["normalizer"] = False, None, None
    spec["added_tokens"] = [{"id": i, "content": n, "single_word": False, "lstrip": False, "rstrip": False,
                             "normalized": False, "special": n.startswith("<|")} for i, n in enumerate(names)]
    return spec


def corpus(tasks: Path, extra: list[str]) -> list[str]:
    """Training text only, with one space in front, weighted as the study measured."""
    clinc = [t for t, _ in splits.clinc(tasks)["train"]]
    snips = [t for t, _, _ in splits.snips(tasks)["train"]]
    presidio = [t for t, _ in splits.presidio(tasks)["train"]]
    texts = (clinc + snips) * 3 + presidio * 2 + extra + splits.documents(tasks, "usgov")["train"]
    texts += splits.documents(tasks, "tldr")["train"][::3]
    texts = [re.sub(r"\S{30,}|\n\s*\n", "\n", t) for t in texts]  # very long strings stall the trainer
    return [" " + t for t in texts] + ["user\n", "assistant\n"] * 5000


def config(spec: dict) -> dict:
    """The content of tokenizer_config.json."""
    return {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": None, "eos_token": "<|im_end|>",
            "pad_token": "<|pad|>", "unk_token": None, "add_bos_token": False, "add_eos_token": False,
            "model_max_length": 512, "clean_up_tokenization_spaces": False, "chat_template": CHAT_TEMPLATE}
