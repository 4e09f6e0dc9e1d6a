/** Requests to a runner elsewhere, one at a time, each with its time limit; what ends the runner ends a request. */
import type { Answer, Opened, OpenRequest, Request, Timed } from '../runners/runner.ts'

/** For a whole request: loading a gigabyte, or the tokens of a slow engine. */
const LIMIT_MS = 180_000

export class Remote {
  readonly #send: (request: Request) => void
  #waiting: PromiseWithResolvers<Opened | Timed> | undefined
  #ended: string | undefined

  constructor(send: (request: Request) => void) {
    this.#send = send
  }

  async open(request: OpenRequest): Promise<Opened> {
    return (await this.#ask({ op: 'open', request })) as Opened
  }

  /** Any of the requests that take a time. */
  async time(request: Exclude<Request, { op: 'open' }>): Promise<Timed> {
    return (await this.#ask(request)) as Timed
  }

  async #ask(request: Request): Promise<Opened | Timed> {
    if (this.#waiting) throw new Error('a request is under way')
    if (this.#ended !== undefined) throw new Error(this.#ended)
    this.#waiting = Promise.withResolvers()
    const limit = setTimeout(
      () => this.#waiting?.reject(new Error(`no answer to ${request.op} in ${LIMIT_MS / 1000} s`)),
      LIMIT_MS,
    )
    try {
      this.#send(request)
      return await this.#waiting.promise
    } finally {
      clearTimeout(limit)
      this.#waiting = undefined
    }
  }

  answered(answer: Answer): void {
    if ('error' in answer) this.#waiting?.reject(new Error(answer.error))
    else this.#waiting?.resolve(answer.result)
  }

  /** No answer will come any more. */
  ended(why: string): void {
    this.#ended = why
    this.#waiting?.reject(new Error(why))
  }
}
