/** mlx_lm.lora and mlx_lm.fuse, for Macs with Apple silicon. Checked with mlx-lm 0.32. */
import { json, type Recipe, script } from './recipe.ts'

const requirements = `mlx-lm[train]>=0.29,<1
`

/** As many as a Mac of 16 GB takes of short examples; mlx-lm refuses a set of fewer than a batch. */
const BATCH = 4

export const mlx: Recipe = {
  title: 'mlx_lm.lora',
  needs: 'a Mac with Apple silicon, of 16 GB for a model of a thousand million parameters',
  does: 'Trains low-rank adapters on all matrices of all layers and fuses them. The loss counts the answers alone.',
  rate: 2e-4,
  files: ({ base, epochs, rank, rate, seed, examples, valid }) => {
    const batch = Math.min(BATCH, examples, valid)
    const iterations = Math.ceil((epochs * examples) / batch)
    const config = {
      model: base,
      train: true,
      fine_tune_type: 'lora',
      data: '.',
      mask_prompt: true,
      num_layers: -1,
      batch_size: batch,
      iters: iterations,
      val_batches: -1,
      steps_per_report: 10,
      steps_per_eval: Math.max(1, Math.ceil(iterations / epochs)),
      save_every: 200,
      adapter_path: 'adapters',
      max_seq_length: 2048,
      learning_rate: rate,
      optimizer: 'adamw',
      lora_parameters: { rank, scale: 2, dropout: 0 },
      lr_schedule: {
        name: 'cosine_decay',
        warmup: Math.ceil(0.03 * iterations),
        arguments: [rate, iterations],
      },
      seed,
    }
    return {
      'run.sh': script(
        'mlx_lm.lora --config config.yaml',
        `mlx_lm.fuse --model ${quoted(base)} --adapter-path adapters --save-path student --dequantize`,
      ),
      'requirements.txt': requirements,
      // JSON is YAML, too.
      'config.yaml': json(config),
    }
  },
}

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
