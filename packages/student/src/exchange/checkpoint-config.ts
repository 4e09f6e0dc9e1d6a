/**
 * A checkpoint's config.json beside the base whose header it is to have: every field that says what the model computes must be the base's, or
 * the student would compute something else than what was trained. Fields of training and of serving are not looked at.
 */
import type { Config, Gguf } from '@edgewise/engine'
import { invalid } from './candidate.ts'
import type { Checkpoint } from './checkpoint-files.ts'

/** `model_type` of config.json by `general.architecture`. */
const modelTypes: Readonly<Record<string, readonly string[]>> = {
  llama: ['llama', 'mistral'],
  qwen2: ['qwen2'],
  qwen3: ['qwen3'],
  gemma3: ['gemma3_text'],
}

/** `hidden_act` of config.json by what the engine calls it. */
const activations: Readonly<Record<Config['activation'], readonly string[]>> = {
  silu: ['silu', 'swish'],
  gelu: ['gelu_pytorch_tanh'],
}

type Fields = Checkpoint['config']

/** Throws StudentError `import_invalid`, naming the field. */
export function checkCheckpointConfig(
  { path, config }: Checkpoint,
  base: Config,
  tensors: Gguf['tensors'],
): void {
  const refuse = (field: string, value: unknown, wanted: unknown): never => {
    throw invalid(
      `${path}/config.json: ${field} is ${shown(value)}, ${wanted === base.architecture ? 'the base is' : 'in the base it is'} ${
        wanted === base.architecture ? wanted : shown(wanted)
      }: is it the model that was trained?`,
    )
  }
  if (!(modelTypes[base.architecture] ?? []).includes(String(config.model_type)))
    refuse('model_type', config.model_type, base.architecture)
  for (const [field, value, wanted] of numbers(config, base)) {
    if (typeof value !== 'number' || Math.fround(value) !== Math.fround(wanted as number))
      refuse(field, value, wanted)
  }
  const choices: readonly (readonly [string, unknown, unknown, boolean])[] = [
    ...optional(config, base, tensors),
    ...ropeScaling(config, base, tensors),
  ]
  for (const [field, value, wanted, agrees] of choices) if (!agrees) refuse(field, value, wanted)
}

/** Numbers that every configuration has, or whose absence means a number. */
function numbers(config: Fields, base: Config): (readonly [string, unknown, unknown])[] {
  return [
    ['hidden_size', config.hidden_size, base.dim],
    ['intermediate_size', config.intermediate_size, base.hiddenDim],
    ['num_hidden_layers', config.num_hidden_layers, base.layers],
    ['num_attention_heads', config.num_attention_heads, base.heads],
    ['num_key_value_heads', config.num_key_value_heads ?? config.num_attention_heads, base.kvHeads],
    ['head_dim', config.head_dim ?? base.dim / base.heads, base.headDim],
    ['rms_norm_eps', config.rms_norm_eps, base.normEps],
    ['partial_rotary_factor', config.partial_rotary_factor ?? 1, 1],
    ['attn_logit_softcapping', config.attn_logit_softcapping ?? 0, base.attentionSoftcap],
    ['final_logit_softcapping', config.final_logit_softcapping ?? 0, base.finalSoftcap],
    // Gemma has two of them, under names that changed.
    ...(base.architecture === 'gemma3'
      ? []
      : [
          [
            'rope_theta',
            config.rope_theta ?? Object(config.rope_parameters).rope_theta ?? 10_000,
            base.rope.base,
          ] as const,
        ]),
  ]
}

/** What some configurations leave out: [field, value, wanted, whether they agree]. */
function optional(
  config: Fields,
  base: Config,
  tensors: Gguf['tensors'],
): (readonly [string, unknown, unknown, boolean])[] {
  const vocab = tensors.get('token_embd.weight')?.rows
  const activation = config.hidden_activation ?? config.hidden_act
  const names = activations[base.activation]
  // Qwen names a size and says beside it that it is not used.
  const window = config.use_sliding_window === false ? undefined : config.sliding_window
  const wanted = base.window?.size
  const seesAll = window === undefined || window === null || (window as number) >= base.contextLength
  return [
    ['vocab_size', config.vocab_size, vocab, config.vocab_size === undefined || config.vocab_size === vocab],
    ['hidden_act', activation, names[0], activation === undefined || names.includes(String(activation))],
    [
      'sliding_window',
      window,
      wanted ?? null,
      window === undefined || (seesAll ? wanted === undefined : window === wanted),
    ],
  ]
}

/** Llama 3's factors lie in a tensor of the base, others are a number there. */
function ropeScaling(
  config: Fields,
  base: Config,
  tensors: Gguf['tensors'],
): (readonly [string, unknown, unknown, boolean])[] {
  const parameters = Object(config.rope_parameters)
  const scaling = Object(config.rope_scaling ?? parameters.full_attention ?? parameters)
  const type = scaling.rope_type ?? scaling.type ?? 'default'
  const factor = type === 'linear' ? scaling.factor : 1
  const wanted = tensors.has('rope_freqs.weight') ? 'llama3' : base.rope.scale === 1 ? 'default' : 'linear'
  return [
    ['rope_type', type, wanted, type === wanted || (type === 'linear' && wanted === 'default')],
    [
      'the factor of rope_scaling',
      factor,
      1 / base.rope.scale,
      Math.fround(factor) === Math.fround(1 / base.rope.scale),
    ],
  ]
}

/** For a message: as JSON, cut short. */
export function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60)
}
