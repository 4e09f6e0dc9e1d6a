/** How the figures were made: a definition of each, and what is left out. The same words as docs/report.md. */
import type { Section } from '../../document/document.ts'
import { SMALL } from '../types.ts'

export const terms: readonly (readonly [term: string, meaning: string])[] = [
  [
    'Source',
    'The receipts of the ledger, one a call, and the judgements beside them. A receipt holds no prompt and no answer, and neither does this report; users are not in it.',
  ],
  [
    'Unknown',
    'What nobody knows is in no sum and is called unknown, never 0. How many calls that concerns stands beside the sum.',
  ],
  [
    'Interval',
    'Every interval is at 95 %. It says how far a figure may be off as an estimate of calls like these; the sums themselves are counted.',
  ],
  ['Small', `Made of fewer than ${SMALL} calls: the interval is right, and wide.`],
  [
    'Answered by',
    'device: its model. cloud. kept: an answer that an earlier call had got. No answer: the call ended with an error, or its caller left.',
  ],
  ['Escalated', 'Calls that the device had begun and the cloud answered.'],
  [
    'Spent',
    'The cost of all attempts of the calls, lost races included. Where a stopped attempt reports no tokens they are estimated.',
  ],
  [
    'Avoided',
    'What the cloud alone would have cost, at the price the policy names, less what the call cost; below 0 where a race cost more. Calls without an answer avoid nothing, and stand with what they cost on both sides of the cut.',
  ],
  [
    'The cut',
    'avoided / (spent + avoided). Its interval is a bootstrap over calls: 1,000 draws of at most 2,048 blocks (Efron 1979).',
  ],
  [
    'Wasted',
    'The part of what was spent that went into attempts whose answer nobody got: they lost a race, did not pass, failed, or their caller left.',
  ],
  ['Audits', 'Calls to the cloud made for judging alone. Their money and bytes are in no other figure.'],
  [
    'First output, whole answer',
    'From the call to the first output its caller could see, and to the end. Quantiles are of a histogram that is off by at most half a percent; intervals are order statistics (David and Nagaraja 2003).',
  ],
  [
    'Stayed on the device',
    'No byte of a request left for another machine, neither to answer the call nor to audit it, whoever answered.',
  ],
  [
    'Bytes that left',
    'Of request bodies, each time they were sent. A model server that the policy uses as the device counts, too.',
  ],
  [
    'Worse than the cloud',
    'Of the answers the device gave and that were compared with those of the cloud (by shadow, function or a right answer), those with the lower score. The interval is exact (Clopper and Pearson 1934). Answers nobody compared are not in it: it is a share of all only as far as audits were drawn at random.',
  ],
  [
    'Users say',
    'The average of what users said of the answer they got, 0 to 1. They see one answer and compare none.',
  ],
  [
    'Certificate',
    'A claim that was proven from recorded calls before. Let through: answers of the device that passed because of its threshold. Whether it stood is on the receipt of each call: it does not after drift, after a change of the model or of its instructions, or past the calls it is for.',
  ],
]

export const definitions = (): Section => ({
  id: 'definitions',
  title: 'How these figures were made',
  lead: '',
  blocks: [{ kind: 'terms', terms }],
})
