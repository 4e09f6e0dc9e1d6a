/**
 * What happened and what it proves: the receipt of a call and the ledger that keeps it. This entry runs everywhere; the stores
 * that need a host are `@edgewise/evidence/sqlite` (Node) and `@edgewise/evidence/indexed-db` (browser).
 */
export { type BestCertified, COMBINED, certifyBest } from './certify/best-signal.ts'
export type { Certificate, Claim, Method, Setup } from './certify/certificate.ts'
export { type Certified, type CertifyOptions, certify, type Naive, type Seen } from './certify/certify.ts'
export { CertifyError, type CertifyErrorCode } from './certify/certify-error.ts'
export { claimInWords } from './certify/claim-in-words.ts'
export { sha256 } from './certify/digest.ts'
export { mismatches } from './certify/matches.ts'
export { signalOf } from './certify/sample.ts'
export { verifyCertificate } from './certify/verify.ts'
export { type Combination, combine } from './combine/combination.ts'
export type { Gate } from './combine/gate.ts'
export {
  type Block,
  type Cell,
  type Derived,
  type Document,
  figure,
  type KeyFigure,
  plain,
  type Run,
  type Section,
  type Table,
  type Tone,
  table,
  text,
} from './document/document.ts'
export { documentHtml } from './document/html.ts'
export { documentMarkdown } from './document/markdown.ts'
export { documentText, type TextLook } from './document/text.ts'
export {
  bytes,
  count,
  counted,
  dollars,
  milliseconds,
  percent,
  percentGiven,
  range,
  UNKNOWN,
} from './document/words.ts'
export { type AuditedCall, type DriftAlarm, DriftMonitor } from './drift/drift-monitor.ts'
export type { Judgement } from './judgement.ts'
export {
  type Content,
  END_OF_TIME,
  type KeptContent,
  type Ledger,
  type ReceiptFilter,
  type SpentBy,
} from './ledger.ts'
export { LedgerError, type LedgerErrorCode } from './ledger-error.ts'
export { memoryLedger } from './memory/memory-ledger.ts'
export { type Bar, type BarChart, barChart, threeDigits } from './plot/bar-chart.ts'
export { type Dot, type DotChart, type DotRow, dotChart } from './plot/dot-chart.ts'
export { type LineChart, lineChart, type Series, type Upright } from './plot/line-chart.ts'
export type { Axis } from './plot/scale.ts'
export type { Attempt, Place, Prepared, PriceUsed, Receipt, Signal, Step, Tokens } from './receipt.ts'
export { type CertifiedReplay, certifiedReplay } from './replay/certified-replay.ts'
export { type Curve, type CurvePoint, type CurveSettings, curve } from './replay/curve.ts'
export { type ReplaySettings, replay } from './replay/replay.ts'
export type { Baselines, Replay, ReplayDecision, ReplayPolicy, Strategy } from './replay/result.ts'
export { type Standing, standingOf } from './replay/standing.ts'
export { type ReportOptions, report } from './report/report.ts'
export { documentOf } from './report/sections/index.ts'
export type { Report } from './report/types.ts'
export { reportHtml, reportMarkdown } from './report/written.ts'
export { sortedJson } from './sorted-json.ts'
export { auroc } from './statistics/auroc.ts'
export { clopperPearson } from './statistics/binomial.ts'
export { BlockSums, type Estimate, type Interval } from './statistics/bootstrap.ts'
export { LogHistogram, type Quantile } from './statistics/log-histogram.ts'
export { hash32, seededRandom, shuffle } from './statistics/random.ts'
export { type LedgerTraceOptions, traceFromLedger } from './trace/from-ledger.ts'
export {
  type JudgedItem,
  judgedItem,
  type ModelPair,
  NOTHING_KNOWN,
  type Outcome,
  outcomeOf,
  type TraceItem,
} from './trace/item.ts'
export { type JudgeLedgerOptions, judgeLedger, type Scores } from './trace/judge-ledger.ts'
export { type PairSummary, pairSummary } from './trace/pair-summary.ts'
