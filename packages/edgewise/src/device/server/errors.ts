/**
 * What goes wrong with a model server. Messages name the address, the status and the next step, never what the server wrote: it
 * may repeat the prompt, and a message ends on a receipt. Its words are in `detail`, for logs of the host's own choice.
 */
import { EdgewiseError, type EdgewiseErrorOptions } from '../../errors.ts'

/** The address is no loopback address, and `remote` was not given. Code `not_loopback`. */
export class NotLoopbackError extends EdgewiseError {
  readonly host: string
  constructor(host: string) {
    super(
      'not_loopback',
      `${host} is no loopback address, so what is sent to it leaves this machine: use 127.0.0.1, [::1] or localhost, or say \`remote: true\``,
    )
    this.host = host
  }
}

/** The address is this machine's, but this process sends what goes there through a proxy. Code `loopback_proxied`. */
export class ProxiedLoopbackError extends EdgewiseError {
  constructor(host: string) {
    super(
      'loopback_proxied',
      `this process uses the proxy of its environment for ${host} too, so what is sent there leaves this machine: add ${host} to NO_PROXY`,
    )
  }
}

/** The server is here, its model is not. Code `model_sent_on`. */
export class ModelSentOnError extends EdgewiseError {
  readonly model: string
  constructor(server: string, model: string) {
    super(
      'model_sent_on',
      `${server} sends what ${model} is asked to a cloud: name a model that it runs here, or say \`remote: true\``,
    )
    this.model = model
  }
}

/** Nothing answers there. Code `server_unreachable`. */
export class ServerUnreachableError extends EdgewiseError {
  constructor(address: string, options?: EdgewiseErrorOptions) {
    super(
      'server_unreachable',
      `nothing answers at ${address}: start the server, or mend its baseURL`,
      options,
    )
  }
}

/** It answers but cannot serve a call yet, or has no such model. Code `server_not_ready`. */
export class ServerNotReadyError extends EdgewiseError {
  constructor(address: string, why: string, options?: EdgewiseErrorOptions) {
    super('server_not_ready', `${address} is not ready: ${why}`, options)
  }
}

/** An HTTP status or an error in the stream in place of an answer. Code `server_refused`. */
export class ServerRefusedError extends EdgewiseError {
  /** The HTTP status; null when the error came in the stream. */
  readonly status: number | null
  /** The server's own words, at most 2,000 characters. They may hold parts of the prompt. */
  readonly detail: string
  constructor(address: string, { status, type, detail }: Refusal) {
    const what = status === null ? 'an error in its stream' : `HTTP ${status}`
    super(
      'server_refused',
      `${address} answered with ${what}${type === '' ? '' : ` (${type})`}: see the error's detail`,
    )
    this.status = status
    this.detail = detail
  }
}

export interface Refusal {
  readonly status: number | null
  /** A short name the server gives to the error; empty when it gives none. */
  readonly type: string
  readonly detail: string
}

/** The prompt and the answer do not fit the server's context. Code `context_length_exceeded`. */
export class ServerContextError extends EdgewiseError {
  readonly detail: string
  constructor(address: string, detail: string) {
    super(
      'context_length_exceeded',
      `the prompt does not fit the context of ${address}: start it with more, shorten the prompt, or set maxInputTokens`,
    )
    this.detail = detail
  }
}

/** What came is not the protocol. Code `server_malformed`. */
export class ServerMalformedError extends EdgewiseError {
  constructor(address: string, what: string, options?: EdgewiseErrorOptions) {
    super(
      'server_malformed',
      `${address} sent ${what}: check that it is an OpenAI-compatible server`,
      options,
    )
  }
}

/** More came than any answer needs. Code `server_too_large`. */
export class ServerTooLargeError extends EdgewiseError {
  constructor(address: string, what: string, limit: number) {
    super('server_too_large', `${address} sent ${what} of more than ${limit} bytes: the answer was given up`)
  }
}
