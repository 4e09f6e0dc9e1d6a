/**
 * Errors of a call. Each has a stable `code`; the message says what happened, the value, and the next step; an error
 * of a call carries the id of its receipt. The caller's own abort is none of these: its reason is rethrown as it is.
 */
import { ownError } from '@edgewise/engine'
import type { Place } from '@edgewise/evidence'

export interface EdgewiseErrorOptions extends ErrorOptions {
  readonly receiptId?: string
}

export class EdgewiseError extends Error {
  readonly code: string
  /** The receipt of the call that failed; null when no call was begun, and until the call that it ends has said its own. */
  receiptId: string | null
  constructor(code: string, message: string, options?: EdgewiseErrorOptions) {
    super(message, options)
    this.code = code
    this.receiptId = options?.receiptId ?? null
    this.name = new.target.name
    Object.defineProperty(this, ownError, { value: true })
  }
}

/** One thing wrong with a policy: where it stands and what to do. */
export interface PolicyIssue {
  /** `tasks.redact.escalate`; empty for the whole file. */
  readonly path: string
  /** From 1; null when the policy did not come from a text. */
  readonly line: number | null
  readonly column: number | null
  readonly message: string
}

/** The policy cannot be used. The message has one line an issue: `file:line:column path: what to do`. Code `bad_policy`. */
export class PolicyError extends EdgewiseError {
  readonly file: string
  readonly issues: readonly PolicyIssue[]
  constructor(file: string, issues: readonly PolicyIssue[]) {
    super('bad_policy', issues.map((issue) => issueLine(file, issue)).join('\n'))
    this.file = file
    this.issues = issues
  }
}

function issueLine(file: string, { path, line, column, message }: PolicyIssue): string {
  const at = line === null ? file : `${file}:${line}:${column}`
  return path === '' ? `${at}: ${message}` : `${at} ${path}: ${message}`
}

/**
 * The caller named a task that the policy lacks. It is not sent under the default rule: the typing error of a
 * device-only task could end in the cloud. Code `unknown_task`.
 */
export class UnknownTaskError extends EdgewiseError {
  readonly task: string
  readonly known: readonly string[]
  constructor(task: string, known: readonly string[], options?: EdgewiseErrorOptions) {
    const names = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
    super(
      'unknown_task',
      `the policy has no task "${task}" (${names}): name one of these, add it to the policy, or name no task`,
      options,
    )
    this.task = task
    this.known = known
  }
}

/** `providerOptions.edgewise` is not what this package reads. Code `bad_option`. */
export class BadOptionError extends EdgewiseError {
  constructor(message: string, options?: EdgewiseErrorOptions) {
    super('bad_option', message, options)
  }
}

/** The policy has a cloud, but this host cannot use it (the key's variable is not set). Code `cloud_not_configured`. */
export class CloudConfigError extends EdgewiseError {
  /** The name of the environment variable that is missing. */
  readonly variable: string
  constructor(variable: string) {
    super(
      'cloud_not_configured',
      `${variable} is not set: put the key of the cloud into this environment variable, or take "apiKeyEnv" out of the policy`,
    )
    this.variable = variable
  }
}

/** The task may only run in the cloud and there is none to ask. Code `cloud_unavailable`. */
export class CloudUnavailableError extends EdgewiseError {
  constructor(why: string, options?: EdgewiseErrorOptions) {
    super('cloud_unavailable', `${why}: configure a cloud, or let the task run on the device`, options)
  }
}

/** No device model is ready and the call has nowhere else to go. Code `device_unavailable`. */
export class DeviceUnavailableError extends EdgewiseError {
  constructor(why: string, options?: EdgewiseErrorOptions) {
    super('device_unavailable', `${why}: load a device model first`, options)
  }
}

/** The cloud was asked and gave no output; the cause has its error. Code `cloud_failed`. */
export class CloudFailedError extends EdgewiseError {
  /** The HTTP status, when there was an answer. */
  readonly status: number | null
  constructor(why: string, status: number | null, options?: EdgewiseErrorOptions) {
    super('cloud_failed', `the cloud did not answer: ${why}`, options)
    this.status = status
  }
}

/**
 * The device was asked and gave no output; the cause has its error. The code is the cause's own when it has a stable
 * one (`context_length_exceeded`, `out_of_memory`, ...), else `device_failed`.
 */
export class DeviceFailedError extends EdgewiseError {
  constructor(code: string, why: string, options?: EdgewiseErrorOptions) {
    super(code, `the device did not answer: ${why}`, options)
  }
}

/** Both places were asked, neither gave output; `causes` has their errors in order. Code `no_answer`. */
export class NoAnswerError extends EdgewiseError {
  readonly causes: readonly unknown[]
  constructor(why: string, causes: readonly unknown[], options?: EdgewiseErrorOptions) {
    super('no_answer', `neither place answered: ${why}`, options)
    this.causes = causes
  }
}

/**
 * The answer broke off after a part of it went to the caller. It is not started again elsewhere: a second text would
 * follow a first one. Code `cloud_broken` or `device_broken`.
 */
export class AnswerBrokenError extends EdgewiseError {
  readonly place: Place
  constructor(place: Place, why: string, options?: EdgewiseErrorOptions) {
    super(`${place}_broken`, `the answer from the ${place} broke off: ${why}; ask again`, options)
    this.place = place
  }
}

