/** Puts a certificate with the others of a folder; the file is whole at every moment. */
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificate } from '@edgewise/evidence'
import { CertificatesFileError, certificatesFileName, readCertificates } from './certificates-file.ts'

/** Behind the others, once; returns the file. Throws CertificatesFileError where it cannot be written, or what is there cannot be read. */
export async function keepCertificate(folder: string, certificate: Certificate): Promise<string> {
  const file = join(folder, certificatesFileName)
  const others = (await readCertificates(folder)).filter(({ id }) => id !== certificate.id)
  const part = `${file}.${process.pid}.part`
  try {
    await writeFile(part, `${readable([...others, certificate])}\n`)
    await rename(part, file)
  } catch (cause) {
    await rm(part, { force: true })
    throw new CertificatesFileError(file, `it cannot be written (${(cause as Error).message})`, { cause })
  }
  return file
}

/** A line a field, but for the pairs of numbers of the reference. */
const readable = (certificates: readonly Certificate[]): string =>
  JSON.stringify(certificates, null, 2).replace(/\[\s+(\S+),\s+(\d+)\s+\]/g, '[$1, $2]')
