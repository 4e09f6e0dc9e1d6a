/**
 * How far a rule reads on, whatever comes out of some kinds of bytes. Most of a vocabulary is letters; where a rule takes
 * letters for longer than a token has them, whole branches of the trie are allowed without being read.
 */
import type { Machine, Node } from '../automaton/node.ts'

/** Only ASCII: a byte of a longer character decides what may follow it. Kind 31 is never taken. */
const OTHER = 31
const single = ' \n,-./:;\'()_"\\{}[]!?=#&@'

/** The kind of each byte, 0 to 31. */
export const kindOf: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte)
  if (/[a-z]/.test(char)) return 0
  if (/[A-Z]/.test(char)) return 1
  if (/\d/.test(char)) return 2
  const at = single.indexOf(char)
  return byte < 0x80 && at >= 0 ? 3 + at : OTHER
})

export interface Horizon {
  /** Bit k: bytes of kind k may follow ... */
  readonly kinds: number
  /** ... so many times, mixed as they like, without an end or a call of a rule. */
  readonly steps: number
}

/** Longer tokens are read. */
const MAX_STEPS = 24
const MAX_NODES = 8

const classes = new WeakMap<Machine, readonly (readonly number[])[]>()

/** Whether everything made of bytes of `kinds`, up to `length` of them, can be read from `node`. */
export function readsAll(node: Node, kinds: number, length: number): boolean {
  const horizon = (node.horizon ??= findHorizon(node))
  return (kinds & ~horizon.kinds) === 0 && length <= horizon.steps
}

function findHorizon(start: Node): Horizon {
  const classesOf = classesByKind(start.machine)
  let kinds = ~(1 << OTHER)
  let nodes = new Set([start])
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    let alive = kinds
    const reached = new Set<Node>()
    for (let kind = 0; kind < OTHER; kind++) {
      if (((alive >>> kind) & 1) === 0) continue
      const found = nextNodes(nodes, classesOf[kind]!)
      if (!found) alive &= ~(1 << kind)
      else for (const node of found) reached.add(node)
    }
    if (alive === 0 || reached.size > MAX_NODES) return { kinds, steps }
    kinds = alive
    if ([...reached].every((node) => nodes.has(node))) return { kinds, steps: Number.POSITIVE_INFINITY }
    nodes = reached
  }
  return { kinds, steps: MAX_STEPS }
}

/** The nodes after each of `byteClasses`; undefined when one of them cannot follow, or the rule might end or call. */
function nextNodes(nodes: ReadonlySet<Node>, byteClasses: readonly number[]): Node[] | undefined {
  const found: Node[] = []
  for (const node of nodes) {
    for (const byteClass of byteClasses) {
      const known = node.next[byteClass]
      const next = known === undefined ? node.machine.move(node, byteClass) : known
      if (!next || next.accepts || next.hasCalls) return undefined
      found.push(next)
    }
  }
  return found
}

function classesByKind(machine: Machine): readonly (readonly number[])[] {
  const known = classes.get(machine)
  if (known) return known
  const lists: number[][] = Array.from({ length: 32 }, () => [])
  for (let byte = 0; byte < 256; byte++) {
    const list = lists[kindOf[byte]!]!
    const byteClass = machine.classOf[byte]!
    if (!list.includes(byteClass)) list.push(byteClass)
  }
  classes.set(machine, lists)
  return lists
}
