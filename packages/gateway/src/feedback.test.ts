/** Feedback of users: what is written beside the receipt, and what is refused. */
import { type Ledger, memoryLedger } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { createKey } from './keys/api-key.ts'
import { hello, receipt } from './testing/models.ts'
import { errorOf } from './testing/responses.ts'
import { bodyOf, gatewayOf, post } from './testing/server.ts'

const path = '/v1/receipts/rcpt_1/feedback'

async function filled(): Promise<Ledger> {
  const ledger = memoryLedger()
  await ledger.put(receipt)
  await ledger.put({ ...receipt, id: 'rcpt_cloud', place: 'cloud' })
  await ledger.put({ ...receipt, id: 'rcpt_none', place: null, error: 'no_answer' })
  return ledger
}

test('a score or a word becomes a judgement of the place that answered, one after the other', async () => {
  const ledger = await filled()
  const app = gatewayOf(hello(), { ledger })
  const answers: unknown[] = []
  for (const body of [{ score: 0.25 }, { correct: true }, { correct: false }, { score: 0.75 }])
    answers.push(await (await post(app, body, {}, path)).json())
  const scores = [0.25, 1, 0, 0.75]
  expect(answers).toEqual(scores.map((score) => ({ id: 'rcpt_1', judged: 'device', score })))
  const judged = await ledger.judgements('rcpt_1')
  expect(judged.map(({ device }) => device)).toEqual(scores)
  expect(judged[0]).toEqual({
    receiptId: 'rcpt_1',
    at: expect.stringMatching(/^2.*Z$/),
    by: 'user',
    device: 0.25,
    cloud: null,
    shadow: null,
  })

  const inCloud = await post(app, { correct: true }, {}, '/v1/receipts/rcpt_cloud/feedback')
  expect(await inCloud.json()).toEqual({ id: 'rcpt_cloud', judged: 'cloud', score: 1 })
  expect(await ledger.judgements('rcpt_cloud')).toMatchObject([{ device: null, cloud: 1 }])
})

test('what is not understood is refused with its place in the body, and writes nothing', async () => {
  const ledger = await filled()
  const app = gatewayOf(hello(), { ledger, maxBodyBytes: 200 })
  const refused: readonly (readonly [unknown, string | null])[] = [
    [{}, 'score'],
    [{ score: 1.01 }, 'score'],
    [{ score: -0.01 }, 'score'],
    [{ score: '1' }, 'score'],
    [{ score: null }, 'score'],
    [{ correct: 'yes' }, 'correct'],
    [{ score: 1, correct: true }, 'correct'],
    [{ correct: true, comment: 'good' }, 'comment'],
    [[], null],
    ['not JSON', null],
  ]
  for (const [body, param] of refused)
    expect(await errorOf(await post(app, body, {}, path)), JSON.stringify(body)).toMatchObject({
      status: 400,
      code: 'invalid_request',
      param,
    })
  const codeOf = async (answer: Response | Promise<Response>): Promise<unknown[]> => {
    const { status, code } = await errorOf(await answer)
    return [status, code]
  }
  expect(await codeOf(post(app, { score: 1, x: 'x'.repeat(200) }, {}, path))).toEqual([413, 'body_too_large'])
  const text = { 'content-type': 'text/plain' }
  expect(await codeOf(post(app, { score: 1 }, text, path))).toEqual([415, 'unsupported_media_type'])
  expect(await codeOf(app.request(path))).toEqual([405, 'method_not_allowed'])
  const elsewhere = (id: string) => post(app, { score: 1 }, {}, `/v1/receipts/${id}/feedback`)
  expect(await codeOf(elsewhere('nobody'))).toEqual([404, 'receipt_not_found'])
  expect(await codeOf(elsewhere('rcpt_none'))).toEqual([409, 'nothing_to_judge'])
  for (const id of ['rcpt_1', 'rcpt_none']) expect(await ledger.judgements(id)).toEqual([])
})

test('it counts towards the rate of its key', async () => {
  const { secret, key } = createKey({ name: 'a', requestsPerMinute: 2 })
  const headers = { authorization: `Bearer ${secret}` }
  const app = gatewayOf(hello(), { keys: () => [key], ledger: await filled() })
  expect((await post(app, bodyOf(), headers)).status).toBe(200)
  const first = await post(app, { correct: true }, headers, path)
  expect([first.status, first.headers.get('x-ratelimit-remaining-requests')]).toEqual([200, '0'])
  expect((await post(app, { correct: true }, headers, path)).status).toBe(429)
})
