/** What `edgewise certify` found, for people: the promise, what it rests on, what it saves, what it costs to be sure. */
import { type Certificate, type Certified, claimInWords, type Gate, type Seen } from '@edgewise/evidence'
import { bold, dim } from './show.ts'

/** Below it a signal is of little use. */
const USEFUL_AUROC = 0.6

/** `file`: where the certificate was put; null: nowhere. */
export function certifiedText(certified: Certified, gate: Gate | null, file: string | null): string {
  const rows = certified.kind === 'refused' ? refusal(certified) : certificate(certified, file)
  const all = [
    ...rows,
    ...signalRows(certified.seen),
    ...(gate === null ? [] : [['combined', gate.why] as const]),
  ]
  return all.map(([label, text]) => `${dim(label.padEnd(13))}${text}`).join('\n')
}

type Row = readonly [label: string, text: string]

function certificate(
  { certificate: made, seen }: Extract<Certified, { kind: 'certificate' }>,
  file: string | null,
): Row[] {
  const { evidence, bar, delta, claim, method, id } = made
  const { value, low, high } = evidence.saved
  const kept = evidence.kept / evidence.n
  return [
    ['certified', bold(`${claimInWords(claim)}, with ${percent(1 - delta, 0)} confidence`)],
    ['task', `${made.task}: ${setup(made.device)}, held against ${made.cloud.model}`],
    [
      'proven on',
      `${count(evidence.n)} judged calls${between(evidence)}, of which ${count(evidence.kept)} stay with a harm of ${Number(evidence.harm.toFixed(2))} in all (${method})${leftOut(seen)}`,
    ],
    ['bar', bar === null ? 'none: the whole task stays' : `${bar.signal} at least ${bar.threshold}`],
    ['stays', `${percent(kept)} of calls`],
    ['saves', `${percent(value)} of what the cloud alone costs (95 %: ${percent(low)} to ${percent(high)})`],
    [
      'unproven',
      `${percent(seen.naive.saved)} would be saved by a bar fitted to these calls, which breaks the claim about every second time`,
    ],
    ['certificate', file === null ? `${id}, not kept` : `${bold(id)} in ${file}`],
    ...(bar === null
      ? []
      : ([['policy', `escalate: [{ signal: ${bar.signal}, certificate: ${id} }]`]] satisfies Row[])),
  ]
}

function refusal({ why, code, setup: asked, seen }: Extract<Certified, { kind: 'refused' }>): Row[] {
  return [
    ['refused', `${bold('nothing can be promised')} (${code})`],
    ['task', `${asked.task}: ${setup(asked.device)}, held against ${asked.cloud.model}`],
    ['why', why],
    ['seen', `${count(seen.n)} judged calls${leftOut(seen)}`],
  ]
}

function signalRows({ auroc }: Seen): Row[] {
  if (auroc === null) return []
  const said = `tells right answers of the device from wrong ones with an AUROC of ${auroc.toFixed(3)}`
  return [
    ['signal', auroc < USEFUL_AUROC ? `${said}: of little use, decide by task rather than by answer` : said],
  ]
}

const setup = ({ model, quantisation }: Certificate['device']): string =>
  quantisation === null ? model : `${model} (${quantisation})`

const between = ({ from, until }: Certificate['evidence']): string =>
  from === null || until === null ? '' : ` from ${from.slice(0, 10)} to ${until.slice(0, 10)}`

const leftOut = ({ unjudged }: Seen): string =>
  unjudged === 0 ? '' : `; ${count(unjudged)} nobody judged are left out`

const count = (value: number): string => value.toLocaleString('en')

const percent = (share: number, digits = 1): string => `${Number((share * 100).toFixed(digits))} %`
