/**
 * The certificates of a policy's bars: what can be held against them before any call is (`refusals`), and rules with what they say filled
 * in. What depends on the device of the moment is held against each call (standing.ts).
 */
import type { Certificate } from '@edgewise/evidence'
import type { ResolvedEscalate, ResolvedRule } from '../policy/index.ts'
import { isBuiltIn } from '../signals/watch.ts'

/** The cloud's name where traces have it beside a device's: two of one name are told apart there (`traceFromLedger`). */
export const cloudBeside = (device: string, cloud: string): string =>
  cloud === device ? `${cloud}@cloud` : cloud

type ById = ReadonlyMap<string, Certificate>
type NamedRules = readonly (readonly [task: string, rule: ResolvedRule])[]

/** Why bars and the certificates they name do not go together, a line each; `cloudModel`: null where there is no cloud. */
export function refusals(rules: NamedRules, given: ById, cloudModel: string | null): string[] {
  return rules.flatMap(([task, { escalate }]) =>
    escalate.flatMap((bar, index) => {
      if (bar.certificate === null) return []
      const path = `${task === 'default' ? task : `tasks.${task}`}.escalate.${index}`
      return misfits(task, bar, given.get(bar.certificate), cloudModel).map((why) => `${path}: ${why}`)
    }),
  )
}

function misfits(
  task: string,
  { signal, threshold, certificate: id }: ResolvedEscalate,
  certificate: Certificate | undefined,
  cloudModel: string | null,
): string[] {
  if (certificate === undefined) {
    return [
      `the certificate "${id}" was not given: hand it over in "certificates", or take it out of the bar`,
    ]
  }
  const { bar, cloud } = certificate
  const found: string[] = []
  const say = (what: string): unknown => found.push(`the certificate "${id}" ${what}`)
  if (certificate.task !== task) say(`is for the task "${certificate.task}"`)
  if (cloudModel !== null && cloud.model !== cloudBeside(certificate.device.model, cloudModel)) {
    say(`was proven against the cloud model "${cloud.model}", and this one is "${cloudModel}"`)
  }
  if (bar === null) {
    say('is for a task that stays on the device as a whole: it proves no bar')
    return found
  }
  if (bar.signal !== signal) {
    say(`is for the signal "${bar.signal}"`)
    return found
  }
  if (signal === 'length') say('is for "length", of which less passes and not more')
  else if (bar.combination !== null && isBuiltIn(signal)) say(`makes a signal of its own called "${signal}"`)
  if (threshold !== null && threshold !== bar.threshold) {
    say(`is for the threshold ${bar.threshold}, and the bar has ${threshold}: take the bar's out`)
  }
  return found
}

/** The rule with the thresholds and the combinations of its certificates, all of which are there. */
export function certifiedRule(rule: ResolvedRule, given: ById): ResolvedRule {
  if (rule.escalate.every(({ certificate }) => certificate === null)) return rule
  return {
    ...rule,
    escalate: rule.escalate.map((bar) => {
      const proven = bar.certificate === null ? undefined : given.get(bar.certificate)?.bar
      if (!proven) return bar
      return { ...bar, threshold: bar.threshold ?? proven.threshold, combination: proven.combination }
    }),
  }
}
