/** A call made ready for the engine: what the model reads, what it must write, and what of the call it cannot take. */
import type { LanguageModelV4CallOptions, SharedV4Warning } from '@ai-sdk/provider'
import {
  type ChatPrompt,
  type ChatTemplate,
  type Constraint,
  ConstraintTooLargeError,
  compileConstraint,
  findStrings,
  type GenerateOptions,
  type JsonObject,
  type Model,
  UnsupportedConstraintError,
} from '@edgewise/engine'
import { notText, toMessages, toTools } from './gguf-device-messages.ts'

export interface Prepared {
  readonly prompt: ChatPrompt
  /** JSON schema of the whole answer, where it must be a call or JSON. */
  readonly schema: JsonObject | undefined
  /** Whether JSON was asked for that the model may leave for a call. */
  readonly isFreeJson: boolean
  /** Whether the answer can be nothing but text that goes out as it comes. */
  readonly isPlain: boolean
}

/** Tokens of an answer whose length nobody has limited: a small model may repeat itself without end, and others wait. */
const MOST_TOKENS = 4096

/** Throws BadOptionError for messages that the template refuses, BadTemplateError when it fails. */
export function prepare(template: ChatTemplate, call: LanguageModelV4CallOptions): Prepared {
  const tools = toTools(call)
  const { toolChoice, responseFormat } = call
  const mustCall = toolChoice?.type === 'tool' ? toolChoice.toolName : toolChoice?.type === 'required'
  const asked = responseFormat?.type === 'json' && !mustCall ? responseFormat : undefined
  const schema = asked && ((asked.schema ?? { type: 'object' }) as JsonObject)
  const thinking = schema ? false : thinkingOf(call)
  const messages = toMessages(call.prompt, asked && jsonWords(asked.schema))
  const prompt = template.prompt(messages, {
    tools,
    ...(mustCall ? { mustCall } : {}),
    ...(thinking === undefined ? {} : { thinking }),
  })
  // An answer may be a call or JSON; which of the two is the model's to say, and one constraint would forbid the other.
  const isFree = tools.length > 0 && !mustCall
  return {
    prompt,
    schema: prompt.schema ?? (isFree ? undefined : schema),
    isFreeJson: isFree && schema !== undefined,
    isPlain: tools.length === 0 && !prompt.mayThink,
  }
}

function jsonWords(schema: unknown): string {
  return schema === undefined
    ? 'Answer with a JSON object and nothing else.'
    : `Answer with JSON and nothing else, as this JSON schema has it:\n${JSON.stringify(schema)}`
}

function thinkingOf({ reasoning }: LanguageModelV4CallOptions): boolean | undefined {
  return reasoning === undefined || reasoning === 'provider-default' ? undefined : reasoning !== 'none'
}

export interface Preparing {
  /** For a call that is to come. */
  ahead(call: LanguageModelV4CallOptions): Prepared
  /** For a call that has come. */
  take(call: LanguageModelV4CallOptions): Prepared
}

/** The router asks for a call's facts before it gives the call: what was prepared for them serves the call, once. */
export function preparing(template: ChatTemplate): Preparing {
  let last: { key: readonly unknown[]; prepared: Prepared } | undefined
  // Callers may add to a list they gave before: its length and its last message tell that, too.
  const keyOf = ({ prompt, tools, toolChoice, responseFormat, reasoning }: LanguageModelV4CallOptions) =>
    [prompt, prompt.length, prompt.at(-1), tools, toolChoice, responseFormat, reasoning] as const
  const known = (call: LanguageModelV4CallOptions): Prepared | undefined =>
    last && keyOf(call).every((value, i) => value === last!.key[i]) ? last.prepared : undefined
  return {
    ahead(call) {
      const prepared = known(call) ?? prepare(template, call)
      last = { key: keyOf(call), prepared }
      return prepared
    },
    take(call) {
      const prepared = known(call)
      last = undefined
      return prepared ?? prepare(template, call)
    },
  }
}

/** Compiling takes a while, and callers send the same schema again and again. */
const KEPT_CONSTRAINTS = 16

