/** The sentence says what the figures say: the linear head's win above all. */
import { expect, test } from 'vitest'
import { type Paired, paired } from './paired.ts'
import { gateOf, linearGateOf, shippedOf, verdictOf } from './verdict.ts'

const of = (both: number, ours: number, theirs: number, neither: number): Paired =>
  paired(
    [...Array(both + ours).fill(true), ...Array(theirs + neither).fill(false)],
    [
      ...Array(both).fill(true),
      ...Array(ours).fill(false),
      ...Array(theirs).fill(true),
      ...Array(neither).fill(false),
    ],
  )
const same = of(900, 0, 0, 100)
const margins = { margin: 0.05, right: 0.9 }
const verdict = (linear: Paired | null, teacher: Paired | null, quantising = same) => {
  const gate = gateOf({ linear, teacher, quantising, ...margins })
  return verdictOf({ student: 0.9, linear: linear && { accuracy: 0.88, paired: linear }, gate })
}

test('a student that beats the linear head and is near its teacher passes', () => {
  expect(verdict(of(860, 40, 10, 90), of(880, 20, 30, 70))).toEqual({
    code: 'student',
    sentence: expect.stringMatching(/^The student has 90\.0 % right, 3\.0 points more .*passes the gate\.$/),
  })
})

test('not told apart from the linear head, or worse: no LLM needed', () => {
  expect(verdict(of(890, 12, 10, 88), same)).toEqual({
    code: 'no-llm',
    sentence: expect.stringMatching(/^No LLM needed: .*these items do not tell the two apart/),
  })
  expect(verdict(of(860, 10, 40, 90), same)).toEqual({
    code: 'no-llm',
    sentence: expect.stringMatching(/^No LLM needed: .*the student is worse by 3\.0 points\.$/),
  })
})

test('the gate refuses by intervals, and says why', () => {
  const far = of(800, 20, 90, 90)
  expect(verdict(of(860, 40, 10, 90), far)).toEqual({
    code: 'not-yet',
    sentence: expect.stringMatching(
      /the gate refuses it: 7\.0 points behind its teacher .*not surely within the margin of 5\.0 points\.$/,
    ),
  })
  // Level, and of so few items that it may be far below.
  const few = gateOf({ linear: null, teacher: of(18, 1, 1, 0), quantising: same, ...margins })
  expect(few.conditions.find(({ name }) => name === 'teacher')!.passed).toBe(false)
  const wrong = gateOf({ linear: null, teacher: of(0, 0, 0, 100), quantising: same, margin: 0.05, right: 0 })
  expect(wrong.passed).toBe(false)
  const unknown = gateOf({ linear: null, teacher: null, quantising: same, ...margins })
  expect(unknown.passed).toBe(false)
  const spoiled = gateOf({ linear: null, teacher: same, quantising: of(850, 0, 60, 90), ...margins })
  expect(spoiled.conditions.map(({ passed }) => passed)).toEqual([true, false])
  const behind = gateOf({ linear: of(860, 10, 40, 90), teacher: same, quantising: same, ...margins })
  expect(behind.conditions[0]).toMatchObject({ name: 'linear', passed: false })
})

test('without a linear head there is none to beat', () => {
  expect(verdict(null, same).code).toBe('no-linear')
  expect(verdict(null, of(700, 0, 200, 100)).code).toBe('not-yet')
})

test('what ships: the student that is worth it, else a linear head that is near the teacher, else nothing', () => {
  const near = linearGateOf(of(880, 20, 30, 70), 0.05)
  const far = linearGateOf(of(800, 20, 90, 90), 0.05)
  expect([near!.passed, far!.passed, linearGateOf(null, 0.05)]).toEqual([true, false, null])
  expect(shippedOf('student', near)).toBe('student')
  expect(shippedOf('no-linear', null)).toBe('student')
  expect([near, far, null].map((gate) => shippedOf('no-llm', gate))).toEqual(['linear', null, null])
  expect(shippedOf('not-yet', near)).toBeNull()
})
