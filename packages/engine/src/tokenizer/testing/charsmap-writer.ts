/**
 * Writes rules as SentencePiece's precompiled normaliser, which charsmap.ts reads: a tree of byte strings in an
 * XOR-compressed double array (32 bits a node), then the replacements. Good for a few rules: it looks for free places by
 * trying.
 */

const utf8 = new TextEncoder()
const LEAF = 0x100
const VALUE = 0x80000000

interface Branch {
  readonly children: Map<number, Branch>
  /** Where its replacement starts. */
  value?: number
}

/** `rules`: what is replaced, not empty, and by what. */
export function xcda(rules: readonly (readonly [string, string])[]): Uint8Array<ArrayBuffer> {
  const root: Branch = { children: new Map() }
  const texts: number[] = []
  for (const [from, to] of rules) {
    let branch = root
    for (const byte of utf8.encode(from)) {
      if (!branch.children.has(byte)) branch.children.set(byte, { children: new Map() })
      branch = branch.children.get(byte)!
    }
    branch.value = texts.length
    texts.push(...utf8.encode(to), 0)
  }
  const nodes = [0]
  const taken = new Set([0])
  const put = (branch: Branch, at: number): void => {
    const bytes = [...branch.children.keys()]
    // A leaf's value stands where the byte 0 would lead.
    const wanted = branch.value === undefined ? bytes : [0, ...bytes]
    let base = 1
    // The offset from a node to its children must fit 21 bits without the scaling bit.
    while (wanted.some((byte) => taken.has(at ^ base ^ byte))) base++
    for (const byte of wanted) taken.add(at ^ base ^ byte)
    nodes[at] = (nodes[at] ?? 0) | (base << 10) | (branch.value === undefined ? 0 : LEAF)
    if (branch.value !== undefined) nodes[at ^ base] = (VALUE | branch.value) >>> 0
    for (const [byte, child] of branch.children) {
      nodes[at ^ base ^ byte] = byte
      put(child, at ^ base ^ byte)
    }
  }
  put(root, 0)
  const size = Math.ceil(nodes.length / 256) * 256
  const bytes = new Uint8Array(4 + 4 * size + texts.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 4 * size, true)
  for (let i = 0; i < size; i++) view.setUint32(4 + 4 * i, (nodes[i] ?? 0) >>> 0, true)
  bytes.set(texts, 4 + 4 * size)
  return bytes
}
