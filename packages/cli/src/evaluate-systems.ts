/**
 * The candidates of an evaluation, opened one at a time: each goes through the router as its calls would, under a policy made of the task's own
 * rule, so that instructions, privacy, retries and what a receipt says are those of real calls. Receipts of an evaluation are not kept.
 */
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { isMiniTask } from '@edgewise/mini'
import type { CloudSettings, Policy, Rule } from 'edgewise'
import { openSystem, type System } from './system.ts'

/**
 * - `evaluate_which_task`: the policy has several tasks, or not the one that was named.
 * - `evaluate_no_cloud`: the policy has no cloud, or its key is not set.
 * - `evaluate_private`: the task's examples must not leave the device.
 * - `evaluate_option`: options that do not go together.
 */
export class EvaluateError extends Error {
  override readonly name: string = 'EvaluateError'
  readonly code: 'evaluate_which_task' | 'evaluate_no_cloud' | 'evaluate_private' | 'evaluate_option'
  constructor(code: EvaluateError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** What is evaluated: the task's name, the rule that its calls have, and the policy it is of. */
export interface EvaluatedTask {
  readonly name: string
  readonly rule: Rule
  readonly policy: Policy
  /** The system message of calls that bring none; null: neither the rule nor the caller has one. */
  readonly instructions: string | null
}

/** An opened model under the task's rule; disposed of by who opened it. */
export interface OpenCandidate extends Disposable {
  readonly model: LanguageModelV4
}

/** Throws EvaluateError, and as `openSystem`. `isMini`: whether the embedded model is a candidate, whose tasks have names. */
export async function findTask(
  { policy: file, task, instructions }: { policy?: string; task?: string; instructions?: string },
  isMini: boolean,
): Promise<EvaluatedTask> {
  using system = await openSystem({ policy: file })
  const { policy, policySource } = system
  const tasks = Object.keys(policy.tasks)
  const isBuiltIn = policySource === 'built in'
  const name = task ?? (isBuiltIn && !isMini ? 'examples' : tasks.length === 1 ? tasks[0] : undefined)
  if (name === undefined)
    throw new EvaluateError(
      'evaluate_which_task',
      `name the task that the examples are of with --task: the policy (${policySource}) has ${tasks.join(', ') || 'none'}`,
    )
  const known = Object.hasOwn(policy.tasks, name)
  if (!known && !isBuiltIn)
    throw new EvaluateError(
      'evaluate_which_task',
      `the policy (${policySource}) has no task "${name}", only ${tasks.join(', ') || 'a default'}: name one of these, or add a rule`,
    )
  const rule = known ? policy.tasks[name]! : policy.default
  if (isMini && !isMiniTask(rule.deviceTask ?? name))
    throw new EvaluateError(
      'evaluate_which_task',
      `the embedded model has no task "${rule.deviceTask ?? name}": leave "mini" out, or say "deviceTask" in the rule`,
    )
  return { name, rule, policy, instructions: instructions ?? rule.instructions ?? null }
}

/** A model of the device: undefined for the embedded one, a file, or a server's address. Throws as `openSystem`. */
export async function openDeviceCandidate(
  task: EvaluatedTask,
  source: string | undefined,
  onProgress?: (loaded: number, total: number) => void,
): Promise<OpenCandidate> {
  const { deviceTask } = task.rule
  // Not device-only, which takes no instructions; without a cloud in the policy there is no other place all the same.
  const rule: Rule = {
    place: 'prefer-device',
    ...(deviceTask !== undefined && { deviceTask }),
    ...told(task),
  }
  const system = await openSystem({
    policy: policyOf(task, rule, null),
    model: source,
    ...(onProgress && { onProgress }),
  })
  const { modelId, facts } = system.device.model
  // The weights' form is part of who answered: kept answers of another one are not taken.
  return candidateOf(system, task, modelId, `edgewise.device/${facts?.quantisation ?? ''}`)
}

/** Throws EvaluateError where the examples must not leave or there is no cloud. */
export async function openCloudCandidate(task: EvaluatedTask): Promise<OpenCandidate> {
  const { policy, rule } = task
  const { cloud } = policy
  const privacy = rule.privacy ?? (rule.place === 'device-only' ? 'nothing-leaves' : 'anything')
  if (privacy === 'nothing-leaves')
    throw new EvaluateError(
      'evaluate_private',
      `what is asked of "${task.name}" must not leave this device (nothing-leaves), so no cloud is asked: leave --cloud out, or evaluate a task whose examples may leave`,
    )
  if (cloud === undefined)
    throw new EvaluateError(
      'evaluate_no_cloud',
      'the policy has no cloud: add "cloud" to it, or leave --cloud out',
    )
  const { budget, deadlineMs, select } = rule
  const own = { ...(budget && { budget }), ...(deadlineMs && { deadlineMs }), ...(select && { select }) }
  const system = await openSystem({
    policy: policyOf(task, { place: 'cloud-only', privacy, ...own, ...told(task) }, cloud),
  })
  const { cloudStatus } = system.edgewise
  if (!cloudStatus.ready) {
    system[Symbol.dispose]()
    throw new EvaluateError('evaluate_no_cloud', `the cloud cannot be asked: ${cloudStatus.why}`)
  }
  return candidateOf(system, task, cloud.model, cloud.baseURL)
}

const told = ({ instructions }: EvaluatedTask): { instructions?: string } =>
  instructions === null ? {} : { instructions }

const policyOf = ({ name }: EvaluatedTask, rule: Rule, cloud: CloudSettings | null): Policy => ({
  version: 1,
  ...(cloud && { cloud }),
  tasks: { [name]: rule },
  default: { place: 'device-only' },
})

/** Under the name of the model that answers, not of the task. */
function candidateOf(
  system: System,
  { name }: EvaluatedTask,
  modelId: string,
  provider: string,
): OpenCandidate {
  return {
    model: { ...system.edgewise(name), modelId, provider },
    [Symbol.dispose]: () => system[Symbol.dispose](),
  }
}
