/**
 * What a policy may be called and how large its numbers may be, and the values a call takes when the policy does not say.
 */

/** Milliseconds to wait for the cloud's first output when the policy does not say. */
export const DEFAULT_FIRST_TOKEN_MS = 10_000
/** Milliseconds to wait for an answer in one piece when the policy does not say. */
export const DEFAULT_WHOLE_MS = 120_000
/** Milliseconds to wait between two parts of the cloud's answer when the policy does not say. */
export const DEFAULT_IDLE_MS = 15_000
/** How often a call to the cloud is sent again when the policy does not say. */
export const DEFAULT_RETRIES = 2
/** Samples of `agreement` when the policy does not say. */
export const DEFAULT_SAMPLES = 3

/** setTimeout turns a longer wait into none at all. */
export const MAX_MS: number = 2 ** 31 - 1
/** UTF-16 units of a policy file: a longer one is not a policy. */
export const MAX_POLICY_CHARS = 262_144

/** Where a policy is looked for in a folder, in this order; two of them in one folder are one too many. */
export const policyFileNames: readonly string[] = [
  'edgewise.policy.json',
  'edgewise.policy.yaml',
  'edgewise.policy.yml',
]

/** What a task, a signal of the host's own and a device task may be called: in files, headers and receipts. */
export const TASK_NAME: RegExp = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/

/** Whether `name` can be the name of a task. */
export function isTaskName(name: string): boolean {
  return TASK_NAME.test(name)
}
