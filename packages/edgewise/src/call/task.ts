/**
 * Which task a call is of: the one the caller names, strictly (what is mistyped is refused, never sent under another rule),
 * else the first matching rule's, else the default.
 */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { Receipt } from '@edgewise/evidence'
import { BadOptionError, type EdgewiseError, UnknownTaskError } from '../errors.ts'
import { isTaskName, matchTask, type Policy, type ResolvedRule } from '../policy/index.ts'

export interface FoundTask {
  /** As it stands on the receipt: a name that is none is not repeated there. */
  readonly name: string
  readonly from: Receipt['taskFrom']
  readonly user: string | null
  readonly conversation: string | null
  /** Why the call is refused, a function of its receipt's id; null when it is not. */
  readonly refusal: ((receiptId: string) => EdgewiseError) | null
}

const KEYS = new Set(['task', 'user', 'conversation', 'topLogprobs'])

/** `bound`: the task a model was made for, `edgewise(...)('fix')`; a call that names one itself goes before it. */
export function findTask(
  policy: Policy,
  call: LanguageModelV4CallOptions,
  bound: string | undefined,
): FoundTask {
  const options = call.providerOptions?.edgewise ?? {}
  const { task: asked, user, conversation } = options
  const named = asked === undefined ? bound : asked
  const texts = {
    user: typeof user === 'string' ? user : null,
    conversation: typeof conversation === 'string' ? conversation : null,
  }
  const other = Object.keys(options).find((key) => !KEYS.has(key))
  const refusal =
    other === undefined ? refusalOf(policy, named, user, conversation) : badOption(`no "${other}"`)
  if (named !== undefined) {
    const name = typeof named === 'string' && isTaskName(named) ? named : 'unknown'
    return { name, from: 'caller', ...texts, refusal }
  }
  const matched = refusal === null ? matchTask(policy, call) : null
  return matched === null
    ? { name: 'default', from: 'default', ...texts, refusal }
    : { name: matched, from: 'match', ...texts, refusal }
}

/** What the device is asked to do for a call of this task. */
export const deviceTaskOf = (
  { deviceTask }: Pick<ResolvedRule, 'deviceTask'>,
  { name, from }: Pick<FoundTask, 'name' | 'from'>,
): string => deviceTask ?? (from === 'default' ? 'complete' : name)

function refusalOf(
  policy: Policy,
  named: unknown,
  user: unknown,
  conversation: unknown,
): FoundTask['refusal'] {
  if (user !== undefined && typeof user !== 'string') return badOption('a "user" that is not a string')
  if (conversation !== undefined && typeof conversation !== 'string')
    return badOption('a "conversation" that is not a string')
  if (named === undefined) return null
  if (typeof named !== 'string')
    return (receiptId) =>
      new BadOptionError('providerOptions.edgewise.task must be the name of a task, a string', { receiptId })
  if (Object.hasOwn(policy.tasks, named)) return null
  return (receiptId) => new UnknownTaskError(named, Object.keys(policy.tasks), { receiptId })
}

const badOption =
  (what: string): FoundTask['refusal'] =>
  (receiptId) =>
    new BadOptionError(
      `providerOptions.edgewise has ${what}: it takes "task", "user" and "conversation", each a string`,
      { receiptId },
    )
