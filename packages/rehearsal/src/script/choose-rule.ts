/** Which rule of a script a call gets: the first whose conditions hold. Every rule counts the calls it could be for. */
import type { Script, ScriptRule, When } from './types.ts'

/** What conditions look at. */
export interface Seen {
  readonly model: string
  /** The texts of the call, one after the other. */
  readonly text: string
  /** Of a chat call; computed when a condition asks for it. */
  readonly digest: () => string | null
}

/**
 * A chooser for one run of a server. It counts, so that the nth call of a rule is the nth for which the rule's other
 * conditions hold, whichever rule answered those before.
 */
export function chooser(script: Script): (seen: Seen) => ScriptRule | undefined {
  const counts = script.rules.map(() => 0)
  return (seen) => {
    let chosen: ScriptRule | undefined
    for (const [index, rule] of script.rules.entries()) {
      const { when = {} } = rule
      if (!holds(when, seen)) continue
      const nth = ++counts[index]!
      if (when.nth !== undefined && nth !== when.nth) continue
      if (when.every !== undefined && nth % when.every !== 0) continue
      chosen ??= rule
    }
    return chosen
  }
}

function holds(when: When, seen: Seen): boolean {
  if (when.model !== undefined && when.model !== seen.model) return false
  if (when.contains !== undefined && !seen.text.toLowerCase().includes(when.contains.toLowerCase()))
    return false
  return when.digest === undefined || when.digest === seen.digest()
}
