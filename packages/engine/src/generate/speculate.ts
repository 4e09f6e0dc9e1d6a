/**
 * More than one token a pass: the tokens that must run and a draft of what may follow go through the weights together, and
 * as long as the draft turns out right, the logits of the next token are there already. Exact: a token is always drawn
 * from the logits that plain decoding would give, the draft only says which of them are worth having early. At any time
 * the session holds what it would hold without drafts.
 */

import type { SoftmaxRow } from '../backend/backend.ts'
import { BadOptionError } from '../errors.ts'
import type { Scored, Session } from '../model/session.ts'
import type { Draft, Drafter } from './drafter.ts'
import type { Pace, Pass } from './pace.ts'
import type { Turn } from './turns.ts'

/** Tokens of a pass that is through so soon that giving way in between would only take time. */
const SHORT_PASS = 4

const NOTHING: Draft = { ids: [] }

/** Logits [vocab] a token is drawn from, and what a softmax over them comes to. */
export interface Scores {
  readonly logits: Float32Array
  readonly row: SoftmaxRow
}

export function scoresAt({ logits, rows }: Scored, row: number): Scores {
  const size = logits.length / rows.length
  return { logits: logits.subarray(row * size, (row + 1) * size), row: rows[row]! }
}

export class Speculation {
  readonly #session: Session
  readonly #drafter: Drafter | undefined
  readonly #pace: Pace
  readonly #turn: Turn
  readonly #clock: () => number
  /** The prompt and all tokens given. */
  readonly #text: number[]
  /** The last draft, and how many of its tokens are known to be right. */
  #draft: Draft = NOTHING
  #right = 0
  /** Of the last pass, and the row of the text's last token. */
  #scored: Scored | undefined
  #row = 0
  /** How many of them were asked for. */
  #used = 0
  /** What is known of the last pass. */
  #pass: Omit<Pass, 'used'> | undefined
  /** Tokens of drafts that were run, and those that were right. */
  drafted = 0
  accepted = 0

  constructor(
    session: Session,
    prompt: readonly number[],
    drafter: Drafter | undefined,
    pace: Pace,
    turn: Turn,
    clock: () => number = () => performance.now(),
  ) {
    this.#session = session
    this.#text = [...prompt]
    this.#drafter = drafter
    this.#pace = pace
    this.#turn = turn
    this.#clock = clock
  }

  /**
   * What follows `given`, the tokens since the last call (at least one): the logits `session.forward(given)` would return; do not
   * change them. `left` tokens may still come. Throws as `session.forward` and the drafter do, and BadOptionError for a draft
   * of ids that are none.
   */
  async after(given: readonly number[], left: number): Promise<Scores> {
    let ahead = 0
    while (ahead < given.length && this.#session.accept(given[ahead]!)) ahead++
    this.accepted += ahead
    this.#row += ahead
    this.#used++
    this.#judge(given)
    for (const id of given) this.#text.push(id)
    if (ahead < given.length) await this.#run(given.slice(ahead), left)
    return scoresAt(this.#scored!, this.#row)
  }

  /** Tells the pace how right the last draft was, also where it was not run. */
  #judge(given: readonly number[]): void {
    const { ids, matched } = this.#draft
    for (const id of given) {
      if (this.#right === ids.length) return
      const isRight = ids[this.#right] === id
      this.#pace.judged(matched, this.#right, isRight)
      if (isRight) this.#right++
      else this.#right = ids.length
    }
  }

  async #run(tokens: readonly number[], left: number): Promise<void> {
    // The call that comes here needs the next pass.
    if (this.#pass) this.#pace.passed({ ...this.#pass, used: this.#used - 1 })
    this.#pass = undefined
    const began = this.#clock()
    // Nothing is drawn after the last token that may come.
    const asked = this.#drafter ? this.#pace.ask(tokens.length, left - 1) : 0
    this.#draft = asked > 0 ? await this.#propose(asked) : NOTHING
    this.#right = 0
    const { ids, matched } = this.#draft
    const draft = ids.slice(0, ids.length > 0 ? this.#pace.choose(tokens.length, ids.length, matched) : 0)
    const drafted = draft.length
    const started = this.#clock()
    this.#row = 0
    this.#used = 1
    const { length } = tokens
    this.#scored =
      length + drafted > SHORT_PASS
        ? await this.#session.run(tokens, this.#turn, draft)
        : this.#session.verify(tokens, draft)
    this.drafted += drafted
    const passMs = this.#clock() - started
    this.#pass = { given: length, drafted, asked, draftMs: started - began, passMs }
  }

  async #propose(most: number): Promise<Draft> {
    const { ids, matched } = await this.#drafter!.propose(this.#text, most, this.#turn)
    const { size } = this.#session.model.tokenizer
    for (const id of ids) {
      if (Number.isInteger(id) && id >= 0 && id < size) continue
      throw new BadOptionError(
        `the drafter proposed the token ${id}, the vocabulary has ${size}: it must speak the ids of the model it drafts for`,
      )
    }
    return matched === undefined ? { ids: ids.slice(0, most) } : { ids: ids.slice(0, most), matched }
  }
}
