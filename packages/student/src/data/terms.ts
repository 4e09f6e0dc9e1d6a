/**
 * Whether a teacher's terms allow to train on its answers. Most vendors' do not for models that compete with theirs, and nobody can look that
 * up for the user: who distils says so, and what was said goes into every file that comes of it.
 */
import { z } from 'zod'
import { StudentError } from '../errors.ts'

export interface TeacherTerms {
  readonly allowed: 'allowed' | 'forbidden' | 'unknown'
  /** Where it says so, or why: a licence, a paragraph, a contract. */
  readonly note: string
  /** ISO 8601, when it was said; null while nobody has. */
  readonly at: string | null
}

export const termsSchema: z.ZodType<TeacherTerms> = z.strictObject({
  allowed: z.enum(['allowed', 'forbidden', 'unknown']),
  note: z.string(),
  at: z.string().nullable(),
})

export const UNKNOWN_TERMS: TeacherTerms = { allowed: 'unknown', note: '', at: null }

/** Throws StudentError `teacher_terms_unknown` unless they allow it. */
export function mustAllowTraining(teacher: string, { allowed, note }: TeacherTerms): void {
  if (allowed === 'allowed') return
  const said = note === '' ? '' : ` (${note})`
  throw new StudentError(
    'teacher_terms_unknown',
    allowed === 'forbidden'
      ? `the terms of ${teacher} forbid training on its answers${said}: take another teacher, one with an open licence for instance`
      : `nobody has said whether the terms of ${teacher} allow training on its answers: read them, then say --teacher-terms allowed and where it stands with --terms-note`,
  )
}
