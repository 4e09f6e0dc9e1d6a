import { isAbsolute, relative } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileUrl, placeOf } from './addresses.ts'
import { HubError } from './errors.ts'
import { formatReference, parseReference } from './reference.ts'
import { hubSettings } from './settings.ts'

const settings = hubSettings({ EDGEWISE_CACHE: '/cache' })

test('org, repository, revision and file', () => {
  expect(parseReference('hf:org/repo/model.gguf')).toEqual({
    org: 'org',
    repo: 'repo',
    revision: 'main',
    file: 'model.gguf',
  })
  expect(parseReference('hf:org/repo@v1.0/Q4_K_M/model 1.gguf')).toMatchObject({
    revision: 'v1.0',
    file: 'Q4_K_M/model 1.gguf',
  })
  expect(parseReference('hf://org/repo/a.gguf', 'refs/pr/1')).toMatchObject({ revision: 'refs/pr/1' })
  for (const text of ['hf:org/repo/a.gguf', 'hf:org/repo@v2/b/a.gguf']) {
    expect(formatReference(parseReference(text))).toBe(text)
  }
})

test('addresses and places', () => {
  const reference = parseReference('hf:org/repo/Q4/a b#c.gguf', 'refs/pr/1')
  expect(fileUrl(settings, reference).href).toBe(
    'https://huggingface.co/org/repo/resolve/refs%2Fpr%2F1/Q4/a%20b%23c.gguf',
  )
  expect(placeOf(settings, reference).file).toBe(
    '/cache/models/huggingface.co/org/repo/refs%2Fpr%2F1/Q4/a b#c.gguf',
  )
  const mirror = hubSettings({ EDGEWISE_CACHE: '/cache', HF_ENDPOINT: 'https://mirror.test:8443/hf' })
  expect(fileUrl(mirror, reference).href).toMatch(/^https:\/\/mirror\.test:8443\/hf\/org\/repo\/resolve\//)
  expect(placeOf(mirror, reference).file).toMatch(/^\/cache\/models\/mirror\.test_8443_hf\/org\//)
})

test.each([
  'org/repo/a.gguf',
  'hf:',
  'hf:org',
  'hf:org/repo',
  'hf:org/repo/',
  'hf:/repo/a.gguf',
  'hf:org//a.gguf',
  'hf:../../etc/passwd',
  'hf:org/../a.gguf',
  'hf:org/repo/../../../etc/passwd',
  'hf:org/repo/./a.gguf',
  'hf:org/repo//etc/passwd',
  'hf:org/repo/a\0.gguf',
  'hf:org/repo/a\n.gguf',
  'hf:org/repo/a\\..\\b',
  'hf:org/repo/C:a',
  'hf:org/repo/a.gguf ',
  'hf:org/repo/a.gguf.',
  'hf:org/repo/nul.gguf',
  'hf:org/repo/a.gguf.part',
  'hf:org/repo/a.gguf.pulled.json',
  'hf:org/repo@a@b/a.gguf',
  'hf:org/repo@/a.gguf',
  'hf:org/repo@../a.gguf',
  'hf:o rg/repo/a.gguf',
  `hf:org/repo/${'a'.repeat(300)}`,
  'hf:org/repo/\ud800',
])('%j is refused', (text) => {
  expect(() => parseReference(text)).toThrow(HubError)
  try {
    parseReference(text)
  } catch (error) {
    expect((error as HubError).code).toBe('hub_bad_reference')
  }
})

test('two revisions, and revisions that lead astray, are refused', () => {
  expect(() => parseReference('hf:org/repo@v1/a.gguf', 'v2')).toThrow(/v1, and v2 was asked for/)
  for (const revision of ['..', '../x', 'a/../b', '', '/a', 'a b', '?x']) {
    expect(() => parseReference('hf:org/repo/a.gguf', revision)).toThrow(/is no revision/)
  }
})

test('whatever is taken stays within the cache and within the hub', () => {
  const odd = fc.string({ unit: fc.constantFrom(...'./\\@:%?#&+ ~\0\n-ab…'), maxLength: 20 })
  fc.assert(
    fc.property(odd, fc.option(odd, { nil: undefined }), (rest, revision) => {
      try {
        const reference = parseReference(`hf:${rest}`, revision)
        const inside = relative('/cache/models/huggingface.co', placeOf(settings, reference).file)
        expect(isAbsolute(inside) || inside.startsWith('..')).toBe(false)
        expect(inside.split('/').length).toBe(3 + reference.file.split('/').length)
        const url = fileUrl(settings, reference)
        expect([url.origin, url.search, url.hash]).toEqual(['https://huggingface.co', '', ''])
        expect(url.pathname).toMatch(/^\/[^/]+\/[^/]+\/resolve\//)
      } catch (error) {
        if (!(error instanceof HubError)) throw error
      }
    }),
    { numRuns: 5000, seed: 9 },
  )
})

test('settings are checked, and a token is never shown', () => {
  for (const HF_ENDPOINT of [
    'http://hub.test',
    'ftp://hub.test',
    'hub.test',
    'https://u:p@hub.test',
    'https://hub.test/?a',
  ]) {
    expect(() => hubSettings({ HF_ENDPOINT })).toThrow(/HF_ENDPOINT/)
  }
  expect(hubSettings({ HF_ENDPOINT: 'http://127.0.0.1:80', HF_TOKEN: ' hf_x\n' }).token).toBe('hf_x')
  expect(() => hubSettings({ HF_TOKEN: 'se cret' })).toThrow(/^((?!se cret).)*$/)
  expect(hubSettings({ XDG_CACHE_HOME: '/x' }, 'linux').cache).toBe('/x/edgewise')
  expect(hubSettings({}, 'darwin').cache).toMatch(/Library\/Caches\/edgewise$/)
  expect(hubSettings({ LOCALAPPDATA: '/l' }, 'win32').cache).toMatch(/^\/l.edgewise.cache$/)
})
