/**
 * A grammar as one flat graph: states of all rules, with edges over bytes, over nothing, and over a call of a rule.
 * Built eagerly and bounded; what may be read next is found out lazily by machine.ts. Bytes that no token of the
 * vocabulary can give alone are left out here, so that a text once begun can always be ended.
 */
import { ConstraintTooLargeError } from '../../errors.ts'
import type { Expr, JsonText, Rule } from '../grammar/grammar.ts'

export const BYTE = 0
export const EMPTY = 1
export const CALL = 2

export interface Automaton {
  readonly states: number
  /** Edges of state s are at first[s] .. first[s + 1] - 1 of the arrays below. */
  readonly first: Int32Array
  readonly kind: Uint8Array
  /** The lowest byte of a BYTE edge, the number of the rule of a CALL edge. */
  readonly low: Int32Array
  readonly high: Uint8Array
  readonly to: Int32Array
  /** The first is the one to begin with. */
  readonly rules: readonly RulePlace[]
}

export interface RulePlace {
  readonly rule: Rule
  /** Where its graph begins and ends; -1 for the inside of a JSON string, which has a machine of its own. */
  readonly start: number
  readonly end: number
}

/** Together about 20 MB: schemas of hundreds of properties take a few thousand. */
const MAX_STATES = 300_000
const MAX_EDGES = 1_000_000

/** `alphabet[byte]` is 1 for bytes that a token gives alone. Throws ConstraintTooLargeError. */
export function buildAutomaton(root: Rule, alphabet: Uint8Array): Automaton {
  const from: number[] = []
  const kind: number[] = []
  const low: number[] = []
  const high: number[] = []
  const to: number[] = []
  const rules: RulePlace[] = []
  const numbers = new Map<Rule, number>()
  let states = 0

  const state = (): number => {
    if (states >= MAX_STATES) throw tooLarge('states', MAX_STATES)
    return states++
  }
  const edge = (s: number, k: number, a: number, b: number, t: number): void => {
    if (from.length >= MAX_EDGES) throw tooLarge('edges', MAX_EDGES)
    from.push(s)
    kind.push(k)
    low.push(a)
    high.push(b)
    to.push(t)
  }
  const range = (s: number, first: number, last: number, t: number): void => {
    for (let a = first; a <= last; a++) {
      if (alphabet[a] !== 1) continue
      const began = a
      while (a < last && alphabet[a + 1] === 1) a++
      edge(s, BYTE, began, a, t)
    }
  }
  const numberOf = (rule: Rule): number => {
    const known = numbers.get(rule)
    if (known !== undefined) return known
    const number = rules.length
    numbers.set(rule, number)
    rules.push(isText(rule.body) ? { rule, start: -1, end: -1 } : { rule, start: state(), end: state() })
    return number
  }

  const lay = (expr: Expr, s: number, t: number): void => {
    switch (expr.kind) {
      case 'bytes':
        expr.bytes.forEach((byte, i) => {
          const next = i === expr.bytes.length - 1 ? t : state()
          range(s, byte, byte, next)
          s = next
        })
        if (expr.bytes.length === 0) edge(s, EMPTY, 0, 0, t)
        return
      case 'class':
        for (let i = 0; i < expr.ranges.length; i += 2) range(s, expr.ranges[i]!, expr.ranges[i + 1]!, t)
        return
      case 'seq':
        expr.items.forEach((item, i) => {
          const next = i === expr.items.length - 1 ? t : state()
          lay(item, s, next)
          s = next
        })
        if (expr.items.length === 0) edge(s, EMPTY, 0, 0, t)
        return
      case 'alt':
        for (const item of expr.items) lay(item, s, t)
        return
      case 'repeat':
        layRepeat(expr.item, expr.min, expr.max, s, t)
        return
      case 'net': {
        const places = Array.from({ length: expr.places }, state)
        edge(s, EMPTY, 0, 0, places[0]!)
        edge(places[1]!, EMPTY, 0, 0, t)
        for (const arc of expr.arcs) lay(arc.expr, places[arc.from]!, places[arc.to]!)
        return
      }
      case 'call':
        edge(s, CALL, numberOf(expr.rule), 0, t)
    }
  }
  const layRepeat = (item: Expr, min: number, max: number, s: number, t: number): void => {
    const step = (): void => {
      const next = state()
      lay(item, s, next)
      s = next
    }
    for (let i = 0; i < min; i++) step()
    if (max === Number.POSITIVE_INFINITY) {
      const loop = state()
      edge(s, EMPTY, 0, 0, loop)
      lay(item, loop, loop)
      s = loop
    } else {
      for (let i = min; i < max; i++) {
        edge(s, EMPTY, 0, 0, t)
        step()
      }
    }
    edge(s, EMPTY, 0, 0, t)
  }

  numberOf(root)
  for (let i = 0; i < rules.length; i++) {
    const { rule, start, end } = rules[i]!
    if (!isText(rule.body)) lay(rule.body, start, end)
  }
  return { states, rules, ...sortByState(states, { from, kind, low, high, to }) }
}

export function isText(body: Expr | JsonText): body is JsonText {
  return body.kind === 'text'
}

interface EdgeLists {
  readonly from: readonly number[]
  readonly kind: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly to: readonly number[]
}

function sortByState(
  states: number,
  edges: EdgeLists,
): Pick<Automaton, 'first' | 'kind' | 'low' | 'high' | 'to'> {
  const count = edges.from.length
  const first = new Int32Array(states + 1)
  for (const s of edges.from) first[s + 1]!++
  for (let s = 0; s < states; s++) first[s + 1]! += first[s]!
  const next = first.slice()
  const sorted = {
    first,
    kind: new Uint8Array(count),
    low: new Int32Array(count),
    high: new Uint8Array(count),
    to: new Int32Array(count),
  }
  for (let e = 0; e < count; e++) {
    const at = next[edges.from[e]!]!++
    sorted.kind[at] = edges.kind[e]!
    sorted.low[at] = edges.low[e]!
    sorted.high[at] = edges.high[e]!
    sorted.to[at] = edges.to[e]!
  }
  return sorted
}

function tooLarge(what: string, most: number): ConstraintTooLargeError {
  return new ConstraintTooLargeError(
    `the constraint needs more than ${most} ${what}: use smaller bounds of repetition, or fewer alternatives`,
  )
}
