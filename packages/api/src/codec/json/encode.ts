const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};
const special = /[<>&\u2028\u2029]/;
const everySpecial = /[<>&\u2028\u2029]/g;

/** The JSON text of a canonical object, escaped as Go escapes it; the server's answers end with a line feed beside. */
export function encodeJson(object: unknown): string {
  const text = JSON.stringify(object);
  return special.test(text) ? text.replace(everySpecial, (found) => escapes[found]!) : text;
}
