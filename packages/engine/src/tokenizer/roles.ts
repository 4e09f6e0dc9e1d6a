/**
 * What single tokens are for: which begin and end a text, which end a generation, which are control tokens whatever their
 * type in the file says. Files say little of it, so llama.cpp goes by the tokens' texts; the names and the order of the
 * rules are its own (`llama_vocab::impl::load`, llama.cpp v0.5.0), so that a generation ends here where it ends there.
 */
import { findBoolean, findString, type Metadata } from '../gguf/metadata.ts'
import { findTokenId, isSpecial, typeCode } from './token-types.ts'

export interface Roles {
  readonly bos: number | undefined
  readonly eos: number | undefined
  readonly unknown: number | undefined
  /** Tokens after which the model has finished, `eos` first. */
  readonly ends: readonly number[]
  readonly addsBos: boolean
  readonly addsEos: boolean
  /** Tokens that swallow the white space before or after them when they are found in a text. */
  readonly stripsLeft: ReadonlySet<number>
  readonly stripsRight: ReadonlySet<number>
}

/** What holds for a kind of tokenizer when the file says nothing. */
export interface RoleDefaults {
  readonly bos?: number
  readonly eos?: number
  readonly unknown?: number
  readonly addsBos: boolean
  readonly addsEos: boolean
}

const endNames = [
  '<|eot_id|>',
  '<|im_end|>',
  '<|end|>',
  '<|return|>',
  '<|call|>',
  '<|flush|>',
  '<|calls|>',
  '<end_of_turn>',
  '<|endoftext|>',
  '</s>',
  '<|eom_id|>',
  '<EOT>',
  '_<EOT>',
  '[EOT]',
  '[EOS]',
  '<|end_of_text|>',
  '<end_of_utterance>',
  '<eos>',
  '<turn|>',
  '<|tool_response>',
  '<｜end▁of▁sentence｜>',
  '[e~[',
]

/** Of gpt-oss: parts of the answer's form, which are shown. */
const shownNames = ['<|channel|>', '<|message|>', '<|start|>', '<|constrain|>']

/** Fill-in-the-middle tokens: the metadata keys (`tokenizer.ggml.<key>_token_id`), the names when no key is there, and whether one ends a generation. */
const fillTokens: readonly { keys: readonly string[]; names: readonly string[]; ends: boolean }[] = [
  {
    keys: ['fim_pre', 'prefix'],
    names: [
      '<|fim_prefix|>',
      '<fim-prefix>',
      '<fim_prefix>',
      '<｜fim▁begin｜>',
      '<PRE>',
      '▁<PRE>',
      '<|code_prefix|>',
      '<|prefix|>',
    ],
    ends: false,
  },
  {
    keys: ['fim_suf', 'suffix'],
    names: [
      '<|fim_suffix|>',
      '<fim-suffix>',
      '<fim_suffix>',
      '<｜fim▁hole｜>',
      '<SUF>',
      '▁<SUF>',
      '<|code_suffix|>',
      '<|suffix|>',
    ],
    ends: false,
  },
  {
    keys: ['fim_mid', 'middle'],
    names: [
      '<|fim_middle|>',
      '<fim-middle>',
      '<fim_middle>',
      '<｜fim▁end｜>',
      '<MID>',
      '▁<MID>',
      '<|code_middle|>',
      '<|middle|>',
    ],
    ends: false,
  },
  { keys: ['fim_pad'], names: ['<|fim_pad|>', '<fim-pad>', '<fim_pad>', '<PAD>', '[PAD]'], ends: true },
  {
    keys: ['fim_rep'],
    names: ['<|fim_repo|>', '<|repo_name|>', '<fim-repo>', '<REPO>', '<reponame>'],
    ends: true,
  },
  { keys: ['fim_sep'], names: ['<|file_sep|>'], ends: true },
]

const allNames = new Set([
  ...endNames,
  ...shownNames,
  ...fillTokens.flatMap(({ names }) => names),
  '<unk>',
  '<s>',
  '<mask>',
  '[MASK]',
])

/**
 * Reads the roles and corrects `types` [tokens] where a name overrules the file. `tokens` are the texts as the file has
 * them. Throws BadGgufError for an id out of range or a value of another type.
 */
