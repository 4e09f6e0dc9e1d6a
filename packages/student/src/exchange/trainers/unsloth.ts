/**
 * Unsloth: TRL's trainer with kernels of its own. Examples are made tokens here, with a label for the answer alone, as Unsloth allows only
 * some versions of TRL. Written by its sources of August 2026; as it wants a GPU, the script was run with plain transformers in its place.
 */
import { json, type Recipe, script } from './recipe.ts'
import { loraOf, trainingOf } from './trl.ts'

const requirements = `unsloth>=2026.5,<2027
`

const train = `"""Fine-tunes config.json's model on train.jsonl with low-rank adapters and merges them. Written by Edgewise."""
import json
from pathlib import Path

from unsloth import FastLanguageModel  # before all that it speeds up

from datasets import load_dataset
from transformers import DataCollatorForSeq2Seq
from trl import SFTConfig, SFTTrainer

config = json.loads(Path("config.json").read_text(encoding="utf-8"))
length = config["training"]["max_length"]
model, tokenizer = FastLanguageModel.from_pretrained(
    config["model"], max_seq_length=length, dtype=None, load_in_4bit=False
)
model = FastLanguageModel.get_peft_model(model, random_state=config["training"]["seed"], **config["lora"])


def tokens(row):
    # The loss counts the answer alone: -100 is no label.
    messages = row["messages"]
    prompt = tokenizer.apply_chat_template(messages[:-1], tokenize=False, add_generation_prompt=True)
    text = tokenizer.apply_chat_template(messages, tokenize=False)
    if not text.startswith(prompt):
        raise SystemExit("the chat template does not put the answer behind the prompt: take another base, or TRL")
    before = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    after = tokenizer(text[len(prompt):], add_special_tokens=False)["input_ids"]
    ids = (before + after)[:length]
    return {
        "input_ids": ids,
        "attention_mask": [1] * len(ids),
        "labels": ([-100] * len(before) + after)[:length],
    }


data = load_dataset("json", data_files={"train": "train.jsonl", "valid": "valid.jsonl"})
data = data.map(tokens, remove_columns=["messages"])
trainer = SFTTrainer(
    model=model,
    processing_class=tokenizer,
    args=SFTConfig(
        output_dir="checkpoints",
        dataset_kwargs={"skip_prepare_dataset": True},
        remove_unused_columns=False,
        **config["training"],
    ),
    train_dataset=data["train"],
    eval_dataset=data["valid"],
    data_collator=DataCollatorForSeq2Seq(tokenizer, label_pad_token_id=-100),
)
trainer.train()
model.save_pretrained_merged("student", tokenizer, save_method="merged_16bit")
`

export const unsloth: Recipe = {
  title: 'Unsloth',
  needs: 'a machine with an NVIDIA, AMD or Intel GPU, of 8 GB for a model of a thousand million parameters',
  does: 'Trains low-rank adapters on all matrices of a layer and merges them. The loss counts the answers alone.',
  rate: 2e-4,
  files: (plan) => ({
    'run.sh': script('python train.py'),
    'requirements.txt': requirements,
    'train.py': train,
    'config.json': json({
      model: plan.base,
      training: { ...trainingOf(plan), warmup_steps: 5 },
      lora: loraOf(plan),
    }),
  }),
}
