/** Templates made to take all time or memory: each ends at once, before it has done the harm. */
import { expect, test } from 'vitest'
import { BadTemplateError } from '../../errors.ts'
import { compileTemplate } from './compile.ts'
import { loadJinja } from './jinja.ts'

const jinja = await loadJinja()

/** `n.s` becomes `seed` joined with itself `times` times over. */
const grown = (seed: string, times: number): string =>
  `{% set n = namespace(s=${seed}) %}{% for i in range(${times}) %}{% set n.s = n.s + n.s %}{% endfor %}`
const long = grown('"aaaaaaaa"', 18)

test.each([
  ['a billion turns', '{% for i in range(10**9) %}a{% endfor %}'],
  ['doubling text', `${grown('"aaaaaaaa"', 100)}{{ n.s }}`],
  [
    'doubling with ~',
    '{% set n = namespace(s="aa") %}{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}',
  ],
  ['doubling a list', `${grown('[1]', 40)}{{ n.s }}`],
  [
    'lists of lists',
    '{% set n = namespace(s=["a"]) %}{% for i in range(99) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s }}',
  ],
  [
    'objects of objects',
    '{% set n = namespace(s={}) %}{% for i in range(99) %}{% set n.s = {"a": n.s, "b": n.s} %}{% endfor %}{{ n.s | tojson }}',
  ],
  [
    'deep lists',
    '{% set n = namespace(s=[]) %}{% for i in range(999) %}{% set n.s = [n.s] %}{% endfor %}{{ n.s | tojson(indent=9) }}',
  ],
  ['a namespace in itself', '{% set n = namespace() %}{% set n.s = n %}{{ n }}'],
  ['a list of its namespace', '{% set n = namespace() %}{% set n.s = [n] %}{{ n }}'],
  ['a namespace made of one', '{% set n = namespace() %}{% set m = namespace(n=n) %}'],
  ['replacing with much', `${long}{{ n.s.replace("", n.s) }}`],
  ['a method kept', `${long}{% set f = n.s["replace"] %}{{ f("a", n.s) }}`],
  ['the filter replace', `${long}{{ n.s | replace("a", n.s) }}`],
  ['joining with much', `${long}{{ range(9999) | join(n.s) }}`],
  ['repeating', '{{ "ab" * 10**9 }}'],
  ['indenting', '{{ "a\nb" | indent(10**8) }}'],
  ['indenting a block', '{% filter indent(10**8) %}a\nb{% endfilter %}'],
  ['unpacked arguments', '{{ "a\nb" | indent(*[10**8]) }}'],
  ['indenting JSON', '{{ [[1]] | tojson(indent=10**8) }}'],
  ['a macro without end', '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}'],
  ['parentheses', `{{ ${'('.repeat(1e5)}1${')'.repeat(1e5)} }}`],
  ['blanks', ' '.repeat(2e5)],
  ['a source too long', 'a'.repeat(3e5)],
])('%s', (_, source) => {
  expect(() => compileTemplate(jinja, source).render({})).toThrow(BadTemplateError)
})

test('a long conversation is none', () => {
  const messages = Array.from({ length: 2000 }, (_, i) => ({ role: 'user', content: `${i} `.repeat(400) }))
  const source = `{% for m in messages %}{% if '</think>' in m.content %}{{ m.content.split('</think>')[-1] }}\
{% else %}{{ m.content | trim }}{% endif %}{% for n in messages[loop.index0 + 1:] %}{% break %}{% endfor %}{% endfor %}`
  expect(compileTemplate(jinja, source).render({ messages }).length).toBeGreaterThan(3_000_000)
})
