/** Whether the teacher's terms allow to train on its answers: said in an option, or asked of who sits at the terminal. Nobody is told what to say. */
import { isCancel, select, text } from '@clack/prompts'
import { type TeacherTerms, UNKNOWN_TERMS } from '@edgewise/student'
import { EvaluateError } from './evaluate-systems.ts'

export interface TermsOptions {
  readonly teacherTerms?: 'allowed' | 'forbidden'
  readonly termsNote?: string
  readonly yes?: true
  readonly json?: true
}

/** `known`: what was said before; asked again only while nobody has said anything. Throws EvaluateError for a note to nothing. */
export async function termsOf(
  { teacherTerms, termsNote, yes, json }: TermsOptions,
  teacher: string,
  known: TeacherTerms = UNKNOWN_TERMS,
): Promise<TeacherTerms> {
  const at = new Date().toISOString()
  if (teacherTerms !== undefined) return { allowed: teacherTerms, note: termsNote ?? '', at }
  if (termsNote !== undefined)
    throw new EvaluateError('evaluate_option', 'a note says where something stands: say --teacher-terms, too')
  if (known.allowed !== 'unknown' || yes || json || !process.stdin.isTTY || !process.stderr.isTTY)
    return known
  const output = process.stderr
  const allowed = await select({
    message: `Do the terms of ${teacher} allow training a model on its answers?`,
    options: [
      { value: 'unknown', label: 'I do not know', hint: 'nothing is trained until somebody does' },
      { value: 'allowed', label: 'Yes' },
      { value: 'forbidden', label: 'No' },
    ] as const,
    output,
  })
  if (isCancel(allowed) || allowed === 'unknown') return known
  const note = await text({
    message: 'Where does it say so?',
    placeholder: 'its licence, a paragraph, a contract',
    output,
  })
  return { allowed, note: isCancel(note) ? '' : (note ?? ''), at }
}
