/** LangChain: its `ChatOpenAI` with the gateway's address. */
import { memoryLedger } from '@edgewise/evidence'
import { createGateway, serveGateway } from '@edgewise/gateway'
import { loadMini } from '@edgewise/mini'
import { ChatOpenAI } from '@langchain/openai'
import { defaultPolicy, edgewise, miniDevice } from 'edgewise'

using mini = await loadMini()
const ledger = memoryLedger()
const ew = edgewise({ policy: defaultPolicy, device: miniDevice(mini), ledger })
const app = createGateway({ model: ew(), ledger, models: [{ id: 'edgewise' }] })
const server = await serveGateway(app, { port: 0 })

const model = new ChatOpenAI({
  model: 'edgewise',
  apiKey: 'none',
  configuration: { baseURL: `${server.url}/v1`, defaultHeaders: { 'x-edgewise-task': 'intent' } },
})
console.log((await model.invoke('what is my bank balance')).content)
await server.close()

// Prints:
// balance
