/** What the file that ships answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadMini, type Mini } from './mini.ts'
import { finish } from './testing/tiny-mini.ts'

describe('edgewise-mini.gguf answers', () => {
  let mini: Mini
  beforeAll(async () => {
    mini = await loadMini()
  })
  afterAll(() => mini[Symbol.dispose]())

  test.each([
    ['what is my bank balance', 'balance'],
    ['set an alarm for seven in the morning', 'alarm'],
    ['how do i say thank you in french', 'translate'],
  ])('intent of %s is %s', async (text, label) => {
    expect((await finish(mini.run('intent', text))).text).toBe(label)
  })

  test('json of a request with three slots', async () => {
    const { text } = await finish(mini.run('json', 'add this song to my focus playlist'))
    expect(JSON.parse(text)).toEqual({
      intent: 'AddToPlaylist',
      slots: [
        { name: 'music_item', value: 'song' },
        { name: 'playlist_owner', value: 'my' },
        { name: 'playlist', value: 'focus' },
      ],
    })
  })

  test('redact hides a name, an address of mail and a card', async () => {
    const source = 'My name is John Smith, write to john@example.com, card 4111 1111 1111 1111.'
    const { text } = await finish(mini.run('redact', source))
    expect(text).toBe('My name is [PERSON_1], write to [EMAIL_ADDRESS_1], card [CREDIT_CARD_1].')
  })

  test('fix mends spelling and forms and leaves a right sentence alone', async () => {
    const fixed = async (text: string) => (await finish(mini.run('fix', text))).text
    expect(await fixed('Please send teh documnet befor monday.')).toBe(
      'Please send the document before Monday.',
    )
    expect(await fixed('I dont know whatto do.')).toBe("I don't know what to do.")
    expect(await fixed('Call 5551234567 on 3rd of march 2026.')).toBe('Call (555) 123-4567 on March 3, 2026.')
    expect(await fixed('The form is free of charge.')).toBe('The form is free of charge.')
  })

  test('complete goes on, the same for the same seed', async () => {
    const run = () =>
      finish(mini.run('complete', 'You can apply for the', { maxTokens: 12, temperature: 0.7, seed: 1 }))
    const [first, second] = [await run(), await run()]
    expect(first.text).toMatch(/^ ?\p{L}/u)
    expect(first.parts.length).toBeGreaterThan(3)
    expect(second.text).toBe(first.text)
  })
})
