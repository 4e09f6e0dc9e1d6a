/** What makes a trace and a policy not go together, with the item it was seen at. */
import { EdgewiseError } from '../errors.ts'

/**
 * An item is of a task that the policy lacks. Code `unknown_task`, as for a call; at run time such a call would be refused. `item` is the
 * id of the item.
 */
export class ReplayTaskError extends EdgewiseError {
  readonly task: string
  readonly item: string
  constructor(task: string, item: string, known: readonly string[]) {
    const has = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
    super(
      'unknown_task',
      `item "${item}" is of the task "${task}", which the policy lacks (${has}): add the task, replay another policy, or name the rule that all items are held to`,
    )
    this.task = task
    this.item = item
  }
}

/** The rule that all items are to be held to is none of the policy's. Code `unknown_rule`. */
export class ReplayRuleError extends EdgewiseError {
  constructor(rule: string, known: readonly string[]) {
    super('unknown_rule', `the policy has no rule "${rule}": it has ${[...known, 'default'].join(', ')}`)
  }
}

/** A bar leaves its threshold to a certificate that was not given. Code `certificate_missing`. */
export class ReplayCertificateError extends EdgewiseError {
  constructor(rule: string, certificate: string) {
    super(
      'certificate_missing',
      `the bar of "${rule}" takes its threshold from the certificate "${certificate}", which was not given: hand it over, or write a threshold`,
    )
  }
}
