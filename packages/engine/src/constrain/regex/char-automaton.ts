/**
 * A regular expression as a graph over characters, without empty edges: Thompson's construction with anchors resolved.
 * Two such graphs can be intersected, which is how a pattern meets a bound on the length or a format.
 */
import { ConstraintTooLargeError } from '../../errors.ts'
import { type CodeSet, everybody, intersect as intersectSets } from './code-set.ts'
import { complement } from './complement.ts'
import { anyCharacter, type Expression, type Regex } from './parse.ts'

/** State 0 is the start; every state can be reached and can reach an accepting one, but for a start that cannot. */
export interface CharAutomaton {
  readonly edges: readonly (readonly CharEdge[])[]
  readonly accepts: readonly boolean[]
}

export interface CharEdge {
  readonly set: CodeSet
  readonly to: number
}

const MAX_STATES = 60_000
const MAX_EDGES = 400_000

/** The texts that match as a whole; or, for a search, in which a part matches. Throws ConstraintTooLargeError. */
export function charAutomaton({ main, ahead }: Expression, mode: 'whole' | 'search'): CharAutomaton {
  const skip: Regex = { kind: 'repeat', item: anyCharacter, min: 0, max: Number.POSITIVE_INFINITY }
  const build = (regex: Regex): CharAutomaton => {
    const builder = new Builder()
    builder.lay(regex, builder.start, builder.end)
    return builder.resolve()
  }
  // Look-aheads stand behind a leading ^: what they say is said of the whole text.
  return ahead
    .map(({ item, isNegated }) => {
      const begins = build({ kind: 'seq', items: [item, skip] })
      return isNegated ? complement(begins) : begins
    })
    .reduce(intersect, build(mode === 'whole' ? main : { kind: 'seq', items: [skip, main, skip] }))
}

/** Texts of `min` to `max` characters. */
export function lengthAutomaton(min: number, max: number): CharAutomaton {
  const states = (max === Number.POSITIVE_INFINITY ? min : max) + 1
  if (states > MAX_STATES) throw tooLarge()
  const isLoop = max === Number.POSITIVE_INFINITY
  return {
    edges: Array.from({ length: states }, (_, n) => {
      const to = n + 1 < states ? n + 1 : isLoop ? n : -1
      return to < 0 ? [] : [{ set: everybody, to }]
    }),
    accepts: Array.from({ length: states }, (_, n) => n >= min),
  }
}

/** The texts both accept. */
export function intersect(a: CharAutomaton, b: CharAutomaton): CharAutomaton {
  const numbers = new Map<number, number>([[0, 0]])
  const pairs: [number, number][] = [[0, 0]]
  const edges: CharEdge[][] = []
  const accepts: boolean[] = []
  const common = meetings()
  let count = 0
  for (let n = 0; n < pairs.length; n++) {
    const [p, q] = pairs[n]!
    const out: CharEdge[] = []
    for (const x of a.edges[p]!) {
      for (const y of b.edges[q]!) {
        const set = common(x.set, y.set)
        if (set.length === 0) continue
        const key = x.to * b.edges.length + y.to
        let to = numbers.get(key)
        if (to === undefined) {
          numbers.set(key, (to = pairs.length))
          pairs.push([x.to, y.to])
        }
        out.push({ set, to })
      }
    }
    count += out.length
    if (pairs.length > MAX_STATES || count > MAX_EDGES) throw tooLarge()
    edges.push(out)
    accepts.push(a.accepts[p]! && b.accepts[q]!)
  }
  return trim({ edges, accepts })
}

/** What two sets have in common: the same pairs come again and again. */
function meetings(): (a: CodeSet, b: CodeSet) => CodeSet {
  const known = new Map<CodeSet, Map<CodeSet, CodeSet>>()
  return (a, b) => {
    const row = known.get(a) ?? new Map<CodeSet, CodeSet>()
    known.set(a, row)
    const set = row.get(b) ?? intersectSets(a, b)
    row.set(b, set)
    return set
  }
}

class Builder {
  readonly #empty: number[][] = []
  readonly #anchors: { readonly kind: 'start' | 'end'; readonly to: number }[][] = []
  readonly #chars: CharEdge[][] = []
  readonly start = this.#state()
  readonly end = this.#state()

  lay(regex: Regex, s: number, t: number): void {
    switch (regex.kind) {
      case 'set':
        this.#chars[s]!.push({ set: regex.set, to: t })
        return
      case 'start':
      case 'end':
        this.#anchors[s]!.push({ kind: regex.kind, to: t })
        return
      case 'alt':
        for (const item of regex.items) this.lay(item, s, t)
        return
      case 'seq':
        for (const item of regex.items) {
          const next = this.#state()
          this.lay(item, s, next)
          s = next
        }
        this.#empty[s]!.push(t)
        return
      case 'repeat':
        this.#layRepeat(simplify(regex), s, t)
    }
  }

