/**
 * Sentences and lines that values stand in: `{v}` is the value, `{w}` what it is called. `seen` are those the rules were mended with;
 * `unseen` were written at the same time and only counted.
 */
export interface Frames {
  /** With a word for the value. */
  readonly near: readonly string[]
  /** Without one. */
  readonly alone: readonly string[]
}
export interface Sets {
  readonly seen: Frames
  readonly unseen: Frames
}

/** For numbers of persons, documents, accounts. */
export const numberFrames: Sets = {
  seen: {
    near: [
      'My {w} is {v}.',
      'My {w} is {v}',
      '{w}: {v}',
      '{w} {v}',
      'Please update my {w} to {v} in your records.',
      "The customer's {w} ({v}) does not match.",
      '{w} = {v}',
      '"{w}": "{v}"',
      '{w}\n{v}',
      'name,{w}\nAnna,{v}',
      'For verification: {w} - {v}. Thanks!',
      'I was told that {w} {v} is already registered',
      'Is {v} a valid {w}?',
      'Her {w} is: {v}, born in Leeds.',
      '| {w} | {v} |',
      'Hi, {w} {v}, can you check my status?',
      '<b>{w}</b> {v}',
    ],
    alone: [
      'Please look up {v} for me.',
      'I sent you {v} yesterday.',
      '{v}',
      'Here it is: {v}. Call me back.',
      'Anna Kowalski, {v}, Leeds',
      'Can you check {v}?',
    ],
  },
  unseen: {
    near: [
      'They asked me for my {w}, which is {v}.',
      'Applicant {w}: {v}; status: pending',
      'Kindly confirm the {w} on file ({v}).',
      "I've lost the card with {w} {v} on it.",
      '- {w}: {v}\n- City: Oslo',
      'user.{w} => {v}',
      'Could somebody verify {w} "{v}" before Monday?',
      'Under "{w}" I entered {v} and got an error.',
      '{w} no {v}',
      'We have two people with {w} {v} in the system.',
      'Re: {w} {v}',
      'What does it mean when {v} is rejected as my {w}?',
      '{ "{w}": "{v}", "city": "Oslo" }',
    ],
    alone: [
      'Somebody used {v} without my consent.',
      'The form says {v}, is that right?',
      'Record: {v} / active',
      'Forward {v} to the tax office please',
      '> {v}',
    ],
  },
}

export const phoneFrames: Sets = {
  seen: {
    near: [
      'Call me at {v}.',
      'call {v} now',
      'My phone number is {v}',
      'Phone: {v}',
      'tel. {v}',
      'You can reach me on {v} after six.',
      'Mobile: {v}\nFax: none',
      'Her cell is {v}, text her.',
      '"phone": "{v}"',
      'WhatsApp {v}',
      'Please ring {v} and ask for Bo',
      'Tel: {v} (home)',
      'Telefon: {v}',
      'Tél : {v}',
      'Teléfono: {v}',
      'my number is {v}',
      'Can someone call me on {v}?',
      'Contact number {v}',
      '{v} (mobile)',
      '{v} office',
    ],
    alone: [
      'Anna Kowalski, {v}, Leeds',
      'I will be at {v} all day.',
      '{v}',
      'Bo Lee | {v} | Leeds',
      'Use {v} if it is urgent.',
      'She left {v} as a message.',
    ],
  },
  unseen: {
    near: [
      "They're not picking up at {v}, is the phone line down?",
      'Could you dial {v} for me?',
      'For questions phone {v}.',
      'Cell phone - {v}',
      'Emergency contact: {v}',
      'Send an SMS to {v}, please',
      'handy: {v}',
      'Numéro de téléphone : {v}',
      'fax no. {v}',
      'Customer phone number on file: {v}',
      'You asked for my mobile, it is {v}.',
      'Hotline {v} (24/7)',
      'new phone, who dis? {v}',
      'callback number {v}',
      'ph: {v}',
    ],
    alone: [
      'Please get back to {v}',
      'Dr. Meyer ({v}) will take over.',
      'Leave word with {v}, thanks',
      'c/o Smith, {v}\n10115 Berlin',
      'Sincerely,\nTom\n{v}',
    ],
  },
}

