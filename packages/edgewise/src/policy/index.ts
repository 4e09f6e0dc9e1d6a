/** The policy: what it may say, how it is read, what it means for a call. */
export { chatPolicy } from './chat-policy.ts'
export { defaultPolicy } from './default-policy.ts'
export { type ExplainedIssue, explainIssue, type IssueWords, valueAt } from './explain-issue.ts'
export { policyJsonSchema } from './json-schema.ts'
export {
  DEFAULT_FIRST_TOKEN_MS,
  DEFAULT_IDLE_MS,
  DEFAULT_RETRIES,
  DEFAULT_WHOLE_MS,
  isTaskName,
  policyFileNames,
} from './limits.ts'
export { matchTask } from './match.ts'
export { checkPolicy, parsePolicy } from './parse.ts'
export { type ResolvedEscalate, type ResolvedRule, resolveRule } from './rule-defaults.ts'
export { safeRule } from './safe-rule.ts'
export { readSource, SourceError } from './source.ts'
export type {
  CloudSettings,
  Commit,
  Escalate,
  MatchRule,
  PlaceRule,
  Policy,
  Price,
  Privacy,
  Reference,
  Rule,
} from './types.ts'
