/**
 * The shortest way to end a text from where it stands, and the bytes that are the only way on. Both are what lets a
 * generation end in time and skip what is not the model's to decide.
 */
import { BYTE, CALL, isText } from './automaton.ts'
import { NAME_LETTERS } from './costs.ts'
import { canEnd, Frame, isTaken, leave, reach, read } from './frame.ts'
import { MANY, NONE } from './node.ts'
import type { Program } from './program.ts'
import { TextMachine } from './text-machine.ts'
import { CLOSED } from './text-table.ts'

/** Bytes that suffice to end the text. */
export function endingCost(ways: readonly Frame[]): number {
  let least = Number.POSITIVE_INFINITY
  for (const way of ways) least = Math.min(least, costOf(way))
  return least
}

function costOf(way: Frame): number {
  let cost = way.text === undefined ? 0 : NAME_LETTERS
  for (let frame: Frame | null = way; frame; frame = frame.parent) cost += frame.node.cost
  return cost
}

/** The bytes that end the text: the fewest, but for names that may have to differ from others. */
export function ending(program: Program, ways: readonly Frame[]): Uint8Array {
  const best = ways.reduce((a, b) => (costOf(b) < costOf(a) ? b : a))
  const out: number[] = []
  for (let frame: Frame | null = best; frame; ) frame = leave(endRule(program, frame, out))
  return Uint8Array.from(out)
}

/** Writes the end of the rule `frame` is in; the frame there. */
function endRule(program: Program, frame: Frame, out: number[]): Frame {
  const { machine, states, cost } = frame.node
  if (machine instanceof TextMachine) {
    if (states[0] === CLOSED) return frame
    if (frame.text === undefined) {
      push(machine.shortest(frame.node), out)
      return frame
    }
    const begun = machine.shortest(frame.node).subarray(0, -1)
    const name = freeName(frame.parent!, frame.text + latin1(begun))
    for (const char of `${name.slice(frame.text.length)}"`) out.push(char.charCodeAt(0))
    return new Frame(frame.node, frame.parent, name)
  }
  const state = states.find((s) => program.costs.state[s] === cost)!
  follow(program, state, frame, out)
  return frame
}

/** Writes the shortest way from a state to the end of its rule; `object` tells which names are taken. */
function follow(program: Program, from: number, object: Frame, out: number[]): void {
  const { automaton, costs } = program
  for (let s = from; ; ) {
    const e = costs.edge[s]!
    if (e < 0) return
    if (automaton.kind[e] === BYTE) out.push(automaton.low[e]!)
    if (automaton.kind[e] === CALL) object = writeRule(program, automaton.low[e]!, object, out)
    s = automaton.to[e]!
  }
}

/** Writes the shortest text of a rule; `object`, with the name if the rule is one. */
function writeRule(program: Program, number: number, object: Frame, out: number[]): Frame {
  const { rule, start } = program.automaton.rules[number]!
  if (!isText(rule.body)) {
    follow(program, start, new Frame(program.machineOf(number).start, null), out)
    return object
  }
  if (!rule.body.isKey) {
    const machine = program.machineOf(number)
    if (machine instanceof TextMachine) push(machine.shortest(machine.start), out)
    return object
  }
  const name = freeName(object, '')
  for (const char of `${name}"`) out.push(char.charCodeAt(0))
  return leave(new Frame(object.node, object, name))!
}

/** `begun` with the fewest letters that make it a name the object at `frame` does not have. */
function freeName(frame: Frame, begun: string): string {
  for (let n = 0; ; n++) {
    // The endings in order: none, a..z, aa..zz and so on.
    let ending = ''
    for (let rest = n; rest > 0; rest = Math.floor((rest - 1) / 26)) {
      ending = String.fromCharCode(0x61 + ((rest - 1) % 26)) + ending
    }
    if (!isTaken(frame, begun + ending)) return begun + ending
  }
}

/** The bytes that must come next, up to a choice or the end of the text. */
export function forcedBytes(ways: readonly Frame[]): { bytes: Uint8Array; after: readonly Frame[] } {
  const bytes: number[] = []
  let after = ways
  while (bytes.length < MAX_FORCED && !canEnd(after)) {
    const byte = nextByte(after)
    if (byte === NONE || byte === MANY) break
    bytes.push(byte)
    after = read(after, byte)
  }
  return { bytes: Uint8Array.from(bytes), after }
}

/** Longer runs are found in parts. */
const MAX_FORCED = 1024

/** The only byte that may follow; NONE or MANY when it is not one. */
function nextByte(ways: readonly Frame[]): number {
  let only = NONE
  for (const { node } of reach(ways)) {
    const byte = node.machine.onlyByte(node)
    if (byte === NONE || byte === only) continue
    if (only !== NONE) return MANY
    only = byte
  }
  return only
}

function push(bytes: Uint8Array, out: number[]): void {
  for (const byte of bytes) out.push(byte)
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
