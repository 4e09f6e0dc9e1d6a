/**
 * A text of JSON or YAML as a value, and where in the text its parts stand. YAML 1.2 with its core schema, of which JSON is
 * a part; a file that calls itself JSON must be it. Refused is what a reader could misread or a parser choke on: a name
 * twice, tags, several documents, names that are no text, `__proto__`, and more values than a policy has. Messages never
 * quote the text.
 */
import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
} from 'yaml'
import { jsonFault } from './json-fault.ts'

export interface Position {
  /** Both from 1; the column counts UTF-16 units. */
  readonly line: number
  readonly column: number
}

export interface Source {
  readonly value: unknown
  /** Where the value at `path` stands (of a member: its name): the deepest part of the path that is in the text. */
  at(path: readonly PropertyKey[]): Position
}

/** The text cannot be read. `message` has no position: `position` does. */
export class SourceError extends Error {
  readonly position: Position
  constructor(message: string, position: Position) {
    super(message)
    this.name = 'SourceError'
    this.position = position
  }
}

const MAX_DEPTH = 64
/** Values after aliases are followed: nine lines of aliases of aliases can stand for billions. */
const MAX_VALUES = 100_000

/** Reads `text`; a byte order mark in front is skipped and not counted. Throws SourceError. */
export function readSource(text: string, isJson: boolean): Source {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  const lines = new LineCounter()
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const document = parseDocument(plain, {
    version: '1.2',
    schema: 'core',
    resolveKnownTags: false,
    prettyErrors: false,
    lineCounter: lines,
    logLevel: 'error',
  })
  if (isJson && !isJsonText(plain)) {
    const fault = jsonFault(plain)
    if (fault !== null) throw new SourceError(`this is not JSON: ${fault.message}`, positionOf(fault.offset))
  }
  const [error] = [...document.errors, ...document.warnings]
  if (error !== undefined) throw new SourceError(explain[error.code], positionOf(error.pos[0]))

  const starts = new Map<string, number>()
  const value = new Reader(document, starts, positionOf).value(document.contents, [], 0)
  return {
    value,
    at(path) {
      for (let length = path.length; length > 0; length--) {
        const start = starts.get(pathKey(path.slice(0, length)))
        if (start !== undefined) return positionOf(start)
      }
      return positionOf(document.contents?.range?.[0] ?? 0)
    },
  }
}

const pathKey = (path: readonly PropertyKey[]): string => JSON.stringify(path.map(String))

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Turns nodes into values and notes where each stands. */
class Reader {
  #values = 0
  readonly #document: Document.Parsed
  readonly #starts: Map<string, number>
  readonly #positionOf: (offset: number) => Position

  constructor(
    document: Document.Parsed,
    starts: Map<string, number>,
    positionOf: (offset: number) => Position,
  ) {
    this.#document = document
    this.#starts = starts
    this.#positionOf = positionOf
  }

  value(node: unknown, path: readonly string[], offset: number): unknown {
    if (path.length > MAX_DEPTH) this.#refuse(`more than ${MAX_DEPTH} levels of nesting: flatten it`, offset)
    if (++this.#values > MAX_VALUES) {
      this.#refuse(`more than ${MAX_VALUES} values: this is no policy, or an alias repeats too much`, offset)
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#document)
      if (target === undefined) this.#refuse('this alias names no anchor before it', offsetOf(node, offset))
      return this.value(target, path, offset)
    }
    if (isScalar(node)) {
      this.#refuseTag(node.tag, offsetOf(node, offset))
      return node.value
    }
    if (isSeq(node)) {
      this.#refuseTag(node.tag, offsetOf(node, offset))
      return node.items.map((item, index) => {
        const inner = [...path, String(index)]
        const start = offsetOf(item, offset)
        this.#starts.set(pathKey(inner), start)
        return this.value(item, inner, start)
      })
    }
    if (isMap(node)) {
      this.#refuseTag(node.tag, offsetOf(node, offset))
      const members: [string, unknown][] = []
      for (const { key, value } of node.items) {
        const start = offsetOf(key, offset)
        const name = isScalar(key) ? key.value : undefined
        if (typeof name !== 'string') this.#refuse('a name must be text: put it in quotes', start)
        // Validators skip this name, so that what stands under it would be ignored without a word.
        if (name === '__proto__') this.#refuse('"__proto__" cannot be a name: choose another', start)
        if (name === '<<') this.#refuse('YAML 1.2 has no merge key <<: write the settings out', start)
        const inner = [...path, name as string]
        this.#starts.set(pathKey(inner), start)
        members.push([name as string, this.value(value, inner, start)])
      }
      return Object.fromEntries(members)
    }
    return null
  }

  #refuseTag(tag: string | undefined, offset: number): void {
    if (tag !== undefined) this.#refuse(explain.TAG_RESOLVE_FAILED, offset)
  }

  #refuse(message: string, offset: number): never {
    throw new SourceError(message, this.#positionOf(offset))
  }
}

/** The offset of a node; of one without a place of its own, `otherwise`. */
const offsetOf = (node: unknown, otherwise: number): number =>
  (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? otherwise

/** What to do about each error of the parser: its own messages may quote the text. */
const explain: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias takes no anchor and no tag: take them out',
  BAD_ALIAS: 'this alias or anchor has no name that YAML knows: use letters and digits',
  BAD_COLLECTION_TYPE: 'this tag does not fit what follows: take it out',
  BAD_DIRECTIVE: 'this directive is not of YAML 1.2: take it out',
  BAD_DQ_ESCAPE: 'this \\ begins nothing that YAML knows: write \\\\ for a backslash, or use single quotes',
  BAD_INDENT: 'this stands too far left or right: indent it like its neighbours',
  BAD_PROP_ORDER: 'an anchor or tag stands before the value on the same line: move it',
  BAD_SCALAR_START: 'text cannot begin with this character: put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " stands on this line: put the text in quotes, or begin a new line',
  BLOCK_IN_FLOW: 'inside { } and [ ] there are no lines with "- " or "name:" without commas: add the comma',
  DUPLICATE_KEY: 'this name stands twice here: keep one',
  IMPOSSIBLE: 'this cannot be read as YAML: write it in a plainer way',
  KEY_OVER_1024_CHARS: 'this name is longer than 1024 characters: a ": " may be missing its quotes',
  MISSING_CHAR: 'a closing quote or bracket, a comma or a ":" is missing here: add it',
  MULTILINE_IMPLICIT_KEY: 'a name ends on its line: a comma or a ":" may be missing before it',
  MULTIPLE_ANCHORS: 'two anchors stand here: keep one',
  MULTIPLE_DOCS: 'a second document begins here: a policy is one document',
  MULTIPLE_TAGS: 'two tags stand here: take them out',
  NON_STRING_KEY: 'a name must be text: put it in quotes',
  RESOURCE_EXHAUSTION: `more than ${MAX_DEPTH} levels of nesting: flatten it`,
  TAB_AS_INDENT: 'a tab stands where spaces belong: indent with spaces',
  TAG_RESOLVE_FAILED: 'tags (!) are not read in a policy: take it out',
  UNEXPECTED_TOKEN: 'this does not go on what stands before it: a quote, a comma or an indent may be missing',
}
