/**
 * Keys and passwords in the forms their issuers publish, put together here so that no scanner of repositories takes a made-up one for
 * one that was lost; and the ways in which secrets stand in code, configuration, headers and sentences.
 */
import { base62, capitals, type Draw, hexadecimal, numerals } from './draw.ts'

const upper = capitals + numerals
const urlSafe = `${base62}-_`
const base64 = `${base62}+/`
const join = (...parts: string[]) => parts.join('')

/** Keys that say what they are wherever they stand. */
export const known: Readonly<Record<string, (draw: Draw) => string>> = {
  'AWS access key': (d) => join(d.pick(['AK', 'AS']), 'IA', d.string(16, `${capitals}234567`)),
  'GitHub token': (d) => join('gh', d.pick(['p', 'o', 'u', 's', 'r']), '_', d.string(36, base62)),
  'GitHub fine-grained': (d) => join('github', '_pat_', d.string(22, base62), '_', d.string(59, base62)),
  'GitLab token': (d) => join('gl', 'pat-', d.string(20, urlSafe)),
  'Slack token': (d) =>
    join('xo', d.pick(['xb', 'xp', 'xa']), '-', d.fill('############-############-'), d.string(24, base62)),
  'Stripe key': (d) => join(d.pick(['sk', 'rk']), '_', d.pick(['live', 'test']), '_', d.string(24, base62)),
  'OpenAI key': (d) => join('sk', '-', d.string(48, base62)),
  'OpenAI project key': (d) => join('sk', '-proj-', d.string(48, urlSafe)),
  'Anthropic key': (d) => join('sk', '-ant-', 'api03-', d.string(93, urlSafe), 'AA'),
  'Google key': (d) => join('AI', 'za', d.string(35, urlSafe)),
  'Google OAuth secret': (d) => join('GOC', 'SPX-', d.string(28, urlSafe)),
  'npm token': (d) => join('npm', '_', d.string(36, base62)),
  'PyPI token': (d) => join('pypi', '-AgEIcHlwaS5vcmc', d.string(70, urlSafe)),
  'Hugging Face token': (d) => join('h', 'f_', d.string(34, base62)),
  'SendGrid key': (d) => join('S', 'G.', d.string(22, urlSafe), '.', d.string(43, urlSafe)),
  'Twilio SID': (d) => join('A', 'C', d.string(32, hexadecimal)),
  'Mailgun key': (d) => join('key', '-', d.string(32, hexadecimal)),
  'Mailchimp key': (d) => `${d.string(32, hexadecimal)}-us${d.fill('1#')}`,
  'DigitalOcean token': (d) => join('dop', '_v1_', d.string(64, hexadecimal)),
  'Shopify token': (d) => join('shp', 'at_', d.string(32, hexadecimal)),
  'Databricks token': (d) => join('da', 'pi', d.string(32, hexadecimal)),
  'Telegram bot': (d) => join(d.fill('%#########'), ':', 'AA', d.string(33, urlSafe)),
  'Discord bot': (d) =>
    join(
      d.pick(['MT', 'OT', 'Nz']),
      d.string(22, base62),
      '.',
      d.string(6, urlSafe),
      '.',
      d.string(38, urlSafe),
    ),
  JWT: (d) =>
    join(
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9',
      '.',
      `eyJ${d.string(60, base62)}`,
      '.',
      d.string(43, urlSafe),
    ),
  'PEM key': (d) => {
    const kind = d.pick(['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '])
    const lines = Array.from({ length: 4 }, () => d.string(64, base64)).join('\n')
    return join('-----BEGIN ', kind, 'PRIVATE KEY-----\n', lines, '\n-----END ', kind, 'PRIVATE KEY-----')
  },
  'PyPI-like hashed': (d) => join('vault', ':hvs.', d.string(24, urlSafe)).slice(6),
  'Vault token': (d) => join('hv', 's.', d.string(90, urlSafe)),
  'Linear key': (d) => join('lin', '_api_', d.string(40, base62)),
  'Notion token': (d) => join('secret', '_', d.string(43, base62)),
  'Airtable token': (d) => join('pat', d.string(14, base62), '.', d.string(64, hexadecimal)),
  'Square token': (d) => join('sq0', 'atp-', d.string(22, urlSafe)),
  'Supabase key': (d) => join('sb', 'p_', d.string(40, hexadecimal)),
  'Groq key': (d) => join('gs', 'k_', d.string(52, base62)),
  'xAI key': (d) => join('xa', 'i-', d.string(80, base62)),
  'Perplexity key': (d) => join('pp', 'lx-', d.string(48, base62)),
  'Replicate token': (d) => join('r', '8_', d.string(37, base62)),
  'New Relic key': (d) => join('NR', 'AK-', d.string(27, upper)),
  'Sentry token': (d) => join('sntry', 's_', d.string(60, base62)),
  'Grafana token': (d) => join('gls', 'a_', d.string(32, base62), '_', d.string(8, hexadecimal)),
  'Docker token': (d) => join('dckr', '_pat_', d.string(27, urlSafe)),
  'Atlassian token': (d) => join('ATA', 'TT3xFfGF0', d.string(180, urlSafe)),
  'Postman key': (d) => join('PM', 'AK-', d.string(24, hexadecimal), '-', d.string(34, hexadecimal)),
  'Doppler token': (d) => join('dp', '.pt.', d.string(43, base62)),
  'Fly token': (d) => join('fo', '1_', d.string(43, urlSafe)),
  'PlanetScale token': (d) => join('psc', 'ale_tkn_', d.string(43, urlSafe)),
  'age key': (d) => join('AGE-', 'SECRET-KEY-1', d.string(58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')),
}

export interface Said {
  readonly text: string
  readonly value: string
}
const put = (before: string, value: string, after = ''): Said => ({ text: before + value + after, value })
const password = (d: Draw) =>
  d.pick([
    d.fill('?***#!***'),
    d.fill('***-***-##'),
    d.string(14, `${base62}!$%*#`).replace(/^./, 'k').replace(/.$/, '7'),
    d.fill('Summer20##!'),
    d.fill('hunter##'),
    d.fill('P@ssw0rd##'),
  ])

/** Secrets that are known by what stands around them. */
export const said: readonly ((draw: Draw) => Said)[] = [
  (d) => put('AWS_SECRET_ACCESS_KEY=', d.string(40, base64)),
  (d) => put('aws_secret_access_key = ', d.string(40, base64)),
  (d) => put('"secretAccessKey": "', d.string(40, base64), '"'),
  (d) => put('Authorization: Bearer ', d.string(40, base62)),
  (d) => put('curl -H "Authorization: Bearer ', d.string(32, base62), '" https://api.example.com'),
  (d) => put('-H "X-API-Key: ', d.string(32, hexadecimal), '"'),
  (d) => put('x-api-key: ', d.string(40, base62)),
  (d) => put('api_key=', d.string(32, hexadecimal)),
  (d) => put('apikey: ', d.string(24, base62)),
  (d) => put('API key is ', d.string(32, base62)),
  (d) => put('My API key: ', d.string(28, base62), '.'),
  (d) => put('the access token is ', d.string(32, base62), ', keep it'),
  (d) => put('secret key: ', d.string(40, base62)),
  (d) => put('client_secret="', d.string(32, urlSafe), '"'),
  (d) => put('token: ', d.string(40, hexadecimal)),
  (d) => put('export SECRET_KEY="', d.string(50, base62), '"'),
  (d) => put('password=', password(d)),
  (d) => put('password: ', password(d)),
  (d) => put('"password": "', password(d), '"'),
  (d) => put('My password is ', password(d), ' and I forgot the user.'),
  (d) => put('DB_PASSWORD=', password(d)),
  (d) => put('pwd: ', password(d)),
  (d) => put('PASSWORD = "', password(d), '"'),
  (d) => put('passphrase: ', password(d)),
  (d) => (put('login: admin / ', password(d)).value ? put('user admin, pass: ', password(d)) : put('', '')),
  (d) => put('postgres://app:', password(d).replace(/[#@%]/g, '8'), '@db.internal:5432/main'),
  (d) => put('mongodb+srv://root:', password(d).replace(/[#@%]/g, '8'), '@cluster0.abcde.mongodb.net/test'),
  (d) => put('redis://:', password(d).replace(/[#@%]/g, '8'), '@cache:6379/0'),
  (d) => put('Server=db;Database=x;User Id=sa;Password=', password(d), ';'),
  (d) =>
    put(
      'DefaultEndpointsProtocol=https;AccountName=x;AccountKey=',
      `${d.string(86, base64)}==`,
      ';EndpointSuffix=core.windows.net',
    ),
  (d) =>
    put(
      'Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=',
      `${d.string(43, base64)}=`,
    ),
  (d) =>
    put(
      join('https://hooks.slack.com/', 'services/'),
      `T${d.string(8, upper)}/B${d.string(8, upper)}/${d.string(24, base62)}`,
    ),
  (d) => put('https://example.com/cb?access_token=', d.string(32, base62)),
  (d) => put('https://x.blob.core.windows.net/c?sv=2022&sig=', d.string(43, base62)),
  (d) => put('Cookie: sessionid=', d.string(32, base62)),
  (d) => put('the PIN is ', d.fill('####')),
  (d) => put('my pin code: ', d.fill('####')),
  (d) => put('verification code: ', d.fill('######')),
  (d) => put('CVV: ', d.fill('###')),
  (d) => put('auth token ', d.string(40, base62), ' expired'),
  (d) => put('export GITHUB_TOKEN=', d.string(40, hexadecimal)),
  (d) => put('machine api.example.com login bob password ', password(d)),
  (d) => put('HEROKU_API_KEY=', d.fill('^^^^^^^^-^^^^-4^^^-a^^^-^^^^^^^^^^^^')),
]
