/** The certificates of a policy: `edgewise.certificates.json` beside it, an array. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Certificate, CertifyError, verifyCertificate } from '@edgewise/evidence'

export const CERTIFICATES_FILE = 'edgewise.certificates.json'

/** Those of the folder, none where there is no such file. Throws CertifyError for a file that is not what it should be. */
export async function readCertificates(folder: string): Promise<readonly Certificate[]> {
  const path = join(folder, CERTIFICATES_FILE)
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException): null => {
    if (cause.code === 'ENOENT') return null
    throw new CertifyError('certificate_malformed', `${path} cannot be read (${cause.code})`)
  })
  if (text === null) return []
  const values = parsed(text)
  if (!Array.isArray(values))
    throw new CertifyError('certificate_malformed', `${path} is no JSON array of certificates`)
  return Promise.all(values.map(verifyCertificate))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
