/** Templates that run until the meter stops them: seconds, not hours. */
import { expect, test } from 'vitest'
import { BadTemplateError } from '../../errors.ts'
import { compileTemplate } from './compile.ts'
import { loadJinja } from './jinja.ts'

const jinja = await loadJinja()

/** `n.s` becomes `seed` joined with itself `times` times over. */
const grown = (seed: string, times: number): string =>
  `{% set n = namespace(s=${seed}) %}{% for i in range(${times}) %}{% set n.s = n.s + n.s %}{% endfor %}`
const long = grown('"aaaaaaaa"', 18)
const often = (body: string): string =>
  `{% for i in range(9999) %}{% for j in range(9999) %}${body}{% endfor %}{% endfor %}`

test.each([
  ['loops in loops', often('a')],
  ['empty loops', often('')],
  ['unknown names', often('{{ nothing }}')],
  ['broken loops', often('{% for k in [1] %}{% break %}{% endfor %}')],
  ['writing the loop', often('{{ loop }}')],
  ['an object looked through', `{% set o = {"a": 1} %}${often('{% set x = o | items %}')}`],
  ['splitting over and over', `${long}{% for i in range(9999) %}{% set x = n.s.split("b") %}{% endfor %}`],
  ['splitting into many', `${long}{% set x = n.s.split("a") %}`],
  ['slicing over and over', `${long}{% for i in range(9999) %}{% set x = n.s[0:1] %}{% endfor %}`],
  ['comparing over and over', `${long}${often('{% set x = n.s == "a" %}')}`],
  ['testing over and over', `${long}${often('{% set x = n.s is lower %}')}`],
  ['sorting over and over', `${grown('["a"]', 15)}${often('{% set x = n.s | sort %}')}`],
  [
    'a macro of itself',
    '{% macro f(n) %}{% if n > 0 %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}{{ f(60) }}',
  ],
  ['members', `{{ a${'.a'.repeat(5e4)} }}`],
  ['a long sum', `{{ 1${' + 1'.repeat(5e4)} }}`],
  ['a long list', `{{ [${'1,'.repeat(120_000)}] }}`],
  ['half-open tags', `{%${' '.repeat(990)}`.repeat(250)],
])('%s', (_, source) => {
  const began = performance.now()
  expect(() => compileTemplate(jinja, source).render({})).toThrow(BadTemplateError)
  expect(performance.now() - began).toBeLessThan(20_000)
})
