/**
 * Drafts from a smaller model of the same vocabulary: its own greedy tokens. It keeps a session of its own in step with the
 * text; what it drafted wrongly is rewound when it is asked the next time.
 */
import { BadOptionError } from '../errors.ts'
import { requireStrings } from '../gguf/metadata.ts'
import type { Model } from '../model/model.ts'
import type { Session } from '../model/session.ts'
import type { Draft, Drafter } from './drafter.ts'
import { keepShared } from './keep-shared.ts'
import { bestOf } from './sample.ts'
import type { Turn } from './turns.ts'

/** For one generation at a time. Dispose it before its model, which stays the caller's. */
export class DraftModel implements Drafter, Disposable {
  readonly #session: Session

  /** `small` drafts for `large`. Throws BadOptionError when their tokens are not the same; OutOfMemoryError, DisposedError. */
  constructor(small: Model, large: Model) {
    const [own, asked] = [small, large].map(({ metadata }) =>
      requireStrings(metadata, 'tokenizer.ggml.tokens'),
    )
    if (own!.length !== asked!.length || own!.some((token, id) => token !== asked![id])) {
      throw new BadOptionError(
        `${small.name} cannot draft for ${large.name}: their vocabularies differ, choose a smaller model of the same family`,
      )
    }
    this.#session = small.session()
  }

  async propose(text: readonly number[], most: number, turn: Turn): Promise<Draft> {
    const session = this.#session
    const room = session.model.contextLength - text.length
    if (room < 0) return { ids: [] }
    keepShared(session, text)
    const ids = [bestOf(await session.run(text.slice(session.length), turn))]
    while (ids.length < Math.min(most, room + 1)) ids.push(bestOf(session.verify([ids.at(-1)!], [])))
    return { ids }
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]()
  }
}
