/**
 * The template engine (@huggingface/jinja), loaded when the first template is compiled: who never chats never loads it.
 * What is used of it is described here: its declarations leave out file extensions, which TypeScript's own resolution
 * of modules does not follow, and its node and value classes are not exported.
 */

export interface Jinja {
  readonly tokenize: (
    source: string,
    options: { readonly lstrip_blocks: boolean; readonly trim_blocks: boolean },
  ) => unknown
  readonly parse: (tokens: unknown) => Node
  readonly Environment: new () => Scope
  readonly Interpreter: new (scope: Scope) => Interpreter
}

export interface Scope {
  /** Declares a variable, made of plain JSON values and functions. */
  set(name: string, value: unknown): Value
}

export interface Interpreter {
  run(program: Node): Value
  /** Every node of a template is evaluated through this method. */
  evaluate(node: Node | undefined, scope: Scope): Value
}

/** A node of a parsed template; its fields are nodes, lists of nodes, maps of nodes, or plain values. */
export interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

/** A value of a running template: `type` names its class, `value` is what it holds (lists and maps of values). */
export interface Value {
  readonly type: string
  readonly value: unknown
}

let loading: Promise<Jinja> | undefined

/** The module. A failure to load it (a host without the package) is thrown as it is, and tried again next time. */
export async function loadJinja(): Promise<Jinja> {
  loading ??= import('@huggingface/jinja') as Promise<unknown> as Promise<Jinja>
  try {
    return await loading
  } catch (error) {
    loading = undefined
    throw error
  }
}
