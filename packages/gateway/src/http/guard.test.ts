import { expect, test } from 'vitest'
import { checkContentType, checkHost, checkOrigin } from './guard.ts'

test.each([
  ['localhost', undefined],
  ['LOCALHOST:1', undefined],
  ['127.0.0.1:8787', undefined],
  ['127.8.8.8', undefined],
  ['[::1]:8787', undefined],
  ['box.lan:80', 'Box.lan'],
  ['192.168.1.5:80', '192.168.1.5'],
  ['192.168.1.5:80', '0.0.0.0'],
  ['[fe80::1]:80', '::'],
])('the host %s is let in when bound to %s', (host, bound) => {
  expect(() => checkHost(host, bound)).not.toThrow()
})

test.each([
  ['evil.example', undefined],
  ['localhost.evil.example', undefined],
  ['127.0.0.1.evil.example', undefined],
  ['127.evil.example', undefined],
  ['192.168.1.5', '127.0.0.1'],
  ['evil.example', '0.0.0.0'],
  ['', undefined],
])('the host %s is kept out when bound to %s', (host, bound) => {
  expect(() => checkHost(host, bound)).toThrow(expect.objectContaining({ code: 'forbidden_host' }))
})

test('an origin is the same, absent or forbidden', () => {
  expect(() => checkOrigin(undefined, '127.0.0.1:1')).not.toThrow()
  expect(() => checkOrigin('http://127.0.0.1:1', '127.0.0.1:1')).not.toThrow()
  expect(() => checkOrigin('http://localhost:1', 'LOCALHOST:1')).not.toThrow()
  for (const origin of ['null', '', 'http://127.0.0.1:2', 'http://evil.example', 'chrome-extension://abc'])
    expect(() => checkOrigin(origin, '127.0.0.1:1')).toThrow(
      expect.objectContaining({ code: 'forbidden_origin' }),
    )
})

test('a content type is JSON, whatever its parameters', () => {
  expect(() => checkContentType('application/json')).not.toThrow()
  expect(() => checkContentType('Application/JSON; charset=utf-8')).not.toThrow()
  for (const type of [undefined, '', 'text/plain', 'application/jsonx', 'multipart/form-data'])
    expect(() => checkContentType(type)).toThrow(expect.objectContaining({ status: 415 }))
})
