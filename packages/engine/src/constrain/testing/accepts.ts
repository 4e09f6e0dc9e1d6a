/** Questions to a constraint, for tests: over single bytes, so that every text has tokens. */
import { type ConstraintSource, compileConstraint } from '../compile.ts'
import type { Constraint, ConstraintState } from '../constraint.ts'
import { hasBit } from '../mask/mask.ts'
import { singleBytes, vocabularyOfBytes } from './vocabularies.ts'

const byteVocabulary = vocabularyOfBytes(singleBytes)

export const overBytes = (source: ConstraintSource): Constraint => compileConstraint(source, byteVocabulary)

export function accepts(constraint: Constraint, text: string): boolean {
  return constraint.start().read(text)?.isComplete ?? false
}

/** All texts a constraint accepts, in the order of their bytes; throws when there are more than `most`. */
export function allTexts(constraint: Constraint, most = 2000): string[] {
  const found: Uint8Array[] = []
  const visit = (state: ConstraintState, bytes: readonly number[]): void => {
    if (state.isComplete) found.push(Uint8Array.from(bytes))
    if (found.length > most) throw new Error(`more than ${most} texts`)
    const mask = state.mask()
    for (let id = 2; id < byteVocabulary.size; id++)
      if (hasBit(mask, id)) visit(state.accept(id), [...bytes, id - 2])
  }
  visit(constraint.start(), [])
  return found.map((bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes))
}

/** Whether an object in a JSON text has a name twice, which JSON.parse does not tell. */
export function hasNameTwice(json: string): boolean {
  const open: (Set<string> | undefined)[] = []
  let text = ''
  for (const [part] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (part === '{') open.push(new Set())
    else if (part === '[') open.push(undefined)
    else if (part === '}' || part === ']') open.pop()
    else if (part === ':') {
      const names = open.at(-1)!
      if (names.has(JSON.parse(text))) return true
      names.add(JSON.parse(text))
    } else text = part
  }
  return false
}
