/**
 * What an audit needs of a call while that runs: the device's answer, also one that its bars rejected, and the cloud's, where the caller
 * got that one. Whether a call is audited is decided by its id alone, before anybody knows its answer: so those that are stand for all.
 */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { hash32, type Receipt } from '@edgewise/evidence'
import type { OpenAttempt } from '../call/attempt.ts'
import type { Reading } from '../call/pursuit.ts'
import { type AnswerText, answerText } from './agree.ts'
import type { AskCloud, Audit, Audits } from './audits.ts'

/** Uniform: `share` of all ids. */
export const isDrawn = (receiptId: string, share: number): boolean => hash32(receiptId) < share * 2 ** 32

/** A tool that the cloud runs itself does something in the world: nobody asked for that a second time. */
export const isHarmless = ({ tools = [] }: Audit['call']): boolean =>
  tools.every(({ type }) => type === 'function')

export class CallAudit {
  readonly #audits: Audits
  readonly #call: Audit['call']
  readonly #cloud: AskCloud
  #rejected: Reading | null = null
  /** The rest of a rejected answer, while it is read here. */
  #rest: Promise<AnswerText> | null = null

  constructor(audits: Audits, call: Audit['call'], cloud: AskCloud) {
    this.#audits = audits
    this.#call = call
    this.#cloud = cloud
  }

  /** The bars of the device's answer were not reached. */
  rejected(reading: Reading): void {
    this.#rejected = reading
  }

  /** The answer of this attempt goes to nobody. True: its rest is read here, and its attempt closed then. */
  takesOver(attempt: OpenAttempt): boolean {
    const rejected = this.#rejected
    if (rejected?.attempt !== attempt || rejected.complete) return false
    if (this.#rest === null) {
      this.#rest = restOf(rejected, this.#audits.signal)
      // Whoever wants it hears of it.
      this.#rest.catch(() => {})
    }
    return true
  }

  /**
   * The call has ended. `answer`: what the caller got, when that is whole and was held to the rule's bars. `isOnRecord`: whether a
   * judgement can be written beside the receipt.
   */
  settled(receipt: Receipt, answer: readonly LanguageModelV4StreamPart[] | null, isOnRecord: boolean): void {
    const audit = answer === null || !isOnRecord ? null : this.#auditOf(receipt, answerText(answer))
    const rejected = this.#rejected
    const leave = (): void => rejected?.attempt.close()
    if (audit !== null) {
      this.#audits.add({ receipt, call: this.#call, asking: this.#cloud, leave, ...audit })
      return
    }
    this.#audits.skip()
    this.#rejected = null
    leave()
  }

  /** What is compared; null when there is not all of it. */
  #auditOf({ place }: Receipt, answer: AnswerText): Pick<Audit, 'device' | 'cloud'> | null {
    if (place === 'device') return { device: answer, cloud: null }
    const rejected = this.#rejected
    if (place === null || rejected === null) return null
    if (this.#rest !== null) return { device: this.#rest, cloud: answer }
    return rejected.complete ? { device: answerText(rejected.parts), cloud: answer } : null
  }
}

/** The rest of an answer whose bars were judged before its end. */
async function restOf({ attempt, parts }: Reading, signal: AbortSignal): Promise<AnswerText> {
  const whole = [...parts]
  const stop = (): void => attempt.stop(signal.reason)
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    for (let part = await attempt.next(); part !== null; part = await attempt.next()) whole.push(part)
    return answerText(whole)
  } finally {
    signal.removeEventListener('abort', stop)
    attempt.close()
  }
}
