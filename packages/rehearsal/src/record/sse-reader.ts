/** The data of server-sent events, as text arrives in any cuts. Lines of other fields and comments are passed over. */

export class SseReader {
  #rest = ''

  /** The data of each event that is whole now. */
  push(text: string): string[] {
    const blocks = (this.#rest + text).replaceAll('\r\n', '\n').split('\n\n')
    this.#rest = blocks.pop()!
    return blocks.flatMap((block) => {
      const lines = block.split('\n').filter((line) => line.startsWith('data:'))
      return lines.length === 0 ? [] : [lines.map((line) => line.slice(5).trimStart()).join('\n')]
    })
  }
}
