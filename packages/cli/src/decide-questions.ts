/**
 * The five questions on a terminal, with defaults that are an answer, too. What comes back is a use case as its file has it; null where
 * whoever was asked left (Ctrl+C).
 */
import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { autocomplete, isCancel, log, select, text } from '@clack/prompts'
import { type Facts, presets, type UseCaseInput } from '@edgewise/advisor'

/** Where it is asked; the terminal by default. */
export interface AskedOn {
  readonly input?: Readable
  readonly output?: Writable
}

class Left extends Error {}

/** For a file that is not there yet; null where whoever was asked left. Who has answered all questions loses no answer over a name. */
export async function askNewFile(message: string, usual: string, on: AskedOn = {}): Promise<string | null> {
  const answer = await text({
    ...on,
    message,
    placeholder: usual,
    defaultValue: usual,
    validate: (typed = '') => {
      const path = typed.trim() || usual
      return existsSync(path) ? `${path} is there already: name another file.` : undefined
    },
  })
  return isCancel(answer) ? null : answer.trim() || usual
}

export async function askUseCase(facts: Facts, on: AskedOn = {}): Promise<UseCaseInput | null> {
  try {
    return await asked(facts, on)
  } catch (error) {
    if (error instanceof Left) return null
    throw error
  }
}

async function asked(facts: Facts, on: AskedOn): Promise<UseCaseInput> {
  const name = await line(on, 'What do you call it?', 'Smart reply', (value) =>
    value.length > 200 ? 'At most 200 characters.' : undefined,
  )

  step(on, '1. Does the task fit a small model?')
  const kind = await choice<UseCaseInput['fit']['kind']>(on, 'What is the answer?', [
    { value: 'classify', label: 'one of few labels', hint: 'triage, intent' },
    { value: 'extract', label: 'fields', hint: 'names, amounts, dates' },
    { value: 'rewrite', label: 'the same text, mended or shorter' },
    { value: 'generate', label: 'new text', hint: 'replies, completions' },
    { value: 'reason', label: 'several steps', hint: 'code review, contracts' },
    { value: 'search', label: 'which of many fits' },
  ])
  const keep = await choice(on, "How much of the cloud's quality must be kept?", [
    { value: 0.95, label: '95 %' },
    { value: 0.9, label: '90 %' },
    { value: 0.98, label: '98 %' },
    { value: 0.8, label: '80 %' },
  ])

  step(on, '2. How fast?')
  const targetMs = await number(on, 'Within how many milliseconds?', 300, 1, 3_600_000)
  const of = await choice<'first-token' | 'whole-answer'>(on, 'Until when?', [
    { value: 'first-token', label: 'until the first word' },
    { value: 'whole-answer', label: 'until the answer is whole' },
  ])

  step(on, '3. Privacy or regulation?')
  const privacy = await choice<UseCaseInput['privacy']>(on, 'What may leave the device?', [
    { value: 'anything', label: 'anything' },
    { value: 'redacted', label: 'redacted text', hint: 'placeholders for names and identifiers' },
    { value: 'structured-only', label: 'numbers of JSON, no text' },
    { value: 'nothing-leaves', label: 'nothing' },
  ])

  step(on, '4. Offline?')
  const offline = await choice<UseCaseInput['offline']>(on, 'Must it work without a network?', [
    { value: 'no', label: 'no' },
    { value: 'better', label: 'better if it does' },
    { value: 'must', label: 'it must' },
  ])

  step(on, '5. Volume and cost?')
  const users = await number(on, 'How many users?', 10_000, 1, 1e10)
  const callsPerMonth = await number(
    on,
    'How many calls a month, of all of them?',
    users * 30,
    0,
    Math.min(1e12, users * 1e6),
  )
  const promptTokens = await wholeNumber(on, 'Tokens of a prompt, on average?', 500)
  const outputTokens = await wholeNumber(on, 'Tokens of an answer, on average?', 50)
  const model = await priced(on, facts)
  const fleet = await choice(
    on,
    'Who uses it? (the file can list your own devices)',
    presets.map(({ id, name }) => ({ value: id, label: id, hint: name })),
  )
  return {
    name,
    fit: { kind, keep },
    latency: { targetMs, of },
    privacy,
    offline,
    volume: { callsPerMonth, users, promptTokens, outputTokens },
    cloud: { model },
    fleet,
  }
}

const step = (on: AskedOn, message: string): void => log.step(message, output(on))

const output = ({ output }: AskedOn): { output?: Writable } => (output === undefined ? {} : { output })

/** Throws Left where the answer is a cancellation. */
function given<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (isCancel(answer)) throw new Left()
  return answer as Exclude<Answer, symbol>
}

async function line(
  on: AskedOn,
  message: string,
  usual: string,
  wrong: (value: string) => string | undefined,
): Promise<string> {
  const answer = await text({
    ...on,
    message,
    placeholder: usual,
    defaultValue: usual,
    validate: (value = '') => wrong(value.trim()),
  })
  return given(answer).trim() || usual
}

/** Thousands may be apart: 1,000,000 or 1_000_000 or 1 000 000. */
const parsed = (value: string): number =>
  /^[\d\s,_]*\d(\.\d+)?(e\d+)?$/i.test(value) ? Number(value.replace(/[\s,_]/g, '')) : Number.NaN

async function number(
  on: AskedOn,
  message: string,
  usual: number,
  least: number,
  most: number,
): Promise<number> {
  const answer = await line(on, message, String(usual), (value) => {
    if (value === '') return undefined
    const found = parsed(value)
    if (Number.isNaN(found)) return 'A number, such as 300 or 1,000,000.'
    return found < least || found > most ? `From ${least} to ${most}.` : undefined
  })
  return parsed(answer)
}

async function wholeNumber(on: AskedOn, message: string, usual: number): Promise<number> {
  return Math.round(await number(on, message, usual, 1, 10_000_000))
}

interface Offered<Value> {
  readonly value: Value
  readonly label: string
  readonly hint?: string
}

async function choice<Value extends string | number>(
  on: AskedOn,
  message: string,
  options: readonly Offered<Value>[],
): Promise<Value> {
  const answer = await select<Value>({
    ...on,
    message,
    options: options as Parameters<typeof select<Value>>[0]['options'],
  })
  return given(answer)
}

/** Found by typing: there are more than a screen has lines. */
async function priced(on: AskedOn, { prices }: Facts): Promise<string> {
  const usual = prices.find(({ id }) => id === 'gpt-5-nano') ?? prices[0]
  const answer = await autocomplete<string>({
    ...on,
    message: 'Which cloud model is it compared with? (type to search)',
    options: prices.map(({ id, name, inputPerMTok, outputPerMTok }) => ({
      value: id,
      label: name,
      hint: `$${inputPerMTok} in, $${outputPerMTok} out a million tokens`,
    })),
    ...(usual && { initialValue: usual.id }),
    maxItems: 8,
  })
  return given(answer)
}
