/**
 * Marks the errors of this project, whichever package and bundle their class came from: their messages hold nothing of a call and
 * may stand on a receipt. The engine's carry it, too.
 */
export const ownError: unique symbol = Symbol.for('edgewise.error')
