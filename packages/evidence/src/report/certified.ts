/** Certificates as receipts tell of them: what each let through, and calls for which one did not stand. */
import type { Certificate } from '../certify/certificate.ts'
import { claimInWords } from '../certify/claim-in-words.ts'
import type { Receipt } from '../receipt.ts'
import { Tally } from './counts.ts'
import type { CertificateFigures, Certificates } from './types.ts'
import { MOST_NAMES } from './where.ts'

const DAY_MS = 86_400_000

export class CertificateCount {
  readonly #letThrough = new Tally(10 * MOST_NAMES)
  readonly #notStanding = new Tally(MOST_NAMES)
  #calls = 0

  add({ certificate, path }: Receipt): void {
    if (certificate !== null) this.#letThrough.add(certificate)
    let stood = true
    for (const { rule, value, then } of path) {
      // Without a certificate's id it is a note.
      if (rule !== 'certificate' || value === null) continue
      stood = false
      this.#notStanding.add(JSON.stringify([String(value), then]))
    }
    if (!stood) this.#calls += 1
  }

  /** `now` in milliseconds since 1970. */
  done(given: readonly Certificate[], now: number): Certificates {
    const letThrough = new Map(this.#letThrough.counted('others'))
    const known = new Set(given.map(({ id }) => id))
    return {
      atHand: given.map((certificate) => figures(certificate, letThrough.get(certificate.id) ?? 0, now)),
      notAtHand: [...letThrough]
        .filter(([id]) => !known.has(id))
        .map(([id, times]) => ({ id, letThrough: times })),
      notStanding: {
        calls: this.#calls,
        because: this.#notStanding.counted(JSON.stringify([null, 'others'])).map(([key, calls]) => {
          const [certificate, why] = JSON.parse(key) as [string | null, string]
          return { certificate, why, calls }
        }),
      },
    }
  }
}

function figures(certificate: Certificate, letThrough: number, now: number): CertificateFigures {
  const { id, task, claim, delta, issuedAt, bar, evidence } = certificate
  return {
    id,
    task,
    claim: claimInWords(claim),
    confidence: 1 - delta,
    n: evidence.n,
    from: evidence.from,
    until: evidence.until,
    issuedAt,
    ageDays: Math.max(0, (now - Date.parse(issuedAt)) / DAY_MS),
    bar: bar && { signal: bar.signal, threshold: bar.threshold },
    letThrough,
  }
}
