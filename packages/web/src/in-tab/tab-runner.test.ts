import { expect, test } from 'vitest'
import type { CallRequest, Outcome } from '../call.ts'
import { problem } from '../problem.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { tabRunner } from './tab-runner.ts'

/** A worker whose side of the talk the test plays. */
class FakeWorker extends EventTarget {
  readonly heard: ToWorker[] = []
  terminated = false
  postMessage(message: ToWorker): void {
    this.heard.push(message)
  }
  terminate(): void {
    this.terminated = true
  }
  say(data: FromWorker): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }
}

function setUp(): { tab: ReturnType<typeof tabRunner>; workers: FakeWorker[] } {
  const workers: FakeWorker[] = []
  const tab = tabRunner(() => {
    workers.push(new FakeWorker())
    return workers.at(-1)!
  })
  return { tab, workers }
}

const request = (more: Partial<CallRequest> = {}): CallRequest => ({
  task: 'fix',
  text: 'x',
  onText: () => {},
  signal: new AbortController().signal,
  ...more,
})

const outcome: Outcome = { text: 'a b', data: 1, receipt: null, problem: null }
const model = { name: 'edgewise-mini', parameters: 2e6, kernels: 'SIMD128', loadMs: 90 }

test('a call starts the worker, which is started once', async () => {
  const { tab, workers } = setUp()
  const states: string[] = []
  tab.watch(() => states.push(tab.status().state))
  const pieces: string[] = []
  const answer = tab.run(request({ onText: (p) => pieces.push(p) }))
  tab.start()
  expect(workers).toHaveLength(1)
  const [worker] = workers
  worker!.say({ type: 'opened', model })
  worker!.say({ type: 'text', call: 0, piece: 'a ' })
  worker!.say({ type: 'text', call: 99, piece: 'of another call' })
  worker!.say({ type: 'done', call: 0, outcome })
  expect(await answer).toEqual(outcome)
  expect(pieces).toEqual(['a '])
  expect(states).toEqual(['loading', 'ready'])
  expect(tab.status()).toEqual({ state: 'ready', model })
})

test('stopping one call names that call alone', async () => {
  const { tab, workers } = setUp()
  const stopper = new AbortController()
  void tab.run(request())
  const second = tab.run(request({ signal: stopper.signal }))
  workers[0]!.say({ type: 'opened', model })
  stopper.abort()
  expect(workers[0]!.heard.slice(2)).toEqual([{ type: 'stop', call: 1 }])
  workers[0]!.say({ type: 'done', call: 1, outcome })
  expect(await second).toEqual(outcome)
})

test('a call stopped while the model is on its way ends at once', async () => {
  const { tab, workers } = setUp()
  const stopper = new AbortController()
  const answer = tab.run(request({ signal: stopper.signal }))
  stopper.abort()
  expect(await answer).toMatchObject({ receipt: null, problem: { code: 'aborted' } })
  workers[0]!.say({ type: 'opened', model })
  workers[0]!.say({ type: 'done', call: 0, outcome })
  expect(tab.status().state).toBe('ready')
})

test('a model that does not open ends the calls with its problem, and the next call begins anew', async () => {
  const { tab, workers } = setUp()
  const first = tab.run(request())
  workers[0]!.say({ type: 'text', call: 0, piece: 'half' })
  const what = problem('bad_gguf', 'the file is cut off')
  workers[0]!.say({ type: 'broken', problem: what })
  expect(await first).toEqual({ text: 'half', data: undefined, receipt: null, problem: what })
  expect(tab.status()).toEqual({ state: 'broken', problem: what })
  expect(workers[0]!.terminated).toBe(true)
  const second = tab.run(request())
  workers[1]!.say({ type: 'done', call: 1, outcome })
  expect(await second).toEqual(outcome)
})

test('a browser without workers is told what to do', async () => {
  const tab = tabRunner(() => {
    throw new TypeError('module workers are not supported')
  })
  const { problem: what } = await tab.run(request())
  expect(what?.code).toBe('no_worker')
  expect(what?.nextStep).toContain('gateway')
})

test('a worker whose script fails to load breaks', async () => {
  const { tab, workers } = setUp()
  const answer = tab.run(request())
  workers[0]!.dispatchEvent(new Event('error'))
  expect((await answer).problem?.code).toBe('worker_failed')
})
