import { type Reader, readBy } from './definition-names.ts';
import type { Model } from './definitions.ts';
import type { Route } from './route.ts';
import { byKey, type Dialect, type Schema } from './schema.ts';

/** The definitions of all types that the routes read or answer, and of what these point to, by name. */
export function collect(
  routes: readonly Route[],
  dialect: Dialect,
  reader?: Reader,
): Readonly<Record<string, Schema>> {
  const found = new Map<string, Schema>();
  const visit = (model: Model): void => {
    if (found.has(model.name)) return;
    const { schema, uses } = model.define(dialect);
    found.set(model.name, reader ? readBy(reader, schema) : schema);
    uses.forEach(visit);
  };
  for (const { body, answer } of routes) {
    if (body) visit(body.model);
    if (answer && answer !== 'string') visit(answer);
  }
  return Object.fromEntries([...found].toSorted(byKey));
}
