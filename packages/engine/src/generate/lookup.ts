/**
 * Drafts copied from the text itself (prompt lookup): where its last tokens stood before, what followed then may follow
 * again. The index of the text's n-grams grows with it by a bounded amount of work a token; nothing is read twice.
 */
import type { Draft, Drafter } from './drafter.ts'

/** Tokens of the n-grams whose places are all known, of the latest first; of shorter ones only the latest is. */
const CHAINED = 3
/**
 * Places looked at, and tokens compared there. On source files written anew with changes, the next token is the one found
 * for 76 % of them with the latest place alone, 88 % with 8 places, 91 % with 32.
 */
const MOST_PLACES = 32
export const LONGEST_MATCH = 16
/** Tokens the index has room for at first; it doubles. */
const FIRST_ROOM = 1024

/** Serves one text that grows: that of one generation. */
export class Lookup implements Drafter {
  /** [CHAINED] by n - 1: the place after the latest n-gram of a hash, 0 for none. */
  #latest: Int32Array[] = []
  /** By the place after an n-gram of CHAINED tokens: the one before it of the same hash, 0 for none. */
  #earlier = new Int32Array(0)
  /** n-grams that end before this place or at it are known. */
  #known = 0

  propose(text: readonly number[], most: number): Draft {
    this.#learn(text)
    const { place, matched } = this.#find(text)
    const ids: number[] = []
    // A copy that runs into the end of the text goes on with what it has just copied.
    for (let i = 0; matched > 0 && i < most; i++) {
      const from = place + i
      ids.push(from < text.length ? text[from]! : ids[from - text.length]!)
    }
    return { ids, matched }
  }

  /** Takes in the n-grams that something follows. */
  #learn(text: readonly number[]): void {
    if (text.length > this.#earlier.length) {
      let room = Math.max(FIRST_ROOM, this.#earlier.length)
      while (room < text.length) room *= 2
      this.#latest = Array.from({ length: CHAINED }, () => new Int32Array(room))
      this.#earlier = new Int32Array(room)
      this.#known = 0
    }
    for (let place = this.#known + 1; place < text.length; place++) {
      for (let n = 1; n <= Math.min(CHAINED, place); n++) {
        const latest = this.#latest[n - 1]!
        const slot = slotOf(text, place, n, latest.length)
        if (n === CHAINED) this.#earlier[place] = latest[slot]!
        latest[slot] = place
      }
      this.#known = place
    }
  }

  /** The place after the longest match with the end of the text, the latest of equal ones; of long n-grams first. */
  #find(text: readonly number[]): { place: number; matched: number } {
    let found = { place: 0, matched: 0 }
    for (let n = Math.min(CHAINED, text.length); n > 0 && found.matched === 0; n--) {
      const latest = this.#latest[n - 1]!
      let place = latest[slotOf(text, text.length, n, latest.length)]!
      for (let tries = 0; place > 0 && tries < MOST_PLACES; tries++) {
        const matched = matchOf(text, place)
        if (matched > found.matched) found = { place, matched }
        if (n < CHAINED || matched === LONGEST_MATCH) break
        place = this.#earlier[place]!
      }
    }
    return found
  }
}

/** How many tokens before `place` are those at the end of the text; n-grams of one hash may have none. */
function matchOf(text: readonly number[], place: number): number {
  let length = 0
  const most = Math.min(LONGEST_MATCH, place)
  while (length < most && text[place - 1 - length] === text[text.length - 1 - length]) length++
  return length
}

/** A hash of the `n` tokens before `place`, below `room`, a power of two: multiplicative (Knuth, volume 3, section 6.4). */
function slotOf(text: readonly number[], place: number, n: number, room: number): number {
  let hash = 0
  for (let i = place - n; i < place; i++) hash = Math.imul(hash ^ (hash >>> 15) ^ text[i]!, 0x9e3779b1)
  return (hash ^ (hash >>> 16)) & (room - 1)
}
