import { describe, expect, test } from 'vitest'
import { BadOptionError, BadTemplateError } from '../../errors.ts'
import { compileTemplate, type TemplateVariables } from './compile.ts'
import { loadJinja } from './jinja.ts'

const jinja = await loadJinja()
const render = (source: string, variables: TemplateVariables = {}, now?: Date): string =>
  compileTemplate(jinja, source).render(variables, now)

describe('what templates use', () => {
  test.each([
    [
      '{% for m in messages %}{{ loop.index0 }}{{ m.a }}{% if not loop.last %},{% endif %}{% endfor %}',
      '0x,1y',
    ],
    [
      '{% for m in messages %}{% if loop.first %}{% continue %}{% endif %}{{ m.a }}{% break %}{% endfor %}',
      'y',
    ],
    [
      '{% set ns = namespace(n=1) %}{% for i in range(3) %}{% set ns.n = ns.n * 2 %}{% endfor %}{{ ns.n }}',
      '8',
    ],
    ['{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}{{ twice("ab") }}', 'abab'],
    ['{% generation %}{{ messages[-1].a }}{% endgeneration %}', 'y'],
    ['{{ messages[1:] | length }}{{ messages | map(attribute="a") | join("-") }}', '1x-y'],
    ['{{ {"a": [1, "é"], "b": {}} | tojson }}', '{"a": [1, "é"], "b": {}}'],
    ['{{ {"a": [1]} | tojson(indent=2) }}', '{\n  "a": [\n    1\n  ]\n}'],
    ['{{ "ab" * 3 }}{{ range(5, 0, -2) | join }}', 'ababab531'],
    ['{% if tools is defined and tools %}a{% else %}b{% endif %}', 'b'],
    ['    {%- if true %}\n  a\n  {% endif %}\nb', '  a\nb'],
    ['{% for a, b in [("x", 1), ("y", 2)] %}{{ a }}{{ b }}{% endfor %}', 'x1y2'],
    ['{% filter upper %}a{{ "b" }}{% endfilter %}', 'AB'],
    ['{{ "x" | length() }}', '1'],
  ])('%s', (source, text) => {
    expect(render(source, { messages: [{ a: 'x' }, { a: 'y' }] })).toBe(text)
  })

  // The right-hand sides are what jinja2 3.1 prints.
  test.each([
    ['{{ true }} {{ none }} {{ missing }}', 'True None '],
    ['{{ ["a", "it\'s", true, {"k": none}] }}', "['a', \"it's\", True, {'k': None}]"],
    ['{{ "a" ~ [1] ~ false }}', 'a[1]False'],
    ['{{ [] | string }}{{ "\\n" ~ ["\\n"] }}', "[]\n['\\n']"],
    ['{{ "\\n  a\\n".lstrip("\\n") }}|{{ "xxaxx".strip("x") }}|{{ " a\\n".rstrip() }}|', '  a\n|a| a|'],
    ['{{ "\u0085\ufeffa\u001f" | trim }}', '\ufeffa'],
    ['{% for c in "ab" %}{{ c }}.{% endfor %}{% for c in missing %}x{% endfor %}', 'a.b.'],
    ['{{ missing | trim }}{{ missing | length }}{{ missing is iterable }}', '0True'],
    ['{{ {"a": 1}[missing] is defined }}', 'False'],
  ])('as Python: %s', (source, text) => {
    expect(render(source)).toBe(text)
  })

  test('the date is the one given', () => {
    const now = new Date(2026, 2, 5, 14, 7)
    expect(render('{{ strftime_now("%d %b %Y %H:%M") }}', {}, now)).toBe('05 Mar 2026 14:07')
  })

  test('what the template says of itself', () => {
    const { literals, texts } = compileTemplate(jinja, 'a{{ b.c }}{% if d == "e" %}{{ "f" }}{% endif %}')
    expect([...literals].sort()).toEqual(['b', 'c', 'd', 'e'])
    expect([...texts].sort()).toEqual(['a', 'e', 'f'])
  })
})

describe('errors', () => {
  test('messages the template refuses are the caller’s', () => {
    const refuse = () => render('{{ raise_exception("roles must alternate") }}')
    expect(refuse).toThrow(BadOptionError)
    expect(refuse).toThrow(/refuses these messages: roles must alternate/)
  })

  test.each([
    '{% if x %}',
    '{% for x in y %}',
    '{{ a',
    '{{ "a }}',
    '{{ 1 + }}',
    '{% nonsense %}',
    '{# never closed',
    '{% endif %}',
  ])('%s is no template', (source) => {
    expect(() => compileTemplate(jinja, source)).toThrow(BadTemplateError)
  })

  test.each([
    '{{ 1 + none }}',
    '{{ "a" + {"b": 1} }}',
    '{{ x() }}',
    '{{ "a" | nonsense }}',
    '{{ range("a") }}',
    '{{ range(1, 2, 0) }}',
  ])('%s fails when it runs', (source) => {
    expect(() => render(source)).toThrow(BadTemplateError)
  })
})
