/**
 * A text of JSON or YAML as a value, and where in the text its parts stand. YAML 1.2 with its core schema, of which JSON is
 * a part; a file that calls itself JSON must be it. Refused is what a reader could misread: a name twice, anchors and
 * aliases, tags, several documents, names that are no text, `__proto__`. Messages never quote the text.
 */
import { type ErrorCode, isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml'
import { jsonFault } from './json-fault.ts'
import { MAX_DEPTH, MAX_INDENT, tooDeep } from './nesting.ts'

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

/** Reads `text`; a byte order mark in front is skipped and not counted. Throws SourceError. */
export function readSource(text: string, isJson: boolean): Source {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  const refuse: Refuse = (message, offset) => {
    throw new SourceError(message, positionOf(plain, offset))
  }
  if (isJson) {
    const fault = jsonFault(plain)
    if (fault !== null) refuse(`this is not JSON: ${fault.message}`, fault.offset)
  }
  const deep = tooDeep(plain)
  if (deep !== null) refuse(explain.RESOURCE_EXHAUSTION, deep)

  const { contents, errors, warnings } = parseDocument(plain, {
    version: '1.2',
    schema: 'core',
    resolveKnownTags: false,
    // The parser compares every name with every other; members() does not.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  })
  const error = errors[0] ?? warnings[0]
  if (error !== undefined) refuse(explain[error.code], error.pos[0])

  const starts = new Map<string, number>()
  return {
    value: readValue(contents, starts, refuse),
    at(path) {
      for (let length = path.length; length > 0; length--) {
        const start = starts.get(pathKey(path.slice(0, length)))
        if (start !== undefined) return positionOf(plain, start)
      }
      return positionOf(plain, contents?.range?.[0] ?? 0)
    },
  }
}

type Refuse = (message: string, offset: number) => never

const pathKey = (path: readonly PropertyKey[]): string => JSON.stringify(path.map(String))

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/)
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

/** The value of the document; `starts` gets the offset of every part (of a member: of its name). */
function readValue(contents: Node | null, starts: Map<string, number>, refuse: Refuse): unknown {
  const note = (path: readonly string[], start: number): number => {
    starts.set(pathKey(path), start)
    return start
  }

  function value(node: unknown, path: readonly string[], start: number): unknown {
    const at = offsetOf(node) ?? start
    if (isAlias(node)) return refuse(explain.BAD_ALIAS, at)
    if (isScalar(node) || isSeq(node) || isMap(node)) {
      if (node.tag !== undefined) refuse(explain.TAG_RESOLVE_FAILED, at)
      if (node.anchor !== undefined) refuse(explain.BAD_ALIAS, at)
    }
    if (isScalar(node)) return node.value
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        const inner = [...path, String(index)]
        return value(item, inner, note(inner, offsetOf(item) ?? at))
      })
    }
    return isMap(node) ? members(node.items, path, at) : null
  }

  function members(
    items: readonly { key: unknown; value: unknown }[],
    path: readonly string[],
    start: number,
  ): unknown {
    const found = new Map<string, unknown>()
    for (const item of items) {
      const at = offsetOf(item.key) ?? start
      const name = value(item.key, path, at)
      if (typeof name !== 'string') return refuse(explain.NON_STRING_KEY, at)
      // Validators skip this name, so that what stands under it would be ignored without a word.
      if (name === '__proto__') refuse('"__proto__" cannot be a name: choose another', at)
      if (name === '<<') refuse('YAML 1.2 has no merge key <<: write the settings out', at)
      if (found.has(name)) refuse(explain.DUPLICATE_KEY, at)
      const inner = [...path, name]
      note(inner, at)
      found.set(name, value(item.value, inner, at))
    }
    return Object.fromEntries(found)
  }

  return value(contents, [], offsetOf(contents) ?? 0)
}

/** Where a node begins; null for one that the text leaves out. */
const offsetOf = (node: unknown): number | null =>
  (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? null

/** What to do about each error of the parser: its own messages may quote the text. */
const explain: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias takes no anchor and no tag: write the settings out',
  BAD_ALIAS: 'anchors (&) and aliases (*) are not read here: write the settings out, or quote the text',
  BAD_COLLECTION_TYPE: 'this tag does not fit what follows: take it out',
  BAD_DIRECTIVE: 'this directive is not of YAML 1.2: take it out',
  BAD_DQ_ESCAPE: 'this \\ begins nothing that YAML knows: write \\\\ for a backslash, or use single quotes',
  BAD_INDENT:
    'this stands too far left or right, or a bracket before it is not closed: indent it like its neighbours',
  BAD_PROP_ORDER: 'an anchor or a tag stands in the wrong place: take it out',
  BAD_SCALAR_START: 'text cannot begin with this character: put it in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a second ": " stands in this text: put it in quotes, or indent the next line like this one',
  BLOCK_IN_FLOW: 'between brackets names and values need commas: add the one that is missing',
  DUPLICATE_KEY: 'this name stands twice here: keep one',
  IMPOSSIBLE: 'this cannot be read as YAML: write it in a plainer way',
  KEY_OVER_1024_CHARS: 'this name has more than 1024 characters: a quote may be missing',
  MISSING_CHAR: 'a closing quote or bracket, a comma or a ":" is missing here: add it',
  MULTILINE_IMPLICIT_KEY: 'a name must end on its line: a comma or a ":" may be missing before it',
  MULTIPLE_ANCHORS: 'anchors (&) are not read here: take them out',
  MULTIPLE_DOCS: 'a second document begins here: a file is one document',
  MULTIPLE_TAGS: 'tags (!) are not read here: take them out',
  NON_STRING_KEY: 'a name must be text: put it in quotes',
  RESOURCE_EXHAUSTION: `more than ${MAX_DEPTH} levels of nesting, or of ${MAX_INDENT} spaces before a line: flatten it`,
  TAB_AS_INDENT: 'a tab stands where spaces belong: indent with spaces',
  TAG_RESOLVE_FAILED: 'tags (!) are not read here: take it out, or quote the text',
  UNEXPECTED_TOKEN:
    'this does not go with what stands before it: a quote, a comma or an indent may be missing',
}
