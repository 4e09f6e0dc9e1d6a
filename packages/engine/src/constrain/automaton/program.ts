/** A grammar ready to be read: its machines, made when they are first called, and the memory they may take. */
import { UnsupportedConstraintError } from '../../errors.ts'
import type { Rule } from '../grammar/grammar.ts'
import { type Automaton, buildAutomaton, isText } from './automaton.ts'
import { type Costs, findCosts } from './costs.ts'
import { Frame } from './frame.ts'
import { GraphMachine, type Shared } from './graph-machine.ts'
import type { Machine } from './node.ts'
import { TextMachine } from './text-machine.ts'
import type { TextTable } from './text-table.ts'

/** What of a vocabulary a program needs. */
export interface Alphabet {
  /** 1 for bytes that a token gives alone. */
  readonly bytes: Uint8Array
  textTable(canonical: boolean): TextTable
}

export interface Program {
  readonly automaton: Automaton
  readonly costs: Costs
  readonly start: Frame
  machineOf(rule: number): Machine
}

/** Nodes and numbers of states in them before all are forgotten: about 100 MB. */
const MAX_NODES = 50_000
const MAX_NODE_STATES = 10_000_000

/** Throws ConstraintTooLargeError, BadConstraintError, UnsupportedConstraintError. */
export function compileProgram(root: Rule, alphabet: Alphabet): Program {
  const automaton = buildAutomaton(root, alphabet.bytes)
  for (const { rule } of automaton.rules) if (isText(rule.body)) requireFillers(alphabet.bytes)
  const costs = findCosts(automaton)
  const machines: (GraphMachine | TextMachine | undefined)[] = []
  let nodes = 0
  let nodeStates = 0
  const shared: Shared = {
    automaton,
    costs,
    marks: new Int32Array(automaton.states),
    lastMark: 0,
    machineOf: (number): Machine => (machines[number] ??= make(number)),
    made(node) {
      nodes++
      nodeStates += node.states.length
      if (nodes <= MAX_NODES && nodeStates <= MAX_NODE_STATES) return
      for (const machine of machines) machine?.forget()
      nodes = nodeStates = 0
    },
  }
  const make = (number: number): GraphMachine | TextMachine => {
    const { rule } = automaton.rules[number]!
    if (!isText(rule.body)) return new GraphMachine(shared, number)
    return new TextMachine(rule, rule.body, alphabet.textTable(rule.body.canonical), shared.made)
  }
  const { machineOf } = shared
  return { automaton, costs, machineOf, start: new Frame(machineOf(0).start, null) }
}

/** Texts are filled with letters when they must end and are too short, and new names are told apart by them. */
function requireFillers(bytes: Uint8Array): void {
  for (const char of '"abcdefghijklmnopqrstuvwxyz') {
    if (bytes[char.charCodeAt(0)] === 1) continue
    throw new UnsupportedConstraintError(
      `the vocabulary has no token for ${char} alone: JSON strings cannot be constrained with it`,
    )
  }
}
