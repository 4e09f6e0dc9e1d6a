/** The certificates that the bars of a policy name: a list in a file beside it, as `edgewise certify` writes it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ownError } from '@edgewise/engine'
import { type Certificate, verifyCertificate } from '@edgewise/evidence'

/** Looked for in the folder of the policy. */
export const certificatesFileName = 'edgewise.certificates.json'

/** The file is there and cannot be used. The message names it and what to do. Code `bad_certificates`. */
export class CertificatesFileError extends Error {
  readonly code = 'bad_certificates'
  readonly file: string
  constructor(file: string, why: string, options?: ErrorOptions) {
    super(`${file}: ${why}`, options)
    this.name = 'CertificatesFileError'
    this.file = file
    Object.defineProperty(this, ownError, { value: true })
  }
}

/**
 * Those of the file in `folder`, each with its id checked against what it says; none where there is no such file.
 * @throws CertificatesFileError
 */
export async function readCertificates(folder: string): Promise<readonly Certificate[]> {
  const file = join(folder, certificatesFileName)
  const text = await readIfThere(file)
  return text === null ? [] : verified(file, parsed(file, text))
}

/** The one of that id. @throws CertificatesFileError where it is not there, too. */
export async function findCertificate(folder: string, id: string): Promise<Certificate> {
  const certificates = await readCertificates(folder)
  const found = certificates.find((certificate) => certificate.id === id)
  if (found !== undefined) return found
  const there = certificates.map((certificate) => certificate.id).join(', ') || 'none'
  throw new CertificatesFileError(
    join(folder, certificatesFileName),
    `no certificate ${JSON.stringify(id)} is in it (there are: ${there}): make one with "edgewise certify"`,
  )
}

async function verified(file: string, value: unknown): Promise<readonly Certificate[]> {
  if (!Array.isArray(value)) {
    throw new CertificatesFileError(file, 'this is no list of certificates: put them in brackets, [ ]')
  }
  const certificates: Certificate[] = []
  for (const [index, item] of value.entries()) {
    try {
      certificates.push(await verifyCertificate(item))
    } catch (error) {
      throw new CertificatesFileError(file, `${index}: ${(error as Error).message}`, { cause: error })
    }
  }
  return certificates
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CertificatesFileError(file, 'this is not JSON: make it anew with "edgewise certify"', { cause })
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new CertificatesFileError(file, `it cannot be read (${(error as Error).message})`, { cause: error })
  }
}