  #layRepeat({ item, min, max }: Repeat, s: number, t: number): void {
    const step = (): void => {
      const next = this.#state()
      this.lay(item, s, next)
      s = next
    }
    for (let i = 0; i < min; i++) step()
    if (max === Number.POSITIVE_INFINITY) {
      const loop = this.#state()
      this.#empty[s]!.push(loop)
      this.lay(item, loop, loop)
      s = loop
    } else {
      for (let i = min; i < max; i++) {
        this.#empty[s]!.push(t)
        step()
      }
    }
    this.#empty[s]!.push(t)
  }

  /** A state for the start, and one for every state a character leads to: what can be read next from there. */
  resolve(): CharAutomaton {
    const numbers = new Map<number, number>()
    const from = [this.start]
    const edges: CharEdge[][] = []
    const accepts: boolean[] = []
    let count = 0
    for (let n = 0; n < from.length; n++) {
      const out: CharEdge[] = []
      const { chars, accepts: isEnd } = this.#reach(from[n]!, n === 0)
      for (const { set, to } of chars) {
        if (set.length === 0) continue
        let number = numbers.get(to)
        if (number === undefined) {
          numbers.set(to, (number = from.length))
          from.push(to)
        }
        out.push({ set, to: number })
      }
      if ((count += out.length) > MAX_EDGES) throw tooLarge()
      edges.push(out)
      accepts.push(isEnd)
    }
    return trim({ edges, accepts })
  }

  /** Follows empty edges and anchors: ^ only before the first character; behind $ nothing is read any more. */
  #reach(from: number, isStart: boolean): { chars: CharEdge[]; accepts: boolean } {
    const chars: CharEdge[] = []
    const seen = new Set<number>()
    const open: { readonly state: number; readonly isOver: boolean }[] = [{ state: from, isOver: false }]
    let accepts = false
    for (let next = open.pop(); next; next = open.pop()) {
      const { state, isOver } = next
      const key = 2 * state + Number(isOver)
      if (seen.has(key)) continue
      seen.add(key)
      if (state === this.end) accepts = true
      if (!isOver) for (const edge of this.#chars[state]!) chars.push(edge)
      for (const to of this.#empty[state]!) open.push({ state: to, isOver })
      for (const { kind, to } of this.#anchors[state]!) {
        if (kind === 'end') open.push({ state: to, isOver: true })
        else if (isStart) open.push({ state: to, isOver })
      }
    }
    return { chars, accepts }
  }

  #state(): number {
    if (this.#empty.length >= MAX_STATES) throw tooLarge()
    this.#anchors.push([])
    this.#chars.push([])
    return this.#empty.push([]) - 1
  }
}

type Repeat = Extract<Regex, { kind: 'repeat' }>

/** (x{0,k}){m,n} is x{0,k n}: without it every count would be read in as many ways at once. */
function simplify(repeat: Repeat): Repeat {
  const { item, max } = repeat
  if (item.kind === 'seq' && item.items.length === 1) return simplify({ ...repeat, item: item.items[0]! })
  if (item.kind !== 'repeat' || item.min !== 0 || max === 0) return repeat
  return simplify({ ...item, max: item.max === 0 ? 0 : item.max * max })
}

/** Without the states that cannot reach an accepting one. All given can be reached. */
export function trim({ edges, accepts }: CharAutomaton): CharAutomaton {
  const before: number[][] = edges.map(() => [])
  edges.forEach((list, from) => {
    for (const { to } of list) before[to]!.push(from)
  })
  const isLive = accepts.slice()
  const open = [...accepts.keys()].filter((state) => accepts[state])
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const from of before[state]!) {
      if (isLive[from]) continue
      isLive[from] = true
      open.push(from)
    }
  }
  const numbers = new Map<number, number>([[0, 0]])
  for (let state = 1; state < edges.length; state++) if (isLive[state]) numbers.set(state, numbers.size)
  const kept = [...numbers.keys()]
  return {
    edges: kept.map((state) =>
      edges[state]!.filter(({ to }) => isLive[to]).map(({ set, to }) => ({ set, to: numbers.get(to)! })),
    ),
    accepts: kept.map((state) => accepts[state]!),
  }
}

function tooLarge(): ConstraintTooLargeError {
  return new ConstraintTooLargeError(
    `an expression, or its meeting with a length, needs more than ${MAX_STATES} states or ${MAX_EDGES} edges: use smaller repetitions`,
  )
}
