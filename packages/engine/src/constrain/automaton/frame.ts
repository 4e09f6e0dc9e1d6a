/**
 * One way to read the text so far: a place in a rule, on top of the places its callers go on at. Frames are immutable and
 * share what lies under them; a text may be read in several ways at once, each of which can be ended.
 */
import { type Call, callsOf, type Node } from './node.ts'

export class Frame {
  readonly node: Node
  readonly parent: Frame | null
  /** In the name of an undeclared property: its spelling so far, one character a byte. */
  readonly text: string | undefined
  /** In an object: the undeclared names it has so far. */
  readonly used: ReadonlySet<string> | undefined

  constructor(node: Node, parent: Frame | null, text?: string, used?: ReadonlySet<string>) {
    this.node = node
    this.parent = parent
    this.text = text
    this.used = used
  }
}

/**
 * Ways kept at once. A union of so many objects is read in so many ways; more come of schemas that say the same thing many
 * times, where the first ones suffice.
 */
export const MAX_WAYS = 512

/** Stands for everything under the frames of a part that is looked at alone; nothing is known of it. */
export const FLOOR: Frame = new Frame(undefined as never, null)

/** `ways`, and those that come of them without reading a byte: by calling rules, and by ending them above the floor. */
export function reach(ways: readonly Frame[]): readonly Frame[] {
  if (ways.every(({ node }) => !node.hasCalls && !node.accepts)) return ways
  const reached = [...ways]
  const add = (frame: Frame): void => {
    if (!reached.some((other) => isSame(other, frame))) reached.push(frame)
  }
  for (const frame of reached) {
    for (const call of callsOf(frame.node)) add(enter(frame, call))
    const up = frame.node.accepts ? leave(frame) : null
    if (up && up !== FLOOR) add(up)
  }
  return reached
}

/** The ways after `byte`, the first `most` of them; empty when it cannot follow. */
export function read(ways: readonly Frame[], byte: number, most: number = MAX_WAYS): readonly Frame[] {
  const after: Frame[] = []
  for (const frame of reach(ways)) {
    if (after.length >= most) break
    const next = frame.node.after(byte)
    const reached = next ? advance(frame, next, byte) : undefined
    if (reached) keep(reached, after)
  }
  return after
}

/** `frame` at the next node of its rule; undefined for a name that the object has already. */
function advance(frame: Frame, next: Node, byte: number): Frame | undefined {
  const { text } = frame
  if (text === undefined) return new Frame(next, frame.parent, undefined, frame.used)
  if (!next.accepts) return new Frame(next, frame.parent, text + String.fromCharCode(byte))
  return isTaken(frame.parent!, text) ? undefined : new Frame(next, frame.parent, text)
}

/** Whether the object at `frame` declares the name or has it already. */
export function isTaken(frame: Frame, name: string): boolean {
  return (frame.node.machine.rule.declared?.has(name) ?? false) || (frame.used?.has(name) ?? false)
}

/** The called rule's beginning. A caller that has nothing left to do is not returned to. */
export function enter(frame: Frame, { machine, after }: Call): Frame {
  const parent = after.isLast ? frame.parent : new Frame(after, frame.parent, undefined, frame.used)
  const { body } = machine.rule
  return new Frame(machine.start, parent, body.kind === 'text' && body.isKey ? '' : undefined)
}

/** The caller, after the rule of `frame` has ended; null at the end of the whole text. */
export function leave(frame: Frame): Frame | null {
  const { parent, text } = frame
  if (!parent || text === undefined) return parent
  return new Frame(parent.node, parent.parent, parent.text, new Set(parent.used).add(text))
}

/** Whether the text may end here. */
export function canEnd(ways: readonly Frame[]): boolean {
  return reach(ways).some(({ node, parent }) => node.accepts && !parent)
}

function keep(frame: Frame, ways: Frame[]): void {
  let top = frame
  while (top.node.isLast && top.parent) top = leave(top)!
  if (!ways.some((way) => isSame(way, top))) ways.push(top)
}

/** Whether two lists of ways are the same ways. */
export function areSame(a: readonly Frame[], b: readonly Frame[]): boolean {
  return a.length === b.length && a.every((way, i) => isSame(way, b[i]!))
}

function isSame(a: Frame | null, b: Frame | null): boolean {
  while (a !== b) {
    if (!a || !b || a.node !== b.node || a.text !== b.text || !haveSame(a.used, b.used)) return false
    a = a.parent
    b = b.parent
  }
  return true
}

function haveSame(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean {
  if (a === b) return true
  return a !== undefined && b !== undefined && a.size === b.size && [...a].every((name) => b.has(name))
}
