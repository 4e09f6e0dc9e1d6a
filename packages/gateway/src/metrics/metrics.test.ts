import { expect, test } from 'vitest'
import { failingModel, gatedModel, hello, receipt, sayingModel, textParts } from '../testing/models.ts'
import { bodyOf, gatewayOf, post, until } from '../testing/server.ts'
import { Metrics } from './metrics.ts'

type App = ReturnType<typeof gatewayOf>

/** Of what comes at once, but on a busy machine. */
const PATIENT = { timeout: 4000 }

/** The value of each series, by its name and labels. */
async function seriesOf(app: App): Promise<Map<string, number>> {
  const response = await app.request('/metrics')
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

test('calls are counted by task, place and outcome, with what their receipts say', async () => {
  const app = gatewayOf(hello())
  await post(app, bodyOf())
  await (await post(app, bodyOf({ stream: true }))).text()
  const series = await seriesOf(app)
  expect(Object.fromEntries(series)).toMatchObject({
    edgewise_calls_in_flight: 0,
    'edgewise_calls_total{task="summary",place="device",outcome="ok"}': 2,
    'edgewise_tokens_total{place="device",kind="input"}': 14,
    'edgewise_tokens_total{place="device",kind="cached"}': 8,
    'edgewise_tokens_total{place="device",kind="output"}': 6,
    edgewise_avoided_usd: 0.00024,
    edgewise_sent_bytes_total: 0,
    'edgewise_call_duration_seconds_count{place="device"}': 2,
    'edgewise_call_duration_seconds_bucket{place="device",le="0.01"}': 0,
    'edgewise_call_duration_seconds_bucket{place="device",le="0.025"}': 2,
    'edgewise_call_duration_seconds_bucket{place="device",le="+Inf"}': 2,
    'edgewise_first_token_seconds_sum{place="device"}': 0.002,
  })
})

test('a call that failed is counted with what its receipt says, and the error by its code', async () => {
  const failed = { ...receipt, id: 'rcpt_7', place: null, costUsd: 0.5, error: 'no_answer' }
  const ledger = { get: () => failed, recent: () => [], judge: () => {} }
  const error = Object.assign(new Error('x'), { code: 'no_answer', receiptId: 'rcpt_7' })
  const app = gatewayOf(failingModel(error), { ledger })
  await post(app, bodyOf())
  await post(app, '{')
  const series = await seriesOf(app)
  expect(Object.fromEntries(series)).toMatchObject({
    'edgewise_calls_total{task="summary",place="none",outcome="error"}': 1,
    'edgewise_errors_total{code="no_answer"}': 1,
    'edgewise_errors_total{code="invalid_request"}': 1,
    edgewise_cost_usd_total: 0.5,
  })
})

test('a stream that breaks is an error, one that is left is aborted, one nobody recorded is told', async () => {
  const broken = Object.assign(new Error('x'), { code: 'cloud_broken' })
  const parts = [...textParts(['Hel']).slice(0, 4), { type: 'error' as const, error: broken }]
  const ledger = { get: () => undefined, recent: () => [], judge: () => {} }
  const app = gatewayOf(sayingModel(parts), { ledger })
  await (await post(app, bodyOf({ stream: true }))).text()
  const call = 'edgewise_calls_total{task="summary",place="device",outcome='
  await expect.poll(async () => (await seriesOf(app)).get(`${call}"error"}`), PATIENT).toBe(1)

  const left = gatewayOf(hello(), { ledger })
  await (await post(left, bodyOf({ stream: true }))).body!.cancel()
  await expect.poll(async () => (await seriesOf(left)).get(`${call}"aborted"}`), PATIENT).toBe(1)

  const metadata = { edgewise: { ...JSON.parse(JSON.stringify(receipt)), recorded: false } }
  const unrecorded = gatewayOf(sayingModel(textParts(['x'], { providerMetadata: metadata })))
  await post(unrecorded, bodyOf())
  expect((await seriesOf(unrecorded)).get('edgewise_receipts_unrecorded_total')).toBe(1)
})

test('what runs is counted while it runs, and beyond the limit further calls are refused', async () => {
  const model = gatedModel()
  const app = gatewayOf(model, { maxConcurrent: 2 })
  const stream = await post(app, bodyOf({ stream: true }))
  const plain = post(app, bodyOf())
  await until(() => model.calls.length === 2)
  expect((await seriesOf(app)).get('edgewise_calls_in_flight')).toBe(2)
  const refused = await post(app, bodyOf())
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await refused.json()).toMatchObject({ error: { code: 'overloaded' } })
  expect((await post(app, '{')).status).toBe(503)
  model.open()
  await Promise.all([stream.text(), plain])
  expect((await seriesOf(app)).get('edgewise_calls_in_flight')).toBe(0)
  expect((await post(app, bodyOf())).status).toBe(200)
  // A place that is not given back would be missed by now.
  for (let index = 0; index < 5; index++) expect((await post(app, '{')).status).toBe(400)
})

test('certificates are 1 while they are in force, and stand under /healthz', async () => {
  const certificates = [
    { id: 'cert-1', task: 'fix', inForce: true },
    { id: 'cert-2', task: 'intent', inForce: false },
  ]
  const app = gatewayOf(hello(), { certificates: () => certificates })
  expect(Object.fromEntries(await seriesOf(app))).toMatchObject({
    'edgewise_certificate_in_force{certificate="cert-1",task="fix"}': 1,
    'edgewise_certificate_in_force{certificate="cert-2",task="intent"}': 0,
  })
  expect(await (await app.request('/healthz')).json()).toMatchObject({ status: 'ok', certificates })
  const none = gatewayOf(hello())
  expect(await (await none.request('/metrics')).text()).not.toContain('certificate')
  expect(await (await none.request('/healthz')).json()).not.toHaveProperty('certificates')
})

test('labels are escaped, and no text of a caller is one', async () => {
  const metrics = new Metrics(() => 0)
  metrics.called({ task: 'a"b\\c\nd', place: 'device' }, 'ok')
  expect(metrics.render()).toContain(
    'edgewise_calls_total{task="a\\"b\\\\c\\nd",place="device",outcome="ok"} 1\n',
  )
  const app = gatewayOf(hello())
  await post(app, bodyOf({ user: 'secret-user', messages: [{ role: 'user', content: 'secret' }] }), {
    'x-edgewise-task': 'secret-task',
  })
  expect(await (await app.request('/metrics')).text()).not.toContain('secret')
})
