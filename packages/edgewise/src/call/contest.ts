/**
 * Which place answers: the places of the plan, one after the other or side by side, until one commits. The next place starts
 * when the one before it is out (failed, or rejected by its bars) or, in a hedged call, when it has not committed in time. The
 * first to commit wins; whoever still runs is stopped, and counted. A rejected answer is kept, to stand when nobody else can.
 */
import type { Place } from '@edgewise/evidence'
import { describeFailure, stableCode } from '../cloud/failure.ts'
import { CancelledError, DeadlineError } from '../errors.ts'
import type { OpenAttempt } from './attempt.ts'
import type { Call } from './call.ts'
import { type Outcome, pursue, type Reading } from './pursuit.ts'

export interface Failure {
  readonly place: Place
  readonly error: unknown
  readonly note: string
  /** Whether anything had been sent. */
  readonly wasSent: boolean
}

export type Result =
  | { readonly kind: 'answer'; readonly reading: Reading; readonly note: string }
  | { readonly kind: 'none'; readonly failures: readonly Failure[]; readonly rejected: Reading | null }

export class Contest {
  readonly #call: Call
  readonly #running = new Map<OpenAttempt, Promise<Outcome>>()
  readonly #failures: Failure[] = []
  /** A device's answer that did not pass, and may have to stand. */
  #held: Reading | null = null
  #rejected: Reading | null = null
  #winner: OpenAttempt | null = null
  /** Why everything is to end: the caller's reason, or the deadline. */
  #ended: { readonly error: unknown } | null = null

  constructor(call: Call) {
    this.#call = call
  }

