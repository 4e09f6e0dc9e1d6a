/**
 * As much of vitest as the engine's kernel suites use, for hosts it does not run on: Node 20 and a page. The suites are
 * bundled with this in vitest's place; `describe` runs at once, tests run when `runSuite` is called.
 * A matcher that is missing here throws, and the test that uses it fails.
 */

export interface SuiteReport {
  readonly passed: number
  /** "name: reason". */
  readonly skipped: readonly string[]
  /** "name: message". */
  readonly failed: readonly string[]
}

export interface TestContext {
  skip(reason?: string): never
}

type Body = (context: TestContext) => unknown
type Step = { readonly name: string; readonly body: Body } | { readonly after: () => unknown }

class Skip extends Error {}
class Failed extends Error {}

const steps: Step[] = []
let path: string[] = []
/** What is to be done after the tests of the present `describe`. */
let endings: Step[] = []

/** Runs what was declared, in order. */
export async function runSuite(): Promise<SuiteReport> {
  const report = { passed: 0, skipped: [] as string[], failed: [] as string[] }
  const context: TestContext = {
    skip(reason) {
      throw new Skip(reason)
    },
  }
  for (const step of steps) {
    if ('after' in step) {
      await step.after()
      continue
    }
    try {
      await step.body(context)
      report.passed++
    } catch (error) {
      const { message } = error as Error
      ;(error instanceof Skip ? report.skipped : report.failed).push(`${step.name}: ${message}`)
    }
  }
  return report
}

function named(template: string, values: unknown): string {
  const list = [values].flat()
  return template.replace(/%s/g, () => String(list.shift()))
}

interface Declare<Callback extends (...args: never[]) => unknown> {
  (name: string, ...rest: unknown[]): void
  each<Row>(rows: readonly Row[]): (name: string, ...rest: unknown[]) => void
  runIf(condition: boolean): Declare<Callback>
  skipIf(condition: boolean): Declare<Callback>
}

function declared<Callback extends (...args: never[]) => unknown>(
  add: (name: string, call: (...args: unknown[]) => unknown) => void,
): Declare<Callback> {
  const body = (rest: unknown[]): ((...args: unknown[]) => unknown) =>
    rest.find((one) => typeof one === 'function') as (...args: unknown[]) => unknown
  const declare = (name: string, ...rest: unknown[]): void => add(name, body(rest))
  const none = (name: string): void =>
    add(name, () => {
      throw new Skip('not on this host')
    })
  const withEach = (to: (name: string, ...rest: unknown[]) => void): Declare<Callback> =>
    Object.assign(to, {
      each:
        <Row>(rows: readonly Row[]) =>
        (name: string, ...rest: unknown[]) => {
          for (const row of rows) to(named(name, row), () => body(rest)(...[row].flat()))
        },
      runIf: (condition: boolean) => withEach(condition ? declare : none),
      skipIf: (condition: boolean) => withEach(condition ? none : declare),
    })
  return withEach(declare)
}

export const test = declared<Body>((name, call) => {
  steps.push({ name: [...path, name].join(' > '), body: (context) => call(context) })
})

export const describe = declared<() => void>((name, call) => {
  const outside = { path, endings }
  path = [...path, name]
  endings = []
  try {
    call()
  } catch (error) {
    if (!(error instanceof Skip)) throw error
  } finally {
    steps.push(...endings)
    path = outside.path
    endings = outside.endings
  }
})

export function afterAll(after: () => unknown): void {
  endings.push({ after })
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (a instanceof Set && b instanceof Set) return same([...a], [...b])
  const [one, other] = [Object.entries(a), Object.entries(b)]
  return (
    one.length === other.length &&
    one.every(([key, value], i) => key === other[i]![0] && same(value, other[i]![1]))
  )
}

function shown(value: unknown): string {
  const text = typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value))
  return text.length > 200 ? `${text.slice(0, 200)} …` : text
}

type Matchers = Record<
  | 'toBe'
  | 'toEqual'
  | 'toContain'
  | 'toThrow'
  | 'toBeLessThan'
  | 'toBeGreaterThan'
  | 'toBeLessThanOrEqual'
  | 'toBeGreaterThanOrEqual'
  | 'toHaveLength',
  (expected?: unknown) => void
>

function matchers(actual: unknown, what: unknown, not: boolean): Matchers {
  const check =
    (verb: string, holds: (expected: never) => boolean) =>
    (expected?: unknown): void => {
      if (holds(expected as never) !== not) return
      const message = `expected ${shown(actual)} ${not ? 'not ' : ''}${verb} ${shown(expected)}`
      throw new Failed(what === undefined ? message : `${String(what)}: ${message}`)
    }
  return {
    toBe: check('to be', (expected: unknown) => Object.is(actual, expected)),
    toEqual: check('to equal', (expected: unknown) => same(actual, expected)),
    toContain: check('to contain', (expected: unknown) =>
      [...(actual as Iterable<unknown>)].includes(expected),
    ),
    toThrow: check('to throw', (expected: unknown) => throws(actual as () => unknown, expected)),
    toBeLessThan: check('to be less than', (expected: number) => (actual as number) < expected),
    toBeGreaterThan: check('to be greater than', (expected: number) => (actual as number) > expected),
    toBeLessThanOrEqual: check('to be at most', (expected: number) => (actual as number) <= expected),
    toBeGreaterThanOrEqual: check('to be at least', (expected: number) => (actual as number) >= expected),
    toHaveLength: check('to have the length', (expected: number) => (actual as []).length === expected),
  }
}

function throws(call: () => unknown, expected: unknown): boolean {
  try {
    call()
  } catch (error) {
    if (expected === undefined) return true
    const { message } = error as Error
    if (typeof expected === 'function') return error instanceof expected
    return expected instanceof RegExp ? expected.test(message) : message.includes(String(expected))
  }
  return false
}

export const expect: ((actual: unknown, what?: unknown) => Matchers & { readonly not: Matchers }) & {
  fail(message?: string): never
} = Object.assign(
  (actual: unknown, what?: unknown) => ({
    ...matchers(actual, what, false),
    not: matchers(actual, what, true),
  }),
  {
    fail(message?: string): never {
      throw new Failed(message)
    },
  },
)