export type Compile = (schema: JsonObject) => Constraint

/** Throws UnsupportedConstraintError, ConstraintTooLargeError, BadConstraintError. */
export function compiling({ tokenizer }: Pick<Model, 'tokenizer'>): Compile {
  const known = new Map<string, Constraint>()
  return (schema) => {
    const key = JSON.stringify(schema)
    const constraint = known.get(key) ?? compileConstraint({ jsonSchema: schema }, tokenizer)
    known.delete(key)
    known.set(key, constraint)
    if (known.size > KEPT_CONSTRAINTS) known.delete(known.keys().next().value!)
    return constraint
  }
}

/** What a student's file (docs/distillation.md) says its answers are: one of these texts. */
const LABELS_KEY = 'edgewise.student.labels'

/** Of a file that names its labels, the constraint to them. Throws BadGgufError for another type, and as compileConstraint does. */
export function labelConstraint({
  metadata,
  tokenizer,
}: Pick<Model, 'metadata' | 'tokenizer'>): Constraint | undefined {
  const labels = findStrings(metadata, LABELS_KEY)
  return labels && compileConstraint({ choices: labels }, tokenizer)
}

/** The tokens that a call with this one's system text and tools begins with, whatever its user says. Throws as `prepare`. */
export function fixedBeginning(template: ChatTemplate, call: LanguageModelV4CallOptions): readonly number[] {
  const others = call.prompt.findIndex(({ role }) => role !== 'system')
  const system = others === -1 ? call.prompt : call.prompt.slice(0, others)
  const [one = [], other = []] = ['a', 'b'].map((text) => {
    const user = { role: 'user' as const, content: [{ type: 'text' as const, text }] }
    return prepare(template, { ...call, prompt: [...system, user] }).prompt.tokens
  })
  const parting = one.findIndex((token, i) => token !== other[i])
  return one.slice(0, parting)
}

export function generateOptions(
  call: LanguageModelV4CallOptions,
  constraint: Constraint | undefined,
  signal: AbortSignal,
): GenerateOptions {
  const { temperature, topK, topP, seed, stopSequences } = call
  const topLogprobs = call.providerOptions?.edgewise?.topLogprobs
  return {
    signal,
    maxTokens: call.maxOutputTokens ?? MOST_TOKENS,
    ...(constraint === undefined ? {} : { constraint }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topK === undefined ? {} : { topK }),
    // OpenAI's range begins at 0, the smallest nucleus: the best token alone.
    ...(topP === undefined ? {} : topP === 0 ? { topK: 1 } : { topP }),
    ...(seed === undefined ? {} : { seed }),
    ...(stopSequences === undefined || constraint ? {} : { stop: stopSequences }),
    ...(typeof topLogprobs === 'number' && { topLogprobs }),
  }
}

/** What another place would take and this one cannot. */
export function lacks(call: LanguageModelV4CallOptions, { schema }: Prepared, compile: Compile): string[] {
  const missing = notText(call)
  try {
    if (schema) compile(schema)
  } catch (error) {
    // A schema that is no schema is the caller's error, anywhere.
    if (error instanceof UnsupportedConstraintError || error instanceof ConstraintTooLargeError) {
      missing.push('this JSON schema')
    }
  }
  return missing
}

export function warningsOf(
  call: LanguageModelV4CallOptions,
  { schema, isFreeJson }: Prepared,
): SharedV4Warning[] {
  const features = notText(call)
  if (call.presencePenalty) features.push('presencePenalty')
  if (call.frequencyPenalty) features.push('frequencyPenalty')
  const warnings: SharedV4Warning[] = features.map((feature) => ({ type: 'unsupported', feature }))
  if (schema && call.stopSequences?.length) {
    const details = 'JSON and calls end where they are complete'
    warnings.push({ type: 'unsupported', feature: 'stopSequences', details })
  }
  if (isFreeJson) {
    const details = 'tools may be called instead, so JSON is asked for in words and not enforced'
    warnings.push({ type: 'compatibility', feature: 'responseFormat', details })
  }
  return warnings
}
