/**
 * The stub cloud: chat completions as fast as Node can answer them. Both answers lie ready as bytes; a stream is written
 * chunk by chunk, as a cloud does it, but without waiting in between.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WORDS } from './answer.ts'

const envelope = { id: 'chatcmpl-stub', created: 1, model: 'stub' }
const usage = { prompt_tokens: 20, completion_tokens: WORDS.length, total_tokens: 20 + WORDS.length }

const whole = Buffer.from(
  JSON.stringify({
    ...envelope,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: WORDS.join('') },
        finish_reason: 'stop',
        logprobs: null,
      },
    ],
    usage,
  }),
)

const chunk = (choices: object[], more: object = {}): Buffer =>
  Buffer.from(
    `data: ${JSON.stringify({ ...envelope, object: 'chat.completion.chunk', choices, ...more })}\n\n`,
  )

const chunks = [
  chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
  ...WORDS.map((content) => chunk([{ index: 0, delta: { content }, finish_reason: null }])),
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
]
const usageChunk = chunk([], { usage })
const done = Buffer.from('data: [DONE]\n\n')

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (data: string) => (body += data))
  request.on('end', () => {
    if (!body.includes('"stream":true')) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length })
      return response.end(whole)
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const bytes of chunks) response.write(bytes)
    if (body.includes('"include_usage":true')) response.write(usageChunk)
    response.end(done)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit())