export function readRoles(
  metadata: Metadata,
  tokens: readonly string[],
  types: Uint8Array,
  defaults: RoleDefaults,
): Roles {
  const named = new Map<string, number>()
  tokens.forEach((text, id) => {
    if (text.length <= 20 && allNames.has(text)) named.set(text, id)
  })
  const idOf = (key: string): number | undefined =>
    findTokenId(metadata, `tokenizer.ggml.${key}_token_id`, tokens.length)
  const orDefault = (key: string, id: number | undefined): number | undefined =>
    idOf(key) ?? (id !== undefined && id < tokens.length ? id : undefined)
  const ends = new Set<number>()
  for (const { keys, names, ends: isEnd } of fillTokens) {
    // A later key overrules an earlier one.
    const given = keys.map(idOf).findLast((id) => id !== undefined)
    const id = given ?? names.map((name) => named.get(name)).find((found) => found !== undefined)
    if (id === undefined) continue
    if (given === undefined) types[id] = typeCode.control
    if (isEnd) ends.add(id)
  }
  for (const name of endNames) {
    const id = named.get(name)
    if (id === undefined) continue
    types[id] = typeCode.control
    ends.add(id)
  }
  for (const name of shownNames) {
    const id = named.get(name)
    if (id !== undefined) types[id] = typeCode.user
  }
  const bos = orDefault('bos', defaults.bos)
  const eos = orDefault('eos', defaults.eos)
  for (const id of [eos, idOf('eot'), idOf('eom')]) if (id !== undefined) ends.add(id)
  dropFalseEnds(named, ends, types)
  const addsBos = findBoolean(metadata, 'tokenizer.ggml.add_bos_token') ?? defaults.addsBos
  const addsEos = findBoolean(metadata, 'tokenizer.ggml.add_eos_token') ?? defaults.addsEos
  const stripped = readStripping(metadata, named, types)
  return {
    bos,
    eos,
    unknown: orDefault('unknown', defaults.unknown),
    ends: [...ends].sort((a, b) => Number(b === eos) - Number(a === eos) || a - b),
    addsBos: addsBos && bos !== undefined,
    addsEos: addsEos && eos !== undefined,
    ...stripped,
  }
}

/** A name that ends a turn in one family of models is part of the answer in another: gpt-oss and Solar, Gemma 4. */
function dropFalseEnds(named: ReadonlyMap<string, number>, ends: Set<number>, types: Uint8Array): void {
  const isEnd = (name: string): boolean => named.has(name) && ends.has(named.get(name)!)
  const calls = isEnd('<|call|>') || isEnd('<|calls|>')
  if (isEnd('<|end|>') && calls && (isEnd('<|return|>') || isEnd('<|flush|>'))) {
    const id = named.get('<|end|>')!
    ends.delete(id)
    types[id] = typeCode.user
  }
  if (isEnd('<|tool_response>') && isEnd('</s>')) {
    const id = named.get('</s>')!
    ends.delete(id)
    types[id] = typeCode.normal
  }
}

/** GGUF has no field for it: by the names of the models whose tokenizers do it. */
function readStripping(
  metadata: Metadata,
  named: ReadonlyMap<string, number>,
  types: Uint8Array,
): Pick<Roles, 'stripsLeft' | 'stripsRight'> {
  const pre = findString(metadata, 'tokenizer.ggml.pre') ?? ''
  const architecture = findString(metadata, 'general.architecture') ?? ''
  const model = (findString(metadata, 'general.name') ?? '').toLowerCase()
  const only = (name: string): Set<number> => new Set(named.has(name) ? [named.get(name)!] : [])
  const none = new Set<number>()
  if (/jina-v2-(de|es|code)/.test(pre) || /nomic-bert-moe|jina-bert-v3/.test(architecture)) {
    return { stripsLeft: only('<mask>'), stripsRight: none }
  }
  if (/phi-?3/.test(model)) {
    const stripsRight = only('</s>')
    types.forEach((type, id) => {
      if (isSpecial(type)) stripsRight.add(id)
    })
    for (const name of ['<unk>', '<s>', '<|endoftext|>']) {
      const id = named.get(name)
      if (id !== undefined) stripsRight.delete(id)
    }
    return { stripsLeft: none, stripsRight }
  }
  return { stripsLeft: model.includes('modern-bert') ? only('[MASK]') : none, stripsRight: none }
}
