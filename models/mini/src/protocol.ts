/**
 * protocol.md in code: the control tokens by name, how a text is cut into units, and what is read of each task.
 * User text is always encoded literally, so whatever it contains stays text.
 */
import type { Tokenizer } from '@edgewise/engine'
import { NotMiniError } from './errors.ts'
import { type MiniTask, miniTasks } from './tasks.ts'

/** The version in `edgewise.mini.protocol`. */
export const protocolVersion = 2

/** A control token with a meaning, e.g. the slot `playlist`. */
export interface Tag {
  readonly id: number
  readonly name: string
}

/** One piece of the pre-tokenizer's split. Offsets are UTF-16, in the caller's text. */
export interface Unit {
  readonly start: number
  readonly end: number
  readonly text: string
  /** Only white space. */
  readonly blank: boolean
  readonly ids: readonly number[]
}

/** No word needs more tokens, and a string without a space must not fill a pass. */
const MOST_OF_UNIT = 32

/** The tokens by which a unit is read both ways. */
export const idsOf = ({ ids }: Unit): readonly number[] =>
  ids.length > MOST_OF_UNIT ? ids.slice(0, MOST_OF_UNIT) : ids

/** The types of span of a task, and the classes of a unit in the order of protocol.md: none, beginnings, insides. */
export interface Marks {
  readonly names: readonly string[]
  /** 1 + 2 * names.length token ids. */
  readonly ids: readonly number[]
}

export interface Protocol {
  readonly tokenizer: Tokenizer
  readonly labels: readonly Tag[]
  readonly intents: readonly Tag[]
  readonly slots: Marks
  readonly piiTypes: Marks
  /** The classes of a unit in `fix`: right, wrong, one word with the next. */
  readonly fixes: readonly number[]
  /** 1 for tokens that are ordinary text. */
  readonly isText: Uint8Array
  /** The units of the trimmed text with one space in front; none when there is only white space. */
  units(text: string): Unit[]
  /** A lower bound of the tokens of `text`, without tokenizing it: its letters by those of the longest token. */
  fewestTokens(text: string): number
  /** The tokens of one two-way pass, and the place among them of each unit's first. */
  reading(task: MiniTask, units: readonly Unit[]): { ids: number[]; places: number[] }
  /** The ids up to where the answer of `complete` starts. */
  prompt(units: readonly Unit[]): number[]
}

/** Throws NotMiniError when the vocabulary lacks what the protocol needs. */
export function protocolOf(tokenizer: Tokenizer): Protocol {
  const need = (text: string) => {
    const id = tokenizer.idOf(text)
    if (id === undefined)
      throw new NotMiniError(`the vocabulary has no token ${text}: open an edgewise-mini file`)
    return id
  }
  const tags = new Map<string, Tag[]>([...tagKinds].map((kind) => [kind, []]))
  // A UTF-16 unit is at least one byte, so the length of a text is a lower bound of its bytes.
  let longest = 1
  const isText = new Uint8Array(tokenizer.size)
  for (let id = 0; id < tokenizer.size; id++) {
    const type = tokenizer.typeOf(id)
    if (type === 'normal' || type === 'byte') {
      isText[id] = 1
      longest = Math.max(longest, tokenizer.bytesOf(id).length)
    }
    const [, kind, name] = (type === 'user' && /^<(\w+):(.+)>$/.exec(tokenizer.textOf(id))) || []
    if (kind && name) tags.get(kind)?.push({ id, name })
  }
  const some = (kind: string) => {
    const found = tags.get(kind)!
    if (found.length === 0) throw new NotMiniError(`the vocabulary has no <${kind}:...> token`)
    return found
  }
  const none = need('<none>')
  const marks = (kind: string): Marks => {
    const names = some(kind).map(({ name }) => name)
    const ids = [kind, `${kind}+`].flatMap((part) => names.map((name) => need(`<${part}:${name}>`)))
    return { names, ids: [none, ...ids] }
  }
  const taskIds = Object.fromEntries(miniTasks.map((task) => [task, need(`<|${task}|>`)])) as Record<
    MiniTask,
    number
  >
  const start = need('<|im_start|>')
  const end = need('<|im_end|>')
  const head = [start, ...tokenizer.encode('user\n')]
  const middle = [end, ...tokenizer.encode('\n'), start, ...tokenizer.encode('assistant\n')]
  const space = tokenizer.encode(' ')
  return {
    tokenizer,
    labels: some('intent'),
    intents: some('snips'),
    slots: marks('slot'),
    piiTypes: marks('pii'),
    fixes: [none, need('<wrong>'), need('<join>')],
    isText,
    units: (text) => unitsOf(tokenizer, text),
    fewestTokens: (text) => Math.ceil(text.trim().length / longest),
    reading: (task, units) => {
      const ids = [taskIds[task]]
      const places = units.map((unit) => {
        const at = ids.length
        ids.push(...idsOf(unit))
        return at
      })
      return { ids: [...ids, end], places }
    },
    prompt: (units) => [
      ...head,
      taskIds.complete,
      ...(units.length === 0 ? space : units.flatMap((unit) => unit.ids)),
      ...middle,
    ],
  }
}

const tagKinds = ['intent', 'snips', 'slot', 'pii']

function unitsOf(tokenizer: Tokenizer, text: string): Unit[] {
  const trimmed = text.trim()
  if (trimmed === '') return []
  // Half surrogate pairs become U+FFFD here, so that offsets stay those of the caller's text.
  const pieces = tokenizer.preTokenize(` ${trimmed.toWellFormed()}`)
  const lead = text.length - text.trimStart().length
  let at = lead - 1
  return pieces.map((piece) => {
    const start = Math.max(at, lead)
    at += piece.length
    return {
      start,
      end: at,
      text: piece,
      blank: piece.trim() === '',
      ids: tokenizer.encode(piece, { literal: true }),
    }
  })
}
