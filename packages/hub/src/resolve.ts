/** The path of a model that is on this machine, whole: for whoever opens what a person named. */
import { stat } from 'node:fs/promises'
import { placeOf } from './addresses.ts'
import { HubError } from './errors.ts'
import { formatReference, isReference, parseReference } from './reference.ts'
import { type HubSettings, hubSettings } from './settings.ts'

/**
 * `name` is `hf:<org>/<repo>/<file>` or a path. The hub is not asked and nothing is downloaded.
 * Throws HubError `hub_not_pulled` for what is not there or not all there, `hub_bad_reference`.
 */
export async function resolveModel(name: string, settings?: HubSettings): Promise<string> {
  if (!isReference(name)) {
    if (/\.part$/i.test(name)) {
      throw new HubError(
        'hub_not_pulled',
        `${name} is a download that is not complete: pull it again, it goes on where it stopped`,
      )
    }
    if (await isFile(name)) return name
    throw new HubError(
      'hub_not_pulled',
      `there is no file ${name}: check the path, or pull a model with "edgewise pull hf:…"`,
    )
  }
  const reference = parseReference(name)
  const place = placeOf(settings ?? hubSettings(), reference)
  if (await isFile(place.file)) return place.file
  const begun = await isFile(place.part)
  throw new HubError(
    'hub_not_pulled',
    `${formatReference(reference)} is ${begun ? 'not complete' : 'not on this machine'}: run "edgewise pull ${formatReference(reference)}"`,
  )
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ?? false
}