  /** Runs until a place commits or none is left. Does not reject. */
  async run(): Promise<Result> {
    const { plan, record } = this.#call
    const waiting = [...plan.order]
    const hedge = new Hedge(plan.order.length > 1 ? plan.secondAfterMs : null)
    try {
      for (;;) {
        if (this.#ended !== null) return this.#none()
        if (this.#running.size === 0) {
          const next = waiting.shift()
          if (next === undefined) return this.#standing()
          if (this.#held !== null || this.#failures.length > 0) record.say(`, so the ${next} was asked`)
          this.#start(next)
          hedge.begin()
        }
        const outcome = await this.#first(waiting.length > 0 ? hedge : null)
        if (outcome === null) {
          const next = waiting.shift()!
          const ms = plan.secondAfterMs ?? 0
          record.step(
            'hedge',
            ms,
            ms,
            ms === 0 ? 'both places were asked at once' : `the ${next} was asked, too`,
          )
          if (ms > 0) record.say(`; nothing was certain after ${ms} ms, so the ${next} was asked, too`)
          this.#start(next)
          continue
        }
        const winner = this.#take(outcome)
        if (winner !== null) return { kind: 'answer', reading: winner, note: winner.verdict?.note ?? '' }
      }
    } finally {
      hedge.end()
    }
  }

  /** The winner is handed out now: `end` stops it, too. */
  watch(winner: OpenAttempt): void {
    this.#winner = winner
    if (this.#ended !== null) winner.stop(this.#ended.error)
  }

  /** Everything that runs ends with `error`; a wait for it ends, too. */
  end(error: unknown): void {
    this.#ended ??= { error }
    this.#winner?.stop(error)
    for (const attempt of this.#running.keys()) attempt.stop(error)
    this.#held?.attempt.stop(error)
  }

  /** Whoever has not answered is stopped, closed and counted. */
  closeOthers(winner: OpenAttempt | null): void {
    const { record } = this.#call
    for (const attempt of this.#running.keys()) {
      if (attempt === winner) continue
      const note = winner === null ? 'stopped' : `the ${winner.place} answered first`
      attempt.stop(new CancelledError(note))
      record.ended(attempt, 'cancelled', { note })
      attempt.close()
    }
    this.#running.clear()
    const held = this.#held?.attempt
    if (held === undefined || held === winner) return
    if (winner === null || !this.#call.audit?.takesOver(held)) held.close()
  }

  #start(place: Place): void {
    const { record, open, watch, observer, commitOf, options, sample } = this.#call
    const attempt = open(place)
    record.began(attempt)
    this.#running.set(
      attempt,
      pursue({
        attempt,
        commit: commitOf(place),
        watch: watch(place),
        observer: place === 'device' ? observer : null,
        call: options,
        sample,
      }),
    )
  }

  /** The next outcome, or null when it is time for the second place. */
  #first(hedge: Hedge | null): Promise<Outcome | null> {
    const pursuits = [...this.#running.values()]
    if (hedge?.due) return Promise.race([...pursuits, hedge.due])
    return pursuits.length === 1 ? pursuits[0]! : Promise.race(pursuits)
  }

  /** Books an outcome; the reading when it has won. */
  #take(outcome: Outcome): Reading | null {
    const { record } = this.#call
    const attempt = outcome.kind === 'failed' ? outcome.attempt : outcome.reading.attempt
    const { place } = attempt
    if (outcome.kind === 'failed') {
      this.#running.delete(attempt)
      if (this.#ended !== null) return this.#wasEnded(attempt)
      const { error } = outcome
      const note = describeFailure(error)
      this.#failures.push({ place, error, note, wasSent: (attempt.outbox?.tries ?? 0) > 0 })
      record.ended(attempt, 'failed', { note, error })
      record.say(`; the ${place} failed (${note})`)
      record.step('failure', stableCode(error), null, `the ${place} failed: ${note}`)
      attempt.close()
      return null
    }
    const { verdict } = outcome.reading
    // Past the deadline, and for a caller who has left, no verdict counts.
    if (this.#ended !== null) {
      this.#running.delete(attempt)
      return this.#wasEnded(attempt)
    }
    if (verdict !== null && place === 'device') record.judged(verdict)
    else if (verdict !== null) record.step('form', null, null, verdict.note)
    if (outcome.kind === 'committed') {
      if (verdict !== null) record.say(`; its answer passed the check (${verdict.note})`)
      return outcome.reading
    }
    this.#running.delete(attempt)
    const note = verdict?.note ?? ''
    record.ended(attempt, 'rejected', { note })
    record.say(`; ${place === 'device' ? 'its' : "the cloud's"} answer did not pass the check (${note})`)
    if (place === 'device') this.#call.audit?.rejected(outcome.reading)
    // It may have to stand, so it goes on until another place has committed.
    if (this.#held === null && this.#call.rule.offline === 'device' && place === 'device') {
      this.#held = outcome.reading
    } else if (!this.#call.audit?.takesOver(attempt)) attempt.close()
    this.#rejected ??= outcome.reading
    return null
  }

  #wasEnded(attempt: OpenAttempt): null {
    const { error } = this.#ended!
    const isLate = error instanceof DeadlineError
    this.#call.record.ended(attempt, isLate ? 'failed' : 'cancelled', {
      note: isLate ? 'the deadline of the call' : 'stopped by the caller',
      ...(isLate ? { error } : {}),
    })
    attempt.close()
    return null
  }

  /** Nobody committed: the answer that did not pass stands, where the policy takes it. */
  #standing(): Result {
    if (this.#held === null) return this.#none()
    this.#call.record.say(", so the device's answer stands")
    return { kind: 'answer', reading: this.#held, note: this.#held.verdict?.note ?? '' }
  }

  #none(): Result {
    for (const attempt of this.#running.keys()) this.#wasEnded(attempt)
    this.#running.clear()
    const held = this.#held
    // Past the deadline a whole answer is better than none.
    if (this.#ended?.error instanceof DeadlineError && held?.complete) return this.#standing()
    return { kind: 'none', failures: this.#failures, rejected: this.#rejected }
  }
}

/** The moment the second place starts although the first has not ended. */
class Hedge {
  due: Promise<null> | null = null
  readonly #ms: number | null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(ms: number | null) {
    this.#ms = ms
  }

  begin(): void {
    const ms = this.#ms
    if (ms === null || this.due !== null) return
    this.due =
      ms === 0
        ? Promise.resolve(null)
        : new Promise((resolve) => {
            this.#timer = setTimeout(() => resolve(null), ms)
          })
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}