/** A place sent nothing for too long. Code `stalled`. */
export class StalledError extends EdgewiseError {
  constructor(message: string) {
    super('stalled', message)
  }
}

/** A place's stream ended without a finished answer. Code `incomplete_answer`. */
export class IncompleteAnswerError extends EdgewiseError {
  constructor(message: string) {
    super('incomplete_answer', message)
  }
}

/** A bar of the policy is on a signal that is not built in and that the host does not provide. Code `unknown_signal`. */
export class UnknownSignalError extends EdgewiseError {
  constructor(signal: string, task: string) {
    super(
      'unknown_signal',
      `the rule of "${task}" escalates on "${signal}", which is no built-in signal: give edgewise() a function of this name in "signals"`,
    )
  }
}

/**
 * A bar of the policy names a certificate that was not given or does not fit: the task, the signal, the threshold or the cloud is another.
 * One reason a line, all of them. Code `certificate_refused`.
 */
export class CertificateRefusedError extends EdgewiseError {
  readonly reasons: readonly string[]
  constructor(reasons: readonly string[]) {
    super('certificate_refused', reasons.join('\n'))
    this.reasons = reasons
  }
}

/** The policy of the task lets this text not leave the device, and the model named is elsewhere. Code `privacy_forbids`. */
export class PrivacyError extends EdgewiseError {
  constructor(task: string, privacy: string, options?: EdgewiseErrorOptions) {
    super(
      'privacy_forbids',
      `the policy of "${task}" is "${privacy}", so its texts are not embedded in the cloud: name the device's model`,
      options,
    )
  }
}

/** The call's deadline has passed. What it was waiting for is stopped. Code `deadline_exceeded`. */
export class DeadlineError extends EdgewiseError {
  readonly kind: 'firstToken' | 'total'
  readonly ms: number
  constructor(kind: 'firstToken' | 'total', ms: number, options?: EdgewiseErrorOptions) {
    const what = kind === 'firstToken' ? 'the first word' : 'the end of the answer'
    super(
      'deadline_exceeded',
      `${what} did not come within the ${ms} ms of the policy: give it more time, hedge earlier, or ask for less`,
      options,
    )
    this.kind = kind
    this.ms = ms
  }
}

/** The policy's budget for the cloud is spent. Code `budget_exceeded`. */
export class BudgetError extends EdgewiseError {
  constructor(why: string, options?: EdgewiseErrorOptions) {
    super(
      'budget_exceeded',
      `${why}: it starts anew at 00:00 UTC; raise the budget, or let the device answer`,
      options,
    )
  }
}

/** The cloud's address redirects to another one: the key and the text go to no other. Code `redirected`. */
export class RedirectedError extends EdgewiseError {
  constructor() {
    super('redirected', 'its address redirects to another one, which is not followed: correct "baseURL"')
  }
}

/** What came in a stream is no part of an answer. Code `malformed_answer`. */
export class MalformedAnswerError extends EdgewiseError {
  constructor(what: string) {
    super('malformed_answer', `what it sent is not an answer: ${what}`)
  }
}

/** A place said in its stream that it failed; its own words may repeat the prompt and stay out. Code `reported_error`. */
export class ReportedError extends EdgewiseError {
  /** The name it gave the failure, or null. */
  readonly reported: string | null
  constructor(reported: string | null) {
    super('reported_error', reported === null ? 'it reported an error' : `it reported ${reported}`)
    this.reported = reported
  }
}

/** The cloud answered with a status that HTTP does not have. Code `bad_status`. */
export class BadStatusError extends EdgewiseError {
  constructor(status: number) {
    super(
      'bad_status',
      `its answer has the status ${status}, which is none of HTTP: is "baseURL" the address of an API?`,
    )
  }
}

/** The cloud's answer went on past the limit. Code `answer_too_large`. */
export class AnswerTooLargeError extends EdgewiseError {
  constructor(limitBytes: number) {
    super('answer_too_large', `its answer is over ${limitBytes / 1024 / 1024} MB and was cut off`)
  }
}

/** The host has no network. Code `offline`. */
export class OfflineError extends EdgewiseError {
  constructor(options?: EdgewiseErrorOptions) {
    super(
      'offline',
      'this host is offline: try again when it has a network, or let the device answer',
      options,
    )
  }
}

/** The cloud failed so often in a row that it is left alone for a while. Code `breaker_open`. */
export class BreakerOpenError extends EdgewiseError {
  constructor(options?: EdgewiseErrorOptions) {
    super('breaker_open', 'the cloud failed several times in a row and is not asked for a while', options)
  }
}

/** The device's answer did not reach the policy's bars, and no other place may answer. Code `answer_rejected`. */
export class AnswerRejectedError extends EdgewiseError {
  constructor(why: string, options?: EdgewiseErrorOptions) {
    super(
      'answer_rejected',
      `the device's answer did not pass the check (${why}), and the policy takes no other`,
      options,
    )
  }
}

/** Another place answered first, or the caller left. Code `cancelled`. */
export class CancelledError extends EdgewiseError {
  constructor(message: string) {
    super('cancelled', message)
  }
}
