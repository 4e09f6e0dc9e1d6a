/** Which addresses are this machine, and what becomes of the others. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { serverDevice } from './server-device.ts'
import { scriptedServer } from './testing/scripted-server.ts'
import { call, row } from './testing/serve.ts'

describe('where it is', () => {
  const elsewhere = ['http://192.0.2.1/v1', 'http://example.com/v1', 'http://0.0.0.0:1/v1', 'http://[::2]/v1']
  const tricks = [
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'http://localhost./',
    'http://a.localhost/',
  ]
  test.each([...elsewhere, ...tricks])('%s is another machine', async (baseURL) => {
    let asked = 0
    const fetch = async () => {
      asked++
      return new Response()
    }
    await expect(serverDevice({ baseURL, fetch })).rejects.toMatchObject({ code: 'not_loopback' })
    expect(asked).toBe(0)
  })

  test.each(['ftp://127.0.0.1/', 'no url', 'http://me:pw@127.0.0.1/', 'http://127.0.0.1/?a=b'])(
    '%s is no address',
    async (baseURL) => {
      await expect(serverDevice({ baseURL, remote: true })).rejects.toMatchObject({ code: 'bad_option' })
    },
  )

  test.each(['http://127.1:8080/v1', 'http://2130706433/v1', 'http://LOCALHOST/v1', 'http://[0:0::1]/v1'])(
    '%s is this one',
    async (baseURL) => {
      const fetch = async () => Response.json({ data: [{ id: 'm' }] })
      const device = await serverDevice({ baseURL, fetch, kind: row })
      expect(device.facts.leavesDevice).toBeUndefined()
    },
  )

  test('this one is not asked where the process would go through a proxy', async () => {
    const code = `import { serverDevice } from ${JSON.stringify(new URL('./server-device.ts', import.meta.url).href)}
      await serverDevice({ baseURL: 'http://127.0.0.1:9/v1' }).catch(({ code }) => console.log(code))`
    const run = async (NO_PROXY: string) => {
      const env = { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY }
      const flags = ['--conditions=edgewise-source', '--input-type=module', '-e', code]
      return (await promisify(execFile)(process.execPath, flags, { env })).stdout.trim()
    }
    expect(await run('')).toBe('loopback_proxied')
    expect(await run('127.0.0.1')).toBe('server_unreachable')
  })

  test('a model that the server sends on is on another machine, too', async () => {
    const data = [{ id: 'large:cloud', owned_by: 'library' }]
    await using server = await scriptedServer({ get: { '/v1/models': { data } } })
    const { baseURL } = server
    await expect(serverDevice({ baseURL })).rejects.toMatchObject({
      code: 'model_sent_on',
      model: 'large:cloud',
    })
    expect(server.bodies).toEqual([])
    expect((await serverDevice({ baseURL, remote: true })).facts.leavesDevice).toBe(true)
    expect((await serverDevice({ baseURL, model: 'small:1b' })).facts.leavesDevice).toBeUndefined()
  })

  test('another machine has to be asked for; what leaves is told', async () => {
    const sent: unknown[] = []
    const fetch = async (_: unknown, init?: RequestInit) => {
      if (!init?.body) return Response.json({ data: [{ id: 'm' }] })
      sent.push(init.body)
      return Response.json({ choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }] })
    }
    const device = await serverDevice({ baseURL: 'http://192.0.2.1/v1', remote: true, fetch, kind: row })
    expect(device.facts.leavesDevice).toBe(true)
    const { request, stream } = await device.doStream(call())
    for await (const _ of stream);
    expect(sent).toEqual([request?.body])
  })
})
