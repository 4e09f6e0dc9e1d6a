/** Who is timed: an engine with one model open, in a process or a browser of its own. */
import type { Remote } from './remote.ts'

export interface Subject extends AsyncDisposable {
  readonly name: SubjectName
  /** The process whose descendants, it included, do the work. */
  readonly pid: number
  /** A browser's requests name files by `addressOf`, the others' by a path. */
  readonly remote: Remote
}

/** As tables name them. */
export const titles = {
  node: 'Edgewise, Node',
  chromium: 'Edgewise, Chromium',
  llama: 'llama.cpp',
  avx2: 'llama.cpp, AVX2',
  binding: 'node-llama-cpp',
  wllama: 'wllama, Chromium',
} as const

export type SubjectName = keyof typeof titles

export const subjectNames = Object.keys(titles) as SubjectName[]
