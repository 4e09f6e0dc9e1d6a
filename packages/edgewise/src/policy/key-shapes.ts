/**
 * What an API key looks like, to catch one that was put where the name of its variable or an address belongs. A policy is
 * committed, mailed and shown in errors: a key must not get that far. It guesses, from the shape alone.
 */

/** A run of letters and digits this long, with a digit in it, is no word of a name. */
const RUN_WITH_DIGIT = 20
/** The same with lower and upper case and digits mixed. */
const MIXED_RUN = 12
/** Any run this long. */
const ANY_RUN = 32

/** Whether a name looks like a key instead: `OPENAI_API_KEY` does not, `sk_live_51Hx...` does. */
export function isKeyLike(name: string): boolean {
  return name.split(/[_.-]/).some((run) => {
    const digits = /\d/.test(run)
    return (
      run.length >= ANY_RUN ||
      (run.length >= RUN_WITH_DIGIT && digits) ||
      (run.length >= MIXED_RUN && digits && /[a-z]/.test(run) && /[A-Z]/.test(run))
    )
  })
}

/** How the keys of well-known providers begin. Their addresses have long ids in the path, so length alone says nothing. */
const KEY_START = /^(?:sk-|sk_|gsk_|hf_|xai-|nvapi-|pplx-|AIza|AKIA|ghp_|github_pat_|r8_)[A-Za-z0-9_-]{12,}$/

/** Whether a part of an address's path is a key. */
export function holdsKey(pathname: string): boolean {
  return pathname.split('/').some((part) => KEY_START.test(part))
}
