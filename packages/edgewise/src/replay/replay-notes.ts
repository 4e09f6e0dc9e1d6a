/** What of a policy a trace cannot show, a sentence each: of the rules that were used, and of the items it happened to. */
import type { ResolvedRule } from '../policy/index.ts'

/** Things that happened to items, counted while they are decided. */
export interface Counts {
  noTime: number
  backwards: number
  noInputTokens: number
  noLatencyForDeadline: number
  undecided: number
  late: number
}

/** Of a rule, under the name it has in messages: `tasks.fix`, `default`. */
export function ruleNotes(
  path: string,
  rule: ResolvedRule,
  hasCertificate: (id: string) => boolean,
): string[] {
  const notes: string[] = []
  const say = (key: string, what: string): unknown => notes.push(`${path}.${key}: ${what}`)
  const isDevice = rule.place !== 'cloud-only'
  const isCloud = rule.place !== 'device-only'
  const isEarly = rule.commit === 'first-output' || typeof rule.commit === 'object'
  if (rule.cache !== null) say('cache', 'kept answers are not replayed: every call is run')
  if (isCloud && rule.select !== null)
    say('select', 'cost and scores of the cloud are of whole prompts, as the trace has them')
  if (isCloud && rule.compress !== null)
    say('compress', 'cost and scores of the cloud are of whole prompts, as the trace has them')
  if (rule.privacy === 'redacted')
    say('privacy', "the cloud's scores are of prompts as they are; what it gets has placeholders")
  if (rule.privacy === 'structured-only')
    say('privacy', 'prompts of plain text would not go up: every call counts as one whose prompt is JSON')
  if (rule.budget !== null && rule.budget.perUserPerDayUsd !== null)
    say('budget.perUserPerDayUsd', 'a trace names no users: it is not replayed')
  if (rule.audit !== null) say('audit', 'what audits cost is not counted')
  if (rule.deadlineMs.firstToken !== null && (isEarly || isCloud))
    say(
      'deadlineMs.firstToken',
      'a trace does not say when answers began: it is held against answers that are shown when they are whole',
    )
  if (rule.hedgeAfterMs !== null && isDevice && isCloud) {
    if (isEarly)
      say(
        rule.place === 'race' ? 'place' : 'hedgeAfterMs',
        'who is first is told by whole answers, not by first words',
      )
    say(
      rule.place === 'race' ? 'place' : 'hedgeAfterMs',
      'an answer of the cloud that loses is counted at its full cost',
    )
  }
  if (typeof rule.commit === 'object' && rule.escalate.length > 0)
    say('commit', `bars are held against whole answers, not their first ${rule.commit.tokens} tokens`)
  if (rule.escalate.some(({ samples }) => samples > 0))
    say('escalate', 'the time that the samples of agreement take is in no latency')
  for (const { certificate } of rule.escalate) {
    if (certificate === null) continue
    const taken = hasCertificate(certificate)
      ? 'is taken to be in force'
      : "was not given: the bar's own threshold is used"
    say('escalate', `the certificate "${certificate}" ${taken}`)
  }
  return notes
}

const times = (count: number): string => `${count} ${count === 1 ? 'item' : 'items'}`

export function countNotes(counts: Counts): string[] {
  const { noTime, backwards, noInputTokens, noLatencyForDeadline, undecided, late } = counts
  return [
    ...(noTime > 0 ? [`${times(noTime)} without a time: no daily budget was held against them`] : []),
    ...(backwards > 0 ? [`${times(backwards)} after others of a later day: their budget began anew`] : []),
    ...(noInputTokens > 0
      ? [`${times(noInputTokens)} without input tokens: no limit of the input was held against them`]
      : []),
    ...(noLatencyForDeadline > 0
      ? [`${times(noLatencyForDeadline)} without latencies: no deadline was held against them`]
      : []),
    ...(undecided > 0
      ? [
          `${times(undecided)} without latencies, so nobody knows who would have been first: the place that begins was taken`,
        ]
      : []),
    ...(late > 0 ? [`${times(late)} past a deadline of the policy`] : []),
  ]
}
