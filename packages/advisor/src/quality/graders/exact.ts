/** Right is what says the same: texts in their normal form, JSON by its values where JSON is expected. */
import { canonical, jsonOf, normalised } from '../text-forms.ts'
import type { Grader } from './grader.ts'

export function exactMatch(): Grader {
  return {
    name: 'exact',
    how: 'an answer is right when it is the expected one, without regard to case, white space, quotation marks around it and closing punctuation; JSON is compared by its values',
    key: 'exact/1',
    instructions: null,
    cannotGrade: () => null,
    grade(answer, { expected }) {
      if (typeof expected === 'string') return { score: normalised(answer) === normalised(expected) ? 1 : 0 }
      const json = jsonOf(answer)
      if (json === null) return { score: 0, note: 'no JSON' }
      return { score: canonical(json.value) === canonical(expected) ? 1 : 0 }
    },
  }
}
