/**
 * The sockets of a server and how many requests of each are not answered in full. Node's own `closeIdleConnections` leaves a
 * socket alone that never sent a request, such as browsers open in advance: it would hold up the end of the server.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export class Sockets {
  readonly #running: Map<Socket, number> = new Map()

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#running.set(socket, 0)
      socket.once('close', () => this.#running.delete(socket))
    })
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.#add(socket, 1)
      response.once('close', () => this.#add(socket, -1))
    })
  }

  /** Requests over all sockets. */
  get running(): number {
    let sum = 0
    for (const count of this.#running.values()) sum += count
    return sum
  }

  /** Ends those nobody waits for an answer on, also in the middle of a request's head. */
  endIdle(): void {
    for (const [socket, count] of this.#running) if (count === 0) socket.destroy()
  }

  #add(socket: Socket, change: number): void {
    const count = this.#running.get(socket)
    if (count !== undefined) this.#running.set(socket, count + change)
  }
}
