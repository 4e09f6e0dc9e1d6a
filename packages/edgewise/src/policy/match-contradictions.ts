/**
 * What the matching rules say against the policy and each other: a task that is not there, conditions that cannot hold,
 * and a rule that no call reaches because an earlier one takes them all.
 */
import type { Contradiction } from './contradictions.ts'
import type { MatchRule, Policy } from './types.ts'

type When = MatchRule['when']

export function matchContradictions({ match = [], tasks }: Policy): readonly Contradiction[] {
  const found: Contradiction[] = []
  match.forEach(({ task, when }, index) => {
    const say = (key: readonly string[], message: string) =>
      found.push({ path: ['match', index, ...key], message })
    if (!Object.hasOwn(tasks, task)) {
      say(['task'], 'the policy has no task of this name: name one of "tasks", or add it there')
    }
    if (Object.keys(when).length === 0) {
      say(['when'], 'it has no condition, so every call would fit: add one, or put the rule under "default"')
    }
    const { minChars = 0, maxChars = Infinity } = when
    if (minChars > maxChars)
      say(['when', 'minChars'], 'no call has more characters than "maxChars" allows: make it less')
    const earlier = match.slice(0, index).findIndex((rule) => covers(rule.when, when))
    if (earlier >= 0) {
      say([], `no call gets here: match.${earlier} takes them all: move this above it, or take it out`)
    }
  })
  return found
}

/** Whether every call that fits `b` fits `a`. Sound, not complete: texts that imply each other by chance are not seen. */
function covers(a: When, b: When): boolean {
  return (
    coversTexts(a.systemContains, b.systemContains) &&
    coversTexts(a.userContains, b.userContains) &&
    (a.minChars ?? 0) <= (b.minChars ?? 0) &&
    (a.maxChars ?? Infinity) >= (b.maxChars ?? Infinity) &&
    (a.hasTools === undefined || a.hasTools === b.hasTools) &&
    (a.wantsJson === undefined || a.wantsJson === b.wantsJson)
  )
}

/** Whether a text that holds any of `b` holds any of `a`. */
function coversTexts(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined) return true
  if (b === undefined) return false
  const parts = a.map((text) => text.toUpperCase())
  return b.every((text) => parts.some((part) => text.toUpperCase().includes(part)))
}
