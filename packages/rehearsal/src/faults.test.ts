/** Every fault, streamed and whole, against the raw bytes a client gets. */
import { expect, test } from 'vitest'
import { type Fault, namedFaults } from './script/faults.ts'
import { ask, framesOf, post, rehearsing, textOfFrames, until } from './testing/ask.ts'

const text = 'one two three four five six'

const faulty = (fault: Fault, options: object = {}): ReturnType<typeof rehearsing> =>
  rehearsing([{ answer: text, fault, ...options }])

/** What arrived of a body before it broke, and whether it broke. */
async function read(response: Response): Promise<{ text: string; broke: boolean }> {
  const decoder = new TextDecoder()
  let got = ''
  try {
    for await (const bytes of response.body!) got += decoder.decode(bytes, { stream: true })
    return { text: got, broke: false }
  } catch {
    return { text: got, broke: true }
  }
}

const frames = (body: string): string[] =>
  body.split('\n\n').flatMap((frame) => (frame.startsWith('data: ') ? [frame.slice(6)] : []))

test.each([
  ['401', 'invalid_api_key'],
  ['429', 'rate_limit_exceeded'],
  ['500', 'server_error'],
  ['503', 'overloaded'],
] as const)('%s comes with its error body, also to an embeddings call', async (name, code) => {
  await using rehearsal = await rehearsing([], { fault: namedFaults[name] })
  const embeddings = { method: 'POST', body: JSON.stringify({ model: 'm', input: 'x' }) }
  for (const response of [
    await post(rehearsal),
    await fetch(`${rehearsal.baseURL}/embeddings`, embeddings),
  ]) {
    expect(response.status).toBe(Number(name))
    expect(response.headers.get('x-edgewise-rehearsal')).toBe('1')
    expect(response.headers.get('retry-after')).toBe(name === '429' ? '1' : null)
    expect(await response.json()).toMatchObject({ error: { code } })
  }
  expect(rehearsal.counts).toMatchObject({ answered: 0, faulted: 2 })
})

test('a redirect leads nowhere', async () => {
  await using rehearsal = await faulty({ kind: 'status', status: 307 })
  await expect(post(rehearsal)).rejects.toThrow()
})

test('HTML and JSON of another protocol come with 200', async () => {
  await using html = await faulty({ kind: 'html' })
  expect((await post(html)).headers.get('content-type')).toBe('text/html')
  await using other = await faulty({ kind: 'wrong-json' })
  expect(await (await post(other, { stream: true })).json()).toEqual({ answer: expect.any(String) })
})

test('a reset before the headers leaves no response', async () => {
  await using rehearsal = await faulty({ kind: 'reset-before-headers' })
  await expect(post(rehearsal)).rejects.toThrow()
  await until(() => rehearsal.counts.faulted === 1)
})

test('slow headers come late, then the answer is whole', async () => {
  await using rehearsal = await faulty({ kind: 'slow-headers', ms: 1 })
  expect(textOfFrames(await framesOf(await post(rehearsal, { stream: true })))).toBe(text)
  await using slow = await faulty({ kind: 'slow-headers', ms: 60_000 })
  const stop = new AbortController()
  const waiting = post(slow, { stream: true }, stop.signal)
  await until(() => slow.requests.length === 1)
  stop.abort()
  await expect(waiting).rejects.toThrow()
  await until(() => slow.counts.abandoned === 1)
})

test.each([
  [{ kind: 'cut', afterTokens: 2 }, false],
  [{ kind: 'reset', afterTokens: 2 }, true],
] as const)('%o ends the stream after its tokens, without a finish', async (fault, broke) => {
  await using rehearsal = await faulty(fault)
  const body = await read(await post(rehearsal, { stream: true }))
  expect(textOfFrames(frames(body.text))).toBe('one two')
  expect(body.broke).toBe(broke)
  expect(body.text).not.toContain('[DONE]')
  expect(body.text).not.toContain('"finish_reason":"stop"')
  const whole = await read(await post(rehearsal))
  expect(whole.broke).toBe(broke)
  expect(() => JSON.parse(whole.text)).toThrow()
})

test.each([true, false])('a stall (stream: %s) goes on until the client leaves', async (stream) => {
  await using rehearsal = await faulty({ kind: 'stall', afterTokens: 2 })
  const stop = new AbortController()
  const response = await post(rehearsal, { stream }, stop.signal)
  const reader = response.body!.getReader()
  const first = await reader.read()
  expect(first.done).toBe(false)
  expect(rehearsal.counts.abandoned).toBe(0)
  stop.abort()
  await until(() => rehearsal.counts.abandoned === 1)
})

test('a malformed frame stands once among good ones; a whole answer is no JSON', async () => {
  await using rehearsal = await faulty({ kind: 'malformed', afterTokens: 2 })
  const got = await framesOf(await post(rehearsal, { stream: true }))
  const bad = got.slice(0, -1).filter((frame) => {
    try {
      JSON.parse(frame)
      return false
    } catch {
      return true
    }
  })
  expect(bad).toEqual(['{"choices":[{"delta":'])
  expect(got.indexOf(bad[0]!)).toBe(3)
  const whole = await (await post(rehearsal)).text()
  expect(() => JSON.parse(whole)).toThrow()
})

test('an error frame is the last thing that comes', async () => {
  await using rehearsal = await faulty({ kind: 'error-frame', afterTokens: 2, code: 'overloaded' })
  const got = await framesOf(await post(rehearsal, { stream: true }))
  expect(JSON.parse(got.at(-1)!)).toMatchObject({ error: { code: 'overloaded' } })
  expect(textOfFrames(got.slice(0, -1))).toBe('one two')
  expect(await (await post(rehearsal)).json()).toMatchObject({ error: { code: 'overloaded' } })
})

test('a fault that waits for more tokens than there are comes at the end', async () => {
  await using rehearsal = await faulty({ kind: 'cut', afterTokens: 1000 })
  const { text: body } = await read(await post(rehearsal, { stream: true }))
  expect(textOfFrames(frames(body))).toBe(text)
  expect(body).not.toContain('[DONE]')
})

test('a huge answer has its megabytes, whole and streamed', async () => {
  await using rehearsal = await faulty({ kind: 'huge', megabytes: 3 })
  const { choices } = await ask(rehearsal)
  expect(choices[0]!.message.content).toHaveLength(3_000_000)
  const got = await framesOf(await post(rehearsal, { stream: true }))
  expect(textOfFrames(got)).toHaveLength(3_000_000)
  expect(got.at(-1)).toBe('[DONE]')
})

test.each([true, false])('an endless answer (stream: %s) stops when the client does', async (stream) => {
  await using rehearsal = await faulty({ kind: 'endless' })
  const response = await post(rehearsal, { stream })
  let bytes = 0
  for await (const chunk of response.body!) {
    bytes += chunk.length
    if (bytes > 100_000) break
  }
  expect(bytes).toBeGreaterThan(100_000)
  await until(() => rehearsal.counts.abandoned === 1)
})
