/** Schemas as applications have them, with documents as models write them. */

const person = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 60 },
    age: { type: 'integer', minimum: 0, maximum: 130 },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 8 },
    address: {
      type: 'object',
      properties: {
        street: { type: 'string' },
        city: { type: 'string' },
        zip: { type: 'string', pattern: '^\\d{5}$' },
      },
      required: ['street', 'city'],
      additionalProperties: false,
    },
  },
  required: ['name', 'age', 'tags'],
  additionalProperties: false,
}

const call = {
  anyOf: [
    {
      type: 'object',
      properties: {
        name: { const: 'get_weather' },
        arguments: {
          type: 'object',
          properties: { city: { type: 'string' }, unit: { enum: ['celsius', 'fahrenheit'] } },
          required: ['city'],
          additionalProperties: false,
        },
      },
      required: ['name', 'arguments'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: {
        name: { const: 'search' },
        arguments: {
          type: 'object',
          properties: { query: { type: 'string' }, limit: { type: 'integer' } },
          required: ['query'],
          additionalProperties: false,
        },
      },
      required: ['name', 'arguments'],
      additionalProperties: false,
    },
  ],
}

const tree = {
  $ref: '#/$defs/node',
  $defs: {
    node: {
      type: 'object',
      properties: { label: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
      required: ['label', 'children'],
      additionalProperties: false,
    },
  },
}

export const documents: readonly {
  readonly name: string
  readonly schema: { readonly [keyword: string]: unknown }
  readonly texts: readonly string[]
}[] = [
  {
    name: 'person',
    schema: person,
    texts: [
      JSON.stringify(
        {
          name: 'Ada Lovelace of the Analytical Engine',
          age: 36,
          tags: ['mathematics', 'so-called "poetry"', 'naïve façade 日本'],
          address: { street: '12 St James Square', city: 'London', zip: '12345' },
        },
        null,
        2,
      ),
      '{"name": "Bob Smith", "age": 5, "tags": [], "address": {"street": "High Street", "city": "Oxford"}}',
    ],
  },
  {
    name: 'call of a tool',
    schema: call,
    texts: [
      '{"name": "get_weather", "arguments": {"city": "San Francisco", "unit": "celsius"}}',
      '{"name": "search", "arguments": {"query": "how tall is the tallest building in the world", "limit": 10}}',
    ],
  },
  {
    name: 'tree, recursive',
    schema: tree,
    texts: [
      JSON.stringify(
        {
          label: 'root',
          children: [
            { label: 'a leaf', children: [] },
            { label: 'inner', children: [{ label: 'x', children: [] }] },
          ],
        },
        null,
        2,
      ),
    ],
  },
  {
    name: 'map of numbers',
    schema: { type: 'object', additionalProperties: { type: 'number' } },
    texts: ['{"alpha": 1, "beta": 2.5, "gamma delta": -17.25, "epsilon": 42}'],
  },
  {
    name: 'any JSON',
    schema: {},
    texts: [
      '{"a": [1, 2, {"b": "some text that is long enough"}], "name": "value", "x": null, "list": [true, false]}',
    ],
  },
  {
    name: 'pattern',
    schema: { type: 'string', pattern: '^[A-Za-z ,.]{10,200}$' },
    texts: ['"The quick brown fox, jumps over the lazy dog. And again and again."'],
  },
]
