/** Against a file system of a few lines, which does what the standard says of the calls that are used. */
import { afterEach, expect, test, vi } from 'vitest'
import { opfsStore } from './opfs-store.ts'

interface Entry {
  bytes: Uint8Array
  lastModified: number
}

function fakeFileSystem(failing?: 'write' | 'close') {
  const folders = new Map<string, Map<string, Entry>>()
  const notFound = () => new DOMException('no such file', 'NotFoundError')
  const fileHandle = (files: Map<string, Entry>, name: string) => ({
    kind: 'file',
    getFile: async () => {
      const found = files.get(name)
      if (!found) throw notFound()
      return {
        size: found.bytes.length,
        lastModified: found.lastModified,
        arrayBuffer: async () => found.bytes.slice().buffer,
      }
    },
    createWritable: async () => {
      let written = new Uint8Array(0)
      return {
        write: async (bytes: Uint8Array) => {
          if (failing === 'write') throw new DOMException('no room', 'QuotaExceededError')
          written = Uint8Array.from([...written, ...bytes])
        },
        close: async () => {
          if (failing === 'close') throw new DOMException('no room', 'QuotaExceededError')
          files.set(name, { bytes: written, lastModified: files.size })
        },
        abort: async () => {},
      }
    },
  })
  const folderHandle = (files: Map<string, Entry>) => ({
    async *entries() {
      for (const name of [...files.keys()]) yield [name, fileHandle(files, name)]
    },
    getFileHandle: async (name: string, { create = false } = {}) => {
      if (!files.has(name) && !create) throw notFound()
      if (!files.has(name)) files.set(name, { bytes: new Uint8Array(0), lastModified: 0 })
      return fileHandle(files, name)
    },
    removeEntry: async (name: string) => {
      if (!files.delete(name)) throw notFound()
    },
  })
  const root = {
    getDirectoryHandle: async (name: string) => {
      if (!folders.has(name)) folders.set(name, new Map())
      return folderHandle(folders.get(name)!)
    },
  }
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => root } })
  return folders
}

afterEach(() => vi.unstubAllGlobals())

test('files are written, listed, read and removed', async () => {
  const folders = fakeFileSystem()
  const store = await opfsStore()
  expect(await store.list()).toEqual([])
  await store.write('a', Uint8Array.of(1, 2, 3))
  await store.write('b', Uint8Array.of(4))
  await store.write('a', Uint8Array.of(5, 6))
  expect(await store.list()).toEqual([
    { name: 'a', bytes: 2, writtenAt: expect.any(Number) },
    { name: 'b', bytes: 1, writtenAt: expect.any(Number) },
  ])
  expect(await store.read('a')).toEqual(Uint8Array.of(5, 6))
  await store.remove('a')
  await store.remove('a')
  expect(await store.read('a')).toBeUndefined()
  expect([...folders.keys()]).toEqual(['edgewise-prefixes'])
})

test.each(['write', 'close'] as const)('when %s fails that comes through', async (failing) => {
  fakeFileSystem(failing)
  const store = await opfsStore('own')
  await expect(store.write('a', Uint8Array.of(1))).rejects.toThrow('no room')
})
