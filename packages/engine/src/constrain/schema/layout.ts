/**
 * How JSON is laid out: the white space between its parts, and objects and arrays made of them. White space is bounded,
 * as small models else write it without end; there is none before ":" and ",", and none around the whole text.
 */
import {
  alt,
  bytes,
  call,
  type Expr,
  NetBuilder,
  nothing,
  type Rule,
  repeat,
  seq,
} from '../grammar/grammar.ts'
import type { JsonValue } from './keywords.ts'

export interface Layout {
  /** After "{", "[" and ",", and before "}" and "]". */
  readonly gap: Expr
  /** After ":". */
  readonly colonGap: Expr
}

/** Eight levels of four spaces, or of a tab. */
const gapRule: Rule = {
  name: 'white space',
  body: alt(nothing, bytes(' '), seq(bytes('\n'), alt(repeat(bytes(' '), 0, 32), repeat(bytes('\t'), 1, 8)))),
}

export const flexible: Layout = { gap: call(gapRule), colonGap: alt(nothing, bytes(' ')) }
export const compact: Layout = { gap: nothing, colonGap: nothing }

/** A property name as JSON spells it, quotes included. */
export const quoted = (text: string): Expr => bytes(JSON.stringify(text))

export interface Property {
  readonly name: string
  readonly value: Expr
  readonly isRequired: boolean
}

export interface ObjectParts {
  /** In the order they are written in. */
  readonly properties: readonly Property[]
  /** The value of any other property; those come last. */
  readonly additional?: Expr
  readonly min: number
  readonly max: number
}

/** The rest of the name of an undeclared property, after its opening quote. */
const keyRule: Rule = {
  name: 'a property name',
  body: { kind: 'text', min: 0, max: Number.POSITIVE_INFINITY, canonical: true, isKey: true },
}

export function objectExpr(layout: Layout, parts: ObjectParts): Expr {
  const { properties, additional, min, max } = parts
  const { gap, colonGap } = layout
  const net = new NetBuilder()
  // Counting stops where it no longer matters: at the upper bound, or at the lower one when there is no upper one.
  const cap = max === Number.POSITIVE_INFINITY ? min : max
  const counts = Array.from({ length: cap + 1 }, (_, count) => count)
  const step = (count: number) => Math.min(count + 1, cap)
  const places = (length: number) => Array.from({ length }, () => counts.map(() => net.place()))
  /** Before the name of property i or of a later one, with the comma written; and after a value, before i. */
  const before = places(properties.length + 1)
  const after = places(properties.length + 1)
  const isOpen = (count: number) => count < max || max === Number.POSITIVE_INFINITY
  const close = seq(gap, bytes('}'))
  const isLastRequired = (i: number) => !properties.slice(i).some(({ isRequired }) => isRequired)
  const opened = net.place()
  net.arc(net.start, opened, bytes('{'))
  if (isOpen(0)) net.arc(opened, before[0]![0]!, gap)
  if (min === 0 && isLastRequired(0)) net.arc(opened, net.end, close)
  for (const count of counts) {
    properties.forEach(({ name, value, isRequired }, i) => {
      const written = seq(quoted(name), bytes(':'), colonGap, value)
      net.arc(before[i]![count]!, after[i + 1]![step(count)]!, written)
      if (!isRequired) net.arc(before[i]![count]!, before[i + 1]![count]!)
    })
    const last = properties.length
    if (additional) {
      const written = seq(bytes('"'), call(keyRule), bytes(':'), colonGap, additional)
      net.arc(before[last]![count]!, after[last]![step(count)]!, written)
    }
    for (let i = 0; i <= last; i++) {
      const more = i < last || additional !== undefined
      if (more && isOpen(count)) net.arc(after[i]![count]!, before[i]![count]!, seq(bytes(','), gap))
      if (count >= min && isLastRequired(i)) net.arc(after[i]![count]!, net.end, close)
    }
  }
  if (!additional) return net.expr
  const declared = new Set(properties.map(({ name }) => latin1(JSON.stringify(name).slice(1, -1))))
  return call({ name: 'an object', body: net.expr, declared })
}

export interface ArrayParts {
  /** The items at the first places. */
  readonly prefix: readonly Expr[]
  /** The items behind them. */
  readonly items: Expr | undefined
  readonly min: number
  readonly max: number
}

export function arrayExpr(layout: Layout, { prefix, items, min, max }: ArrayParts): Expr {
  const { gap } = layout
  const net = new NetBuilder()
  const most = Math.min(max, items ? max : prefix.length)
  const isLoop = most === Number.POSITIVE_INFINITY
  /** Beyond this count, all items are alike and the array may end. */
  const count = isLoop ? Math.max(min, prefix.length) : most
  const before = Array.from({ length: count + 1 }, () => net.place())
  const after = Array.from({ length: count + 1 }, () => net.place())
  const opened = net.place()
  const close = seq(gap, bytes(']'))
  net.arc(net.start, opened, bytes('['))
  if (most > 0) net.arc(opened, before[0]!, gap)
  if (min === 0) net.arc(opened, net.end, close)
  for (let i = 0; i <= count; i++) {
    const item = prefix[i] ?? items
    const next = i < count ? i + 1 : isLoop ? i : -1
    if (item && next >= 0) net.arc(before[i]!, after[next]!, item)
    if (i >= min) net.arc(after[i]!, net.end, close)
    if (next >= 0) net.arc(after[i]!, before[i]!, seq(bytes(','), gap))
  }
  return net.expr
}

/** One value, spelled as by JSON.stringify but for white space. */
export function literalExpr(layout: Layout, value: JsonValue): Expr {
  if (typeof value !== 'object' || value === null) return bytes(JSON.stringify(value))
  if (Array.isArray(value)) {
    const prefix = value.map((item: JsonValue) => literalExpr(layout, item))
    return arrayExpr(layout, { prefix, items: undefined, min: prefix.length, max: prefix.length })
  }
  const properties = Object.entries(value).map(([name, part]: [string, JsonValue]) => ({
    name,
    value: literalExpr(layout, part),
    isRequired: true,
  }))
  return objectExpr(layout, { properties, min: 0, max: Number.POSITIVE_INFINITY })
}

const utf8 = new TextEncoder()

function latin1(text: string): string {
  return Array.from(utf8.encode(text), (byte) => String.fromCharCode(byte)).join('')
}
