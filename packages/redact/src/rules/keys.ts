/** Keys and tokens that say what they are: by their first letters, as a JWT, as a PEM block, in a header. */
import type { Rule } from '../span.ts'

/** The prefixes their issuers publish, and the shape behind them. */
const shapes = [
  // Edgewise's own.
  'ew_[\\w-]{24,200}',
  // OpenAI, Anthropic and others after them; Stripe.
  'sk-(?:[a-z0-9]{1,16}-)?[\\w-]{20,200}',
  '(?:sk|rk|pk)_(?:live|test)_[a-z0-9]{16,200}',
  'whsec_[a-z0-9+/=]{16,200}',
  // GitHub, GitLab.
  'gh[pousr]_[a-z0-9]{30,255}',
  'github_pat_\\w{22,255}',
  'gl(?:pat|ptt|dt|rt|cbt|ft|soat|imt)-[\\w-]{16,255}',
  // Slack, Discord, Telegram.
  'xox[abeoprs]-[a-z0-9-]{10,255}',
  'xapp-\\d-[a-z0-9-]{10,255}',
  '\\d{8,10}:AA[\\w-]{32,34}',
  // AWS, Google, Azure.
  '(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}',
  'AIza[\\w-]{35}',
  'ya29\\.[\\w-]{20,512}',
  'GOCSPX-[\\w-]{20,64}',
  // Package registries and hosts of models.
  'npm_[a-z0-9]{36}',
  'pypi-AgE[\\w-]{50,512}',
  'hf_[a-z0-9]{30,64}',
  'r8_[a-z0-9]{30,64}',
  'gsk_[a-z0-9]{40,64}',
  // Others that are found in prompts.
  'SG\\.[\\w-]{16,64}\\.[\\w-]{16,64}',
  '(?:AC|SK)[0-9a-f]{32}',
  'key-[0-9a-f]{32}',
  'do[orp]_v1_[0-9a-f]{64}',
  'shp(?:at|ca|pa|ss)_[0-9a-f]{32}',
  'dapi[0-9a-f]{32}(?:-\\d)?',
  // Hosts of models.
  '(?:xai|pplx|nvapi|csk)-[\\w-]{20,200}',
  '(?:jina|tgp_v1|lsv2_(?:pt|sk))_[\\w-]{20,200}',
  // Hosts of code, builds and packages.
  'dckr_pat_[\\w-]{20,64}',
  'glsa_[a-z0-9]{32}_[0-9a-f]{8}',
  'ATATT3[\\w=-]{60,400}',
  'ATBB[a-z0-9]{24,64}',
  '(?:rubygems|nfp|figd|sgp|ghv|pul|CLOJARS)[_-][a-z0-9_-]{30,200}',
  'oy2[a-z0-9]{43}',
  'PMAK-[0-9a-f]{24}-[0-9a-f]{34}',
  'dp\\.(?:pt|st|ct|sa|scim|audit)\\.[a-z0-9._-]{40,64}',
  'fo1_[\\w-]{40,64}',
  'pscale_(?:tkn|pw|oauth)_[\\w.-]{30,64}',
  'sbp_[0-9a-f]{40}',
  'hv[sbr]\\.[\\w-]{20,200}',
  'AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}',
  // Services of companies.
  'lin_(?:api|oauth)_[a-z0-9]{32,64}',
  '(?:secret|ntn)_[a-z0-9]{40,64}',
  'pat[a-z0-9]{14}\\.[0-9a-f]{64}',
  'sq0[a-z]{3}-[\\w-]{22,64}',
  'EAAA[\\w-]{60}',
  'EAACEdEose0cBA[a-z0-9]{16,256}',
  'NRAK-[A-Z0-9]{27}',
  'sntry[su]_[\\w=+/-]{40,200}',
  '[0-9a-f]{32}-us\\d{1,2}',
  'xkeysib-[0-9a-f]{64}-[a-z0-9]{16}',
  '(?:rzp|flwseck|paystack)_(?:live|test)_[a-z0-9]{14,64}',
  'access_token\\$(?:production|sandbox)\\$[a-z0-9]{16}\\$[0-9a-f]{32}',
  'dt0c01\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}',
  '1//0[\\w-]{40,128}',
  'sl\\.[\\w-]{60,200}',
  '[a-z0-9]{3}8Q~[\\w.~-]{31,34}',
  // Discord's bots: an id in base64, a time, a signature.
  '[MNO][a-z\\d_-]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,40}',
  'eyJ[\\w-]{8,4096}\\.eyJ[\\w-]{8,8192}\\.[\\w-]{8,2048}',
]
const known = new RegExp(`(?<!\\w)(?:${shapes.join('|')})(?!\\w)`, 'gi')

/** Of drawn letters some are capitals or digits, and of capitals alone all are. */
const drawn = (key: string) =>
  /\d/.test(key) ||
  (/[A-Z]/.test(key) &&
    (/^A[A-Z]{3}[A-Z]{16}$/.test(key) || /[a-z][A-Z].*[a-z]|[A-Z][a-z].*[A-Z]/.test(key.slice(6))))

export const apiKey: Rule = (text) =>
  [...text.matchAll(known)]
    .filter((match) => drawn(match[0]))
    .map((match) => ({ type: 'API_KEY', start: match.index, end: match.index + match[0].length }))

const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g

/** A PEM block from its first dash to its last; one that is cut off, to the end of the text. */
export const privateKey: Rule = (text) => {
  const spans = []
  let taken = 0
  for (const match of text.matchAll(begin)) {
    if (match.index < taken) continue
    end.lastIndex = match.index
    const close = end.exec(text)
    taken = close ? close.index + close[0].length : text.length
    spans.push({ type: 'PRIVATE_KEY', start: match.index, end: taken })
  }
  return spans
}

const header = /\b(?:bearer|basic|token|apikey)[ \t]{1,4}([\w.~+/=-]{12,8192})/gi

/** What an `Authorization` header carries; a word of letters alone is prose. */
export const authorization: Rule = (text) =>
  [...text.matchAll(header)]
    .filter((match) => /\d|[a-z][A-Z]/.test(match[1]!))
    .map((match) => {
      const stop = match.index + match[0].length
      return { type: 'API_KEY', start: stop - match[1]!.length, end: stop }
    })

const cookies = /\bcookie["']?[ \t]{0,4}[:=]([^\r\n]+)/gi
const cookie = /(?<![\w$.!#-])([\w$.!#-]{1,128})=([^\s;,"'`<>\\]+)/g
/** What a server says of its cookie. */
const attribute = /^(?:path|domain|expires|max-age|samesite|version|priority)$/i
const opens = /^(?:.*(?:sess|auth|token|sid|jwt|login|csrf|xsrf|remember).*|id)$/i

/** Values in a `Cookie` header: those that open a session, and any as long as one that could. */
export const cookieValue: Rule = (text) =>
  [...text.matchAll(cookies)].flatMap((header) => {
    const from = header.index + header[0].length - header[1]!.length
    return [...header[1]!.matchAll(cookie)]
      .filter(
        ({ 1: name, 2: value }) =>
          !attribute.test(name!) && (opens.test(name!) || value!.length >= longEnough),
      )
      .map((match) => {
        const end = from + match.index + match[0].length
        return { type: 'API_KEY', start: end - match[2]!.length, end }
      })
  })

const longEnough = 8
