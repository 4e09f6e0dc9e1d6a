/**
 * The small language every constraint is translated to: rules over bytes. Schemas, choices and expressions only build
 * these values; what accepts bytes by them is in ../automaton. Nothing here is checked or copied: it is data.
 */

/** What may be written at a place. */
export type Expr =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** One byte out of `ranges`: [low, high, low, high, ...], both ends included. */
  | { readonly kind: 'class'; readonly ranges: readonly number[] }
  | { readonly kind: 'seq'; readonly items: readonly Expr[] }
  /** One of them; with none, nothing satisfies it. */
  | { readonly kind: 'alt'; readonly items: readonly Expr[] }
  | { readonly kind: 'repeat'; readonly item: Expr; readonly min: number; readonly max: number }
  /** A graph of places: from place 0 to place 1 along the arcs. */
  | { readonly kind: 'net'; readonly places: number; readonly arcs: readonly Arc[] }
  | { readonly kind: 'call'; readonly rule: Rule }

export interface Arc {
  readonly from: number
  readonly to: number
  readonly expr: Expr
}

/** The inside of a JSON string: any characters, so many of them, and the closing quote. */
export interface JsonText {
  readonly kind: 'text'
  /** Bounds on the code points. */
  readonly min: number
  readonly max: number
  /** One spelling for each text, that of JSON.stringify; otherwise all escapes of JSON. */
  readonly canonical: boolean
  /** Whether it is the name of a property nobody declared, which must be a new one in its object. */
  readonly isKey: boolean
}

/** A named place to return from: shared, or recursive. `body` is set once, before anything is compiled. */
export interface Rule {
  readonly name: string
  body: Expr | JsonText
  /** Of an object with undeclared properties: the declared names, spelled as in JSON, one character a byte. */
  readonly declared?: ReadonlySet<string>
}

const utf8 = new TextEncoder()

export const nothing: Expr = { kind: 'seq', items: [] }
export const never: Expr = { kind: 'alt', items: [] }

export const bytes = (text: string): Expr => ({ kind: 'bytes', bytes: utf8.encode(text) })
export const oneOf = (...ranges: number[]): Expr => ({ kind: 'class', ranges })
export const seq = (...items: Expr[]): Expr => ({ kind: 'seq', items })
export const alt = (...items: Expr[]): Expr => (items.length === 1 ? items[0]! : { kind: 'alt', items })
export const call = (rule: Rule): Expr => ({ kind: 'call', rule })
export const repeat = (item: Expr, min: number, max: number = Number.POSITIVE_INFINITY): Expr => ({
  kind: 'repeat',
  item,
  min,
  max,
})

/** Builds a `net`: places are made as they are needed. */
export class NetBuilder {
  readonly #arcs: Arc[] = []
  #places = 2
  readonly start = 0
  readonly end = 1

  place(): number {
    return this.#places++
  }

  arc(from: number, to: number, expr: Expr = nothing): void {
    this.#arcs.push({ from, to, expr })
  }

  get expr(): Expr {
    return { kind: 'net', places: this.#places, arcs: this.#arcs }
  }
}

/** One of many texts: those that begin alike share their beginning. */
export function oneOfTexts(texts: Iterable<string>): Expr {
  const net = new NetBuilder()
  const next = new Map<number, Map<number, number>>()
  for (const text of texts) {
    let place = net.start
    for (const byte of utf8.encode(text)) {
      const children = next.get(place) ?? new Map<number, number>()
      next.set(place, children)
      let child = children.get(byte)
      if (child === undefined) {
        child = net.place()
        children.set(byte, child)
        net.arc(place, child, oneOf(byte, byte))
      }
      place = child
    }
    net.arc(place, net.end)
  }
  return net.expr
}
