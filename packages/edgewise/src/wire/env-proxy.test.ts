import { expect, test } from 'vitest'
import { isProxied } from './env-proxy.ts'

const url = new URL('http://127.0.0.1:8080/v1')
const proxied = (env: Record<string, string>, execArgv: string[] = []) => isProxied(url, { env, execArgv })
const HTTP_PROXY = 'http://192.0.2.1:3128'

test('a proxy of the environment counts where Node was told to use it', () => {
  expect(proxied({ HTTP_PROXY })).toBe(false)
  expect(proxied({ HTTP_PROXY, NODE_USE_ENV_PROXY: '1' })).toBe(true)
  expect(proxied({ http_proxy: HTTP_PROXY }, ['--use-env-proxy'])).toBe(true)
  expect(proxied({ HTTP_PROXY, NODE_OPTIONS: '--no-warnings --use-env-proxy' })).toBe(true)
  expect(proxied({ HTTPS_PROXY: HTTP_PROXY, NODE_USE_ENV_PROXY: '1' })).toBe(false)
})

test.each([
  ['127.0.0.1', false],
  ['example.com, 127.0.0.1:8080', false],
  ['*', false],
  ['127.0.0.1:9090', true],
  ['localhost', true],
])('NO_PROXY of %s', (NO_PROXY, is) => {
  expect(proxied({ HTTP_PROXY, NODE_USE_ENV_PROXY: '1', NO_PROXY })).toBe(is)
})
