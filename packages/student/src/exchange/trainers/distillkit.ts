/**
 * DistillKit with the teacher beside the student: the student learns what the teacher expects at every place, so both must have one vocabulary.
 * Checked with its sources of March 2026, which the requirements name, as no version of it is published.
 */
import { json, type Recipe, STEP_EXAMPLES, script } from './recipe.ts'

const requirements = `distillkit @ git+https://github.com/arcee-ai/DistillKit@a61c2e7d25c2e990d45832e12bd8542bdee9c810
torch>=2.6,<3
transformers>=4.57,<5
datasets>=4.0,<5
`

const ROWS = 'resize_embeddings_to_multiple_of'

const prepare = `"""train.jsonl and valid.jsonl to the folders DistillKit reads; what config.yaml can only say here. Written by Edgewise."""
import json
from pathlib import Path

from datasets import load_dataset
from transformers import AutoConfig

for part in ["train", "valid"]:
    load_dataset("json", data_files=f"{part}.jsonl", split="train").save_to_disk(f"data/{part}")

# DistillKit cuts embeddings to the tokens there are; with this they keep the rows of the model, and the student fits its base.
path = Path("config.yaml")
text = path.read_text(encoding="utf-8")
rows = AutoConfig.from_pretrained(json.loads(text)["model"]).vocab_size
path.write_text(text.replace('"${ROWS}": null', f'"${ROWS}": {rows}'), encoding="utf-8")
`

export const distillkit: Recipe = {
  title: 'DistillKit',
  needs:
    'a machine with a GPU that holds the teacher and, with its optimiser, the student (16 bytes a parameter)',
  does: "Trains all weights on the teacher's probabilities (three quarters of the loss) and the answers (a quarter); both count the whole conversation.",
  rate: 1e-5,
  files: ({ base, teacher, epochs, rate, seed }) => ({
    'run.sh': script('python prepare.py', 'distillkit config.yaml'),
    'requirements.txt': requirements,
    'prepare.py': prepare,
    'config.yaml': json({
      project_name: 'student',
      model: base,
      output_path: 'student',
      sequence_length: 2048,
      [ROWS]: null,
      use_flash_attention: false,
      model_kwargs: { torch_dtype: 'bfloat16' },
      dataset: {
        train_dataset: { disk_path: 'data/train' },
        eval_dataset: { disk_path: 'data/valid' },
        seed,
      },
      teacher: { kind: 'hf', path: teacher, kwargs: { torch_dtype: 'bfloat16', device_map: 'auto' } },
      loss_functions: [
        { function: 'cross_entropy', weight: 0.25 },
        { function: 'kl', weight: 0.75, temperature: 1 },
      ],
      training_args: {
        dataset_text_field: 'text',
        num_train_epochs: epochs,
        per_device_train_batch_size: 2,
        gradient_accumulation_steps: STEP_EXAMPLES / 2,
        learning_rate: rate,
        lr_scheduler_type: 'cosine',
        warmup_ratio: 0.03,
        eval_strategy: 'epoch',
        save_strategy: 'no',
        logging_steps: 10,
        bf16: true,
        gradient_checkpointing: true,
        report_to: 'none',
        seed,
      },
    }),
  }),
}
