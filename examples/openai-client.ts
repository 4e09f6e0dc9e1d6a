/** The OpenAI client: the gateway speaks its protocol; a header names the task, the answer names the receipt. */
import { memoryLedger } from '@edgewise/evidence'
import { createGateway, serveGateway } from '@edgewise/gateway'
import { loadMini } from '@edgewise/mini'
import { defaultPolicy, edgewise, miniDevice } from 'edgewise'
import OpenAI from 'openai'

using mini = await loadMini()
const ledger = memoryLedger()
const ew = edgewise({ policy: defaultPolicy, device: miniDevice(mini), ledger })
const app = createGateway({ model: ew(), ledger, models: [{ id: 'edgewise' }] })
const server = await serveGateway(app, { port: 0 })

const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none' })
const { data, response } = await client.chat.completions
  .create(
    { model: 'edgewise', messages: [{ role: 'user', content: 'i recieved teh package yesterday' }] },
    { headers: { 'x-edgewise-task': 'fix' } },
  )
  .withResponse()
console.log(data.choices[0]!.message.content)
console.log(`${response.headers.get('x-edgewise-place')}: ${response.headers.get('x-edgewise-why')}`)
await server.close()

// Prints:
// I received the package yesterday
// device: …