export const emailFrames: Sets = {
  seen: {
    near: [
      'Email: {v}',
      'write to {v}.',
      '<{v}>',
      'mailto:{v}',
      '"email": "{v}"',
      'E-Mail:{v},',
      '[{v}](mailto:x)',
      'Is {v} correct?',
      '({v})',
      'From: Ann <{v}>;',
      '{v}',
      'contact={v}&x=1',
      "'{v}'",
      'cc {v}, bo',
      '{v}/inbox',
      'user {v}: ok',
      'Send it to {v}!',
    ],
    alone: [],
  },
  unseen: {
    near: [
      'reach out via {v} whenever',
      'Reply-To: {v}',
      '- {v}\n- none',
      'login={v};role=admin',
      'ask {v}…',
      'https://x.example/u?mail={v}',
      '**{v}**',
      'Was "{v}" used to sign up?',
      '{v}, thanks',
      '«{v}»',
      'Die Adresse {v}, bitte.',
      'email→{v}',
    ],
    alone: [],
  },
}

export const cardFrames: Sets = {
  seen: {
    near: [
      'My card number is {v}.',
      'Charge {v}, exp 04/29',
      'Visa {v}',
      'cc {v}',
      'credit card: {v}',
      '"card_number": "{v}"',
      'Please block card no {v}',
    ],
    alone: ['{v}', 'I paid with {v} yesterday', 'use {v} for it.'],
  },
  unseen: {
    near: [
      'The card ending soon, {v}, was stolen',
      'amex {v} declined',
      'PAN: {v}',
      'Kreditkarte {v}',
      'debit card #{v}',
    ],
    alone: ['number={v}', 'Bill it to {v}, please', '({v})'],
  },
}

export const ibanFrames: Sets = {
  seen: {
    near: [
      'My IBAN is {v}.',
      'IBAN: {v}',
      'Transfer it to {v} today',
      '"iban": "{v}"',
      'pay {v}, BIC COBADEFF',
    ],
    alone: ['{v}', 'send 50 euros to {v} please'],
  },
  unseen: {
    near: ['Bankverbindung: {v}', 'account {v} (Anna)', 'IBAN\n{v}', 'Is IBAN {v} yours?'],
    alone: ['Refund goes to {v}.', '- {v} -'],
  },
}

export const addressFrames: Sets = {
  seen: {
    near: [
      'The IP address is {v}{a}.',
      'ping {v}{a}',
      'Blocked {v}{a}, why?',
      '{v}{a} - - [10/Oct/2024] "GET / HTTP/1.1" 200',
      'host={v}{a}',
      'from {v}{a} to me',
      '"ip": "{v}"',
      'ssh root@{v}',
      'http://{v}:80/x'.replace(':80', '/'),
    ],
    alone: [],
  },
  unseen: {
    near: [
      'client_ip = {v}',
      'Failed login from {v}{a} port 22',
      'Server ({v}) is down',
      'allow {v}{a};',
      'nameserver {v}',
      'Why does {v}{a} time out?',
      'X-Forwarded-For: {v}, unknown',
    ],
    alone: [],
  },
}

export const secretFrames: Sets = {
  seen: {
    near: [],
    alone: [
      '{v}',
      'my key is {v}',
      'Why does {v} not work?',
      'key={v}',
      '"{v}"',
      'I pushed {v}, what now?',
      'use: {v}\nthanks',
    ],
  },
  unseen: {
    near: [],
    alone: [
      'Please rotate {v}.',
      '  value: {v}',
      "const k = '{v}'",
      'is ({v}) leaked?',
      '> {v}',
      'echo {v} | base64',
    ],
  },
}

export const saidFrames: Sets = {
  seen: { near: [], alone: ['{v}', 'In the file stands:\n{v}', 'help: {v}', '# config\n{v}\n# end'] },
  unseen: { near: [], alone: ['I ran this:\n\n    {v}\n\nand it failed', 'log> {v}', '{v}\nWhat is wrong?'] },
}
