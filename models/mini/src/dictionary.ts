/**
 * The words `fix` may correct to, and a fast search for those near a misspelling.
 * Distance is optimal string alignment: insert, delete, replace, swap neighbours, each one step, no part edited twice.
 * The words are a trie in typed arrays; a search walks it with one row of the distance table per letter and leaves a branch
 * when its whole row is over the limit, so it visits a few thousand nodes, not all words.
 */

export interface Near {
  readonly word: string
  readonly distance: number
}

export interface Dictionary {
  readonly size: number
  /** Exact, lower case. */
  has(word: string): boolean
  /** 1 for the most frequent word, one past the last for a word that is not there. */
  rank(word: string): number
  /** Words at distance <= `limit` of `word`, in no order, `word` itself included if it is one. */
  near(word: string, limit: number): Near[]
}

/** `words`: lower case, the most frequent first. Duplicates are harmless. */
export function dictionary(words: readonly string[]): Dictionary {
  const ranks = new Map<string, number>()
  for (const word of words) if (!ranks.has(word)) ranks.set(word, ranks.size + 1)
  const trie = buildTrie([...ranks.keys()].sort(byCodeUnit))
  return {
    size: ranks.size,
    has: (word) => ranks.has(word),
    rank: (word) => ranks.get(word) ?? ranks.size + 1,
    near: (word, limit) => search(trie, word, limit),
  }
}

const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Node 0 is the root; `child` and `next` are node numbers, 0 for none. */
interface Trie {
  readonly letter: Uint16Array
  readonly child: Uint32Array
  readonly next: Uint32Array
  readonly isWord: Uint8Array
}

function buildTrie(sorted: readonly string[]): Trie {
  const capacity = sorted.reduce((sum, word) => sum + word.length, 1)
  const letter = new Uint16Array(capacity)
  const child = new Uint32Array(capacity)
  const next = new Uint32Array(capacity)
  const isWord = new Uint8Array(capacity)
  /** path[d]: the node of the last word's first d letters. */
  const path = [0]
  let count = 1
  let last = ''
  for (const word of sorted) {
    let depth = 0
    while (depth < word.length && word.charCodeAt(depth) === last.charCodeAt(depth)) depth++
    for (let d = depth; d < word.length; d++) {
      const node = count++
      letter[node] = word.charCodeAt(d)
      const isSibling = d === depth && depth < last.length
      if (isSibling) next[path[d + 1]!] = node
      else child[path[d]!] = node
      path[d + 1] = node
    }
    isWord[path[word.length]!] = 1
    last = word
  }
  return {
    letter: letter.slice(0, count),
    child: child.slice(0, count),
    next: next.slice(0, count),
    isWord: isWord.slice(0, count),
  }
}

function search({ letter, child, next, isWord }: Trie, word: string, limit: number): Near[] {
  const width = word.length + 1
  const deepest = word.length + limit
  /** Row d: distance of the path's first d letters to every prefix of `word`. */
  const rows = Array.from({ length: deepest + 1 }, () => new Uint8Array(width))
  for (let j = 0; j < width; j++) rows[0]![j] = j
  const found: Near[] = []
  const path: number[] = []

  const visit = (node: number) => {
    const depth = path.length
    const distance = rows[depth]![word.length]!
    if (isWord[node] && distance <= limit) found.push({ word: String.fromCharCode(...path), distance })
    if (depth === deepest) return
    for (let at = child[node]!; at !== 0; at = next[at]!) {
      path.push(letter[at]!)
      if (fillRow(rows, path, word) <= limit) visit(at)
      path.pop()
    }
  }
  visit(0)
  return found
}

/** Fills row `path.length` from the two above it; returns its smallest entry, which no later row undercuts. */
function fillRow(rows: readonly Uint8Array[], path: readonly number[], word: string): number {
  const d = path.length
  const row = rows[d]!
  const above = rows[d - 1]!
  const letter = path[d - 1]!
  row[0] = d
  let smallest = d
  for (let j = 1; j < row.length; j++) {
    const typed = word.charCodeAt(j - 1)
    let best = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (typed === letter ? 0 : 1))
    const swapped = d > 1 && j > 1 && typed === path[d - 2] && word.charCodeAt(j - 2) === letter
    if (swapped) best = Math.min(best, rows[d - 2]![j - 2]! + 1)
    row[j] = best
    if (best < smallest) smallest = best
  }
  return smallest
}
