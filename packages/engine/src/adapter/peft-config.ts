/**
 * PEFT's adapter_config.json: how much the adapter changes, and refusals of what goes beyond two matrices a module. A field that is not known
 * here changes how an adapter is trained, not what it is; those that do change it are listed.
 */
import { BadAdapterError } from '../errors.ts'

export interface PeftConfig {
  readonly rank: number
  /** alpha / rank, or alpha / sqrt(rank) with use_rslora. */
  readonly scale: number
  /** Names of modules; undefined where they are given as an expression. */
  readonly targets: readonly string[] | undefined
}

/** Fields whose presence with another value than nothing asks for something that is not done here. */
const refused: Readonly<Record<string, string>> = {
  use_dora: 'DoRA scales rows by their length',
  modules_to_save: 'modules trained whole lie beside the adapter',
  rank_pattern: 'modules have ranks of their own',
  alpha_pattern: 'modules have alphas of their own',
  fan_in_fan_out: 'matrices lie transposed',
  lora_bias: 'the adapter has biases',
  use_qalora: 'inputs are pooled first',
  alora_invocation_tokens: 'it is switched on by tokens of the prompt',
  layer_replication: 'layers of the base are repeated',
  target_parameters: 'parameters are adapted that are no modules',
  trainable_token_indices: 'rows of the embedding were trained, too',
  megatron_config: 'the model is divided over devices',
  arrow_config: 'several adapters are chosen among by token',
  use_bdlora: 'its matrices are block-diagonal',
  kasa_config: 'singular values stand between its matrices',
  monteclora_config: 'its numbers are drawn',
}
/** Ways of beginning that change the base itself, so that the adapter fits no base as it was published. */
const changesBase = /^(pissa|olora|corda|loftq|lora_ga)/

/** Throws BadAdapterError, naming the field. */
export function readPeftConfig(text: string): PeftConfig {
  const config = objectOf(text)
  const fail = (field: string, problem: string): BadAdapterError =>
    new BadAdapterError(`adapter_config.json: ${field} is ${shown(config[field])}: ${problem}`)
  if (config.peft_type !== 'LORA') throw fail('peft_type', 'only "LORA" can be applied here')
  for (const [field, why] of Object.entries(refused)) {
    if (!isNothing(config[field]))
      throw fail(field, `${why}, which is not applied here; merge it where it was trained`)
  }
  if ((config.bias ?? 'none') !== 'none') {
    throw fail('bias', 'biases of the base were trained, too; merge it where it was trained')
  }
  const init = config.init_lora_weights
  if (typeof init === 'string' && changesBase.test(init)) {
    throw fail(
      'init_lora_weights',
      'it changed the base as well; convert it, or merge it where it was trained',
    )
  }
  const rank = config.r
  if (!Number.isSafeInteger(rank) || (rank as number) < 1) throw fail('r', 'a rank is a whole number from 1')
  const alpha = config.lora_alpha
  if (typeof alpha !== 'number' || !Number.isFinite(alpha)) throw fail('lora_alpha', 'it must be a number')
  const isStabilised = config.use_rslora ?? false
  if (typeof isStabilised !== 'boolean') throw fail('use_rslora', 'it is true or false')
  const targets = config.target_modules
  const isList = Array.isArray(targets) && targets.every((target) => typeof target === 'string')
  if (!isList && typeof targets !== 'string') throw fail('target_modules', 'it names the modules')
  return {
    rank: rank as number,
    scale: alpha / (isStabilised ? Math.sqrt(rank as number) : (rank as number)),
    targets: isList ? targets : undefined,
  }
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed }
  } catch (cause) {
    throw new BadAdapterError('adapter_config.json is not JSON', { cause })
  }
  throw new BadAdapterError('adapter_config.json is no JSON object')
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

/** Short: the file may hold anything. */
function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 80)
}
