/** Where a use case should run: facts, predictions with tested intervals, money, a verdict and the policy that carries it out. */
export { type AgainstOptions, against, type JudgementsOf } from './against/against.ts'
export type { Comparison, Happened, Statement } from './against/types.ts'
export { type DecideOptions, decide } from './decide/decide.ts'
export { policyNotes, policyOf, policyYaml } from './decide/policy.ts'
export type { Answer, Choice, Firing, Flip, Option, Segment, Shipped, Verdict } from './decide/types.ts'
export { answerNames } from './decide/why.ts'
export { breakEvenCalls, type FixedCost, fixedCost, usdPerCall } from './economics/money.ts'
export { type PriceChange, priceChanges } from './economics/price-change.ts'
export { AdvisorError, type AdvisorErrorCode } from './errors.ts'
export { checkFacts, type FactIssue, type FactTable } from './facts/check.ts'
export { facts } from './facts/facts.ts'
export { deviceOf, modelOf, nearest, priceOf, quantisationOf, storedBits } from './facts/lookup.ts'
export { mergeFacts, mergeRows, parseRows, readRows } from './facts/merge.ts'
export type { FactRows } from './facts/rows.ts'
export type {
  Backend,
  CloudPrice,
  Device,
  DeviceClass,
  Facts,
  Measurement,
  ModelShape,
  Quantisation,
  Source,
} from './facts/types.ts'
export { type Preset, presets } from './fleet/presets.ts'
export { verdictBrief } from './page/brief.ts'
export { type EarlierVerdict, readVerdict, verdictChanges } from './page/changes.ts'
export { comparisonDocument } from './page/comparison.ts'
export { useCaseYaml } from './page/use-case-yaml.ts'
export { verdictDocument, verdictHtml, verdictMarkdown } from './page/verdict-document.ts'
export { type Fitted, fit } from './predict/fit.ts'
export { fitted } from './predict/fitted.ts'
export { predict } from './predict/predict.ts'
export type { Derivation, Predicted, Prediction, Setting } from './predict/types.ts'
export type { GradedAnswer } from './quality/answer.ts'
export { noLinear } from './quality/ask-linear.ts'
export { type CandidateQuality, compared, qualityDifference } from './quality/compare.ts'
export {
  type Example,
  type ExampleMessage,
  type ExpectedJson,
  MOST_EXAMPLES,
  readExamples,
} from './quality/example.ts'
export { type ExampleNotes, exampleNotes } from './quality/example-notes.ts'
export { exactMatch } from './quality/graders/exact.ts'
export { fieldF1 } from './quality/graders/fields.ts'
export type { Grade, Grader } from './quality/graders/grader.ts'
export { jsonEquality, jsonSchema } from './quality/graders/json.ts'
export { type JudgeOptions, judge, judgePrompt } from './quality/graders/judge.ts'
export { labelsOf, oneOfLabels } from './quality/graders/labels.ts'
export { rougeL, tokenF1 } from './quality/graders/overlap.ts'
export { type RubricOptions, rubric } from './quality/graders/rubric.ts'
export {
  answersOf,
  type Candidate,
  measureQuality,
  type Progress,
  type QualityOptions,
} from './quality/measure.ts'
export { type MeasuredRun, measuredText, readMeasured } from './quality/measured-file.ts'
export { type PublishedQuality, type PublishedScore, publishedQuality } from './quality/published.ts'
export { qualityTrace } from './quality/quality-trace.ts'
export { assumptions, usualRuntime } from './use-case/defaults.ts'
export { useCaseJsonSchema } from './use-case/json-schema.ts'
export { checkUseCase, parseUseCase } from './use-case/parse.ts'
export type { UseCaseInput } from './use-case/schema.ts'
export type { FleetShare, MeasuredQuality, UseCase } from './use-case/types.ts'
