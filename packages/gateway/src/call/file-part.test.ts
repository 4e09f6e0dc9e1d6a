import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../http/gateway-error.ts'
import { fromBase64, toFilePart } from './file-part.ts'

test('a data URL is taken apart, an address goes on as it is', () => {
  expect(toFilePart('data:image/png;base64,iVBORw0=', 'image', 'p')).toEqual({
    type: 'file',
    mediaType: 'image/png',
    data: { type: 'data', data: 'iVBORw0=' },
  })
  const { data } = toFilePart('http://169.254.169.254/latest?x=1', 'image', 'p')
  expect(data).toEqual({ type: 'url', url: new URL('http://169.254.169.254/latest?x=1') })
  expect(toFilePart('https://a.example/x.PDF', 'file', 'p', 'x.pdf')).toMatchObject({
    mediaType: 'application/pdf',
    filename: 'x.pdf',
  })
})

test.each([
  'x',
  '',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'ftp://a.example/x.png',
  'data:image/png',
  'data:image/png,raw',
  'data:image/png;base64,',
  'data:image/png;base64,%%%',
  'data:;base64,AAAA',
  'data:text/html;base64,AAAA',
])('the picture %j is refused with its place, without being quoted', (url) => {
  expect(() => toFilePart(url, 'image', 'messages[0]')).toThrow(
    expect.objectContaining({ code: 'invalid_request', param: 'messages[0]' }),
  )
})

test('any text is a part or refused, never anything else', () => {
  const like = fc
    .tuple(fc.constantFrom('data:', 'data:image/png;base64,', 'https://', ''), fc.string({ unit: 'binary' }))
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(like, fc.constantFrom('image' as const, 'audio' as const, 'file' as const), (url, kind) => {
      try {
        const { data } = toFilePart(url, kind, 'p')
        expect(['data', 'url']).toContain(data.type)
        if (data.type === 'url') expect(data.url.protocol).toMatch(/^https?:$/)
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError)
      }
    }),
    { seed: 23, numRuns: 500 },
  )
  expect(() => fromBase64('AA\nAA', 'audio/wav', 'p')).toThrow(GatewayError)
})
