/** How long a call waits for its ledger: the answer matters more than its record. */

const PATIENCE_MS = 250

/** What the ledger answers. Rejects with its error, and when it has not answered after `PATIENCE_MS`. */
export async function patiently<T>(asked: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the ledger did not answer within ${PATIENCE_MS} ms`)),
      PATIENCE_MS,
    )
  })
  try {
    return await Promise.race([asked, tooLong])
  } finally {
    clearTimeout(timer)
  }
}
