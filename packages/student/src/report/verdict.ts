/**
 * What the figures say, in one sentence that nobody has to read between: whether a language model was needed at all, and whether the student
 * may stand in for its teacher. The gate's conditions are about intervals, so that a lucky draw of few items passes nothing.
 */
import { percent } from '@edgewise/evidence'
import type { Paired } from './paired.ts'
import type { Condition, DistilReport, Gate, Verdict } from './types.ts'

export interface GateInput {
  /** The share of the test items that the student has right. */
  readonly right: number
  readonly linear: Paired | null
  readonly teacher: Paired | null
  readonly quantising: Paired
  /** How far below its teacher, and below itself before it was quantised, the student may surely lie, as a share of all items. */
  readonly margin: number
}

export function gateOf({ right, linear, teacher, quantising, margin }: GateInput): Gate {
  const conditions = [
    ...(right > 0
      ? []
      : [
          {
            name: 'right',
            passed: false,
            why: 'it has none of the test items right: look at what they ask for',
          },
        ]),
    ...(linear === null ? [] : [againstLinear(linear)]),
    teacher === null
      ? {
          name: 'teacher',
          passed: false,
          why: 'the teacher was not asked about the test items, so nobody knows how near the student comes: collect its answers to them',
        }
      : within('teacher', 'its teacher', teacher, margin),
    within('quantising', 'itself before it was quantised', quantising, margin),
  ]
  return { passed: conditions.every(({ passed }) => passed), conditions }
}

/** `teacher`: the linear head beside its teacher. */
export const linearGateOf = (teacher: Paired | null, margin: number): Condition | null =>
  teacher && within('linear', 'its teacher', teacher, margin)

/** What the verdict lets register. */
export function shippedOf(code: Verdict['code'], linear: Condition | null): DistilReport['ships'] {
  if (code === 'student' || code === 'no-linear') return 'student'
  return code === 'no-llm' && linear?.passed ? 'linear' : null
}

/** At least as good: ahead or level, and not told apart as worse. */
function againstLinear(against: Paired): Condition {
  const { difference } = against
  const passed = difference.value >= 0
  const apart = against.toldApart ? 'told apart' : 'not told apart'
  return {
    name: 'linear',
    passed,
    why: `${points(difference.value)} ${passed ? 'ahead of' : 'behind'} the linear head (${interval(against)}; ${apart} by ${against.onlyOurs + against.onlyTheirs} items that one of the two has right)`,
  }
}

function within(name: string, whom: string, against: Paired, margin: number): Condition {
  const { difference } = against
  const passed = difference.low >= -margin
  const where = difference.value >= 0 ? 'ahead of' : 'behind'
  return {
    name,
    passed,
    why: `${points(difference.value)} ${where} ${whom} (${interval(against)}), ${passed ? 'surely' : 'not surely'} within the margin of ${points(margin)}`,
  }
}

/** Shares as points of a hundred. */
export const points = (share: number): string => `${Math.abs(100 * share).toFixed(1)} points`

export const interval = ({ difference: { low, high } }: Paired): string =>
  `95 %: ${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}`

export interface VerdictInput {
  readonly student: number
  readonly linear: { readonly accuracy: number; readonly paired: Paired } | null
  readonly gate: Gate
}

export function verdictOf({ student, linear, gate }: VerdictInput): Verdict {
  const refused = gate.conditions.filter(({ passed }) => !passed).map(({ why }) => why)
  if (linear === null)
    return gate.passed
      ? { code: 'no-linear', sentence: `The student has ${percent(student)} right and passes the gate.` }
      : { code: 'not-yet', sentence: `The gate refuses the student: ${refused.join('; ')}.` }
  const { accuracy, paired } = linear
  const beats = paired.toldApart && paired.difference.value > 0
  if (!beats)
    return {
      code: 'no-llm',
      sentence: `No LLM needed: a linear head on the same teacher answers has ${percent(accuracy)} right, the student ${percent(student)}${
        paired.toldApart
          ? `, so the student is worse by ${points(paired.difference.value)}.`
          : `; these items do not tell the two apart (${interval(paired)}).`
      }`,
    }
  const ahead = `The student has ${percent(student)} right, ${points(paired.difference.value)} more than a linear head on the same teacher answers (${interval(paired)})`
  return gate.passed
    ? { code: 'student', sentence: `${ahead}, and passes the gate.` }
    : { code: 'not-yet', sentence: `${ahead}, but the gate refuses it: ${refused.join('; ')}.` }
}
