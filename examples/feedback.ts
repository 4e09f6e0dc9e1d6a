/** Feedback: what a user says of an answer goes beside its receipt, and the ledger becomes a trace with a score in it. */
import { memoryLedger, traceFromLedger } from '@edgewise/evidence'
import { createGateway, serveGateway } from '@edgewise/gateway'
import { loadMini } from '@edgewise/mini'
import { defaultPolicy, edgewise, miniDevice } from 'edgewise'

using mini = await loadMini()
const ledger = memoryLedger()
const ew = edgewise({ policy: defaultPolicy, device: miniDevice(mini), ledger })
const app = createGateway({ model: ew(), ledger, models: [{ id: 'edgewise' }] })
const server = await serveGateway(app, { port: 0 })

const post = (path: string, body: object): Promise<Response> =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const answer = await post('/v1/chat/completions', {
  model: 'edgewise/intent',
  messages: [{ role: 'user', content: 'what is my bank balance' }],
})
const id = answer.headers.get('x-edgewise-receipt')
console.log(await (await post(`/v1/receipts/${id}/feedback`, { correct: true })).text())
for await (const { task, models } of traceFromLedger(ledger))
  for (const [model, { score }] of Object.entries(models)) console.log(task, model, score)
await server.close()

// Prints:
// {"id":"…","judged":"device","score":1}
// intent edgewise-mini 1
// intent gpt-5-nano null
