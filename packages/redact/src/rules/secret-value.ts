/**
 * What a value that has a secret's name is: a secret, something that stands for one, or code that reads one. In quotes and as a
 * member of an object nothing is code; bare, brackets and variables are.
 */

/** Names whose values are secrets, also at the end of a longer name. */
export const secretNames: string =
  'pass(?:word|wort|wd|phrase|code|key)|(?<=_)pass|(?<![\\p{L}_]|(?:boarding|bus|ski|day|season|mountain|all) )pass(?=["\'`]?[ \\t]?[:=])|pwd|kennwort|contraseña|mot de passe|secret(?:[_-]?(?:access)?[_-]?key)?|api[_-]?key|' +
  '(?:access|auth|private|signing|encryption|account|storage|master|service|license)[_-]?key|' +
  '(?:access|auth|refresh|bearer|session|api|id|bot|personal|oauth)?[_-]?token|credentials?|connection[_-]?string'

/** What stands for a secret: a variable, a hole in a template, a mask. */
const stand = /^(?:\$\{?[A-Z_]+\}?|<(?:[a-z _-]+|[A-Z _-]+)>|\{\{[\s\S]*\}\}|%[A-Z_]+%|[*x•.…-]+)$/
const noneWords =
  /^[[(<]?(?:null|undefined|none|nil|true|false|string|str|required|optional|redacted)[\])>]?$/i
const isPassword = (name: string) => /^(?:pass|pwd)/i.test(name)

/** Whether `value`, in quotes or a member of an object, can be the secret called `name`. Of few digits only a password is. */
export const isSecret = (name: string, value: string): boolean =>
  value !== '' &&
  !stand.test(value) &&
  !noneWords.test(value) &&
  (isPassword(name) || !/^\d{1,3}$/.test(value))

/**
 * Whether `value` without quotes, which is no code, is one. `whole`: the assignment from its name on. `password=word` is one as
 * in a connection string, else only what no sentence has.
 */
export function isBareSecret(whole: string, name: string, value: string): boolean {
  if (!/[\p{L}\p{N}]/u.test(value) || /^\d{1,3}$/.test(value) || !isSecret(name, value)) return false
  if (isPassword(name) && !/\s/.test(whole) && whole.includes('=')) return true
  return (
    isMixed(value) ||
    (value.length >= 4 &&
      /\d|[!#$%^&*+]/.test(value) &&
      !/^-?[\d.,]+$|^\/(?![\w+/]{30})|^[A-Z][A-Za-z]*\d{1,3}[A-Za-z]*$/.test(value))
  )
}

/** Least share of neighbours that differ in case, of letters drawn from both; of names in code few do. */
const changes = 0.3

/** Whether a string of 16 letters or more changes case like a drawn one. */
export function isMixed(value: string): boolean {
  const letters = value.replace(/[^A-Za-z]/g, '')
  if (letters.length < 16) return false
  const changed = letters.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z])/g)?.length ?? 0
  return changed / (letters.length - 1) >= changes
}

const variable =
  /^(?:\$(?:[A-Z_][A-Z\d_]*|[a-z][a-z_]*(?:[A-Z][a-z_]*)*|\d+|[({].*)(?:[-.[(:].*)?|process\.env.*|os\.environ.*|env\..*|%\w+%)$/
const bracketed = /^[\w.$]*[([{]/

/**
 * A variable, or brackets behind a name that are closed in the value or in `after`: `load(x)`, `${x}`, `tokens[0]`. Also a
 * bracket that ends its line.
 */
export function isCode(value: string, after: string): boolean {
  if (variable.test(value)) return true
  if (!bracketed.test(value)) return false
  if (/[([{]$/.test(value)) return true
  const rest = value + after
  let open = 0
  for (let i = 0; i < rest.length && rest[i] !== '\n'; i++) {
    if (/[([{]/.test(rest[i]!)) open++
    else if (/[)\]}]/.test(rest[i]!) && --open === 0) return !/^\w/.test(rest.slice(i + 1, i + 2))
  }
  return false
}
