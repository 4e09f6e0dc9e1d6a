/**
 * A chat template's source made ready to run: sizes checked, parsed, and looked through once for what its texts are and
 * which of its expressions become text. Rendering gives it the globals that transformers gives (`raise_exception`,
 * `strftime_now`, `range`; `namespace`, filters and tests are the engine's) and stays within the meter.
 */
import { BadOptionError, BadTemplateError, EngineError } from '../../errors.ts'
import { boundedRender } from './interpreter.ts'
import type { Jinja, Node } from './jinja.ts'
import { Meter, tooMuch } from './meter.ts'
import { strftime } from './strftime.ts'

/** Characters of a template. The longest in use have about 20,000. */
const MAX_SOURCE = 256 * 1024
/** White space in a row: the engine's own preparation of the source takes time with the square of it. */
const MAX_BLANK = 1000
/** Numbers one `range` may give. */
const MAX_RANGE = 10_000
const MAX_SHOWN = 300

export type TemplateVariables = Readonly<Record<string, unknown>>

export interface CompiledTemplate {
  /** Strings the template has in its code, and the names of the fields it reads: what it may compare input with. */
  readonly literals: ReadonlySet<string>
  /** Texts it writes: those between its tags and all strings of its code. */
  readonly texts: ReadonlySet<string>
  /**
   * The text for `variables` (plain JSON values, nested less than 200 deep). Throws BadOptionError when the template
   * itself refuses them (`raise_exception`), BadTemplateError when it fails or uses too much.
   */
  render(variables: TemplateVariables, now?: Date): string
}

/** Throws BadTemplateError for a source that is too large or not a template. */
export function compileTemplate(jinja: Jinja, source: string): CompiledTemplate {
  if (source.length > MAX_SOURCE) throw tooMuch(`has ${source.length} characters, more than ${MAX_SOURCE}`)
  if (new RegExp(`\\s{${MAX_BLANK}}`).test(source)) {
    throw tooMuch(`has ${MAX_BLANK} characters of white space in a row`)
  }
  const program = parse(jinja, source)
  const { literals, texts, outputs } = lookThrough(program)
  const run = boundedRender(jinja, (node) => outputs.has(node))
  return {
    literals,
    texts,
    render: (variables, now = new Date()) => {
      const scope = new jinja.Environment()
      try {
        for (const [name, value] of Object.entries({ ...globals(now), ...variables })) scope.set(name, value)
        return run(program, scope, new Meter(sizeOf(variables)))
      } catch (error) {
        throw asEngineError(error)
      }
    },
  }
}

function parse(jinja: Jinja, source: string): Node {
  try {
    return jinja.parse(jinja.tokenize(source, { lstrip_blocks: true, trim_blocks: true }))
  } catch (error) {
    const why = error instanceof RangeError ? 'it nests too deep' : messageOf(error)
    throw new BadTemplateError(
      `the chat template cannot be read: ${why}; give another one in its place (option \`template\`)`,
      { cause: error },
    )
  }
}

/** `raise_exception` of the template: it does not take these messages. */
class Refusal extends Error {}

function globals(now: Date): TemplateVariables {
  return {
    true: true,
    false: false,
    none: null,
    True: true,
    False: false,
    None: null,
    raise_exception: (message: unknown) => {
      throw new Refusal(String(message))
    },
    range,
    strftime_now: (format: unknown) => strftime(now, String(format)),
  }
}

function range(first: unknown, second?: unknown, third?: unknown): number[] {
  const [from, to, step] = second === undefined ? [0, first, 1] : [first, second, third ?? 1]
  if (![from, to, step].every(Number.isInteger) || step === 0)
    throw new TypeError('range() takes whole numbers')
  const [start, by] = [Number(from), Number(step)]
  const count = Math.max(0, Math.ceil((Number(to) - start) / by))
  if (count > MAX_RANGE) throw tooMuch(`makes a range of ${count} numbers, more than ${MAX_RANGE}`)
  return Array.from({ length: count }, (_, i) => start + i * by)
}

function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error
  if (error instanceof Refusal) {
    return new BadOptionError(`the model's chat template refuses these messages: ${clip(error.message)}`)
  }
  const why = error instanceof RangeError ? 'it nests too deep or makes too much text' : messageOf(error)
  return new BadTemplateError(`the chat template failed: ${why}`, { cause: error })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? clip(error.message) : 'an unknown error'
}

const clip = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)

/** Characters of all text in a JSON value, and one for every other value. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 1
  return Object.entries(value).reduce((sum, [key, held]) => sum + key.length + sizeOf(held), 1)
}

interface Found {
  readonly literals: ReadonlySet<string>
  readonly texts: ReadonlySet<string>
  /** Expressions that stand directly in a block: their values are written. */
  readonly outputs: ReadonlySet<unknown>
}

const blocks = new Set(['body', 'alternate', 'defaultBlock'])
const statements = new Set('Set If For Macro Break Continue Comment CallStatement FilterStatement'.split(' '))
const isExpression = (node: unknown): boolean => isNode(node) && !statements.has(node.type)
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

function lookThrough(program: Node): Found {
  const literals = new Set<string>()
  const texts = new Set<string>()
  const outputs = new Set<unknown>()
  const open: unknown[] = [program]
  while (open.length > 0) {
    const value = open.pop()
    if (Array.isArray(value) || value instanceof Map) for (const held of value) open.push(held)
    if (!isNode(value)) continue
    if (value.type === 'StringLiteral') texts.add(value.value as string)
    if ((value.type === 'StringLiteral' || value.type === 'Identifier') && !outputs.has(value)) {
      literals.add(value.value as string)
    }
    for (const [field, held] of Object.entries(value)) {
      if (blocks.has(field) && Array.isArray(held))
        for (const node of held) if (isExpression(node)) outputs.add(node)
      open.push(held)
    }
  }
  return { literals, texts, outputs }
}
