/** TRL's SFTTrainer with a PEFT adapter, merged at the end. Checked with TRL 1.16, transformers 5.24 and PEFT 0.21. */
import { json, type Plan, type Recipe, STEP_EXAMPLES, script } from './recipe.ts'

const requirements = `torch>=2.6,<3
transformers>=5.0,<6
trl>=1.0,<2
peft>=0.18,<1
datasets>=4.0,<6
accelerate>=1.10,<2
`

const train = `"""Fine-tunes config.json's model on train.jsonl with low-rank adapters and merges them. Written by Edgewise."""
import json
from pathlib import Path

import torch
from datasets import load_dataset
from peft import LoraConfig
from trl import SFTConfig, SFTTrainer

config = json.loads(Path("config.json").read_text(encoding="utf-8"))


def split(row):
    # In this form TRL counts the loss of the answer alone.
    return {"prompt": row["messages"][:-1], "completion": row["messages"][-1:]}


data = load_dataset("json", data_files={"train": "train.jsonl", "valid": "valid.jsonl"})
data = data.map(split, remove_columns=["messages"])
has_gpu = torch.cuda.is_available()
trainer = SFTTrainer(
    model=config["model"],
    args=SFTConfig(
        output_dir="checkpoints",
        bf16=has_gpu and torch.cuda.is_bf16_supported(),
        use_cpu=not has_gpu,
        **config["training"],
    ),
    train_dataset=data["train"],
    eval_dataset=data["valid"],
    peft_config=LoraConfig(task_type="CAUSAL_LM", **config["lora"]),
)
trainer.train()
trainer.model.merge_and_unload().save_pretrained("student")
trainer.processing_class.save_pretrained("student")
`

export const trl: Recipe = {
  title: 'TRL',
  needs: 'a machine with a GPU, of 8 GB for a model of a thousand million parameters',
  does: 'Trains low-rank adapters on all matrices of a layer and merges them. The loss counts the answers alone.',
  rate: 2e-4,
  files: (plan) => ({
    'run.sh': script('python train.py'),
    'requirements.txt': requirements,
    'train.py': train,
    'config.json': json({ model: plan.base, training: trainingOf(plan), lora: loraOf(plan) }),
  }),
}

/** Fields of SFTConfig. */
export function trainingOf({ epochs, rate, seed }: Plan): Record<string, unknown> {
  return {
    num_train_epochs: epochs,
    per_device_train_batch_size: 4,
    gradient_accumulation_steps: STEP_EXAMPLES / 4,
    learning_rate: rate,
    lr_scheduler_type: 'cosine',
    warmup_steps: 0.03,
    weight_decay: 0,
    max_length: 2048,
    eval_strategy: 'epoch',
    save_strategy: 'epoch',
    save_total_limit: 1,
    logging_steps: 10,
    report_to: 'none',
    seed,
  }
}

/** Fields of LoraConfig. */
export function loraOf({ rank }: Plan): Record<string, unknown> {
  return {
    r: rank,
    lora_alpha: 2 * rank,
    lora_dropout: 0,
    target_modules: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
  }
}
