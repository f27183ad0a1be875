/** The form of every model id, also of ids that `parseId` cannot read: `mnist-vae-best`. */
export const ID_FORM = /^[a-z0-9]+(-[a-z0-9.]+)*$/
