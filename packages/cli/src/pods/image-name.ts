const host = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)';
const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const domain = `(?:${host}(?:\\.${host})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const digest = '@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';

/** A name of an image as registries take it: `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`. */
export const imageForm: RegExp = new RegExp(
  `^(?:${domain}/)?${part}(?:/${part})*(?::\\w[\\w.-]{0,127})?(?:${digest})?$`,
);
