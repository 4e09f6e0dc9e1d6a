/**
 * jinja2, the engine chat templates are written for, as the judge of rendering: with the settings, filters and globals of
 * transformers (utils/chat_template_utils.py), one Python process for all cases. The clock stands at 2026-03-05 14:07:09.
 */
import { spawnSync } from 'node:child_process'

export interface JinjaCase {
  readonly template: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** The text, or jinja2's error. */
export type JinjaResult = { readonly text: string } | { readonly error: string }

export const judgeNow = new Date(2026, 2, 5, 14, 7, 9)

const script = `
import datetime, json, sys
import jinja2, jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

class Generation(jinja2.ext.Extension):
    tags = {"generation"}
    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)
    def _body(self, caller):
        return caller()

def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)

now = datetime.datetime(2026, 3, 5, 14, 7, 9)
env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
env.filters["tojson"] = tojson
env.globals["raise_exception"] = raise_exception
env.globals["strftime_now"] = lambda format: now.strftime(format)
results = []
for case in json.load(sys.stdin):
    try:
        results.append({"text": env.from_string(case["template"]).render(**case["variables"])})
    except Exception as error:
        results.append({"error": type(error).__name__ + ": " + str(error)})
json.dump({"version": jinja2.__version__, "results": results}, sys.stdout)
`

/** undefined when this Python does not run or has no jinja2. */
export function askJinja(
  python: string,
  cases: readonly JinjaCase[],
): { readonly version: string; readonly results: readonly JinjaResult[] } | undefined {
  const run = spawnSync(python, ['-c', script], { input: JSON.stringify(cases), maxBuffer: 2 ** 30 })
  return run.status === 0 ? JSON.parse(run.stdout.toString()) : undefined
}
