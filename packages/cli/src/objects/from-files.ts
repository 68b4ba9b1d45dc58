import { parseSelector } from '@coxswain/api';
import { checkedByServer } from '../session/asides.ts';
import type { Session } from '../session/session.ts';
import { fetched } from './fetched.ts';
import { asObject, confirmKinds, type Document, readDocuments, type Source } from './files.ts';
import type { Query } from './find.ts';
import { acceptOf, type Info, isList, resourceText, type Unstructured } from './info.ts';
import { recognised } from './recognised.ts';

/** The objects of files, with what is wrong with others, in order. */
export async function* fromFiles(
  session: Session,
  query: Query,
  sources: readonly Source[],
): AsyncGenerator<Info | Error> {
  const selector = query.labels?.trim() ? parseSelector(query.labels) : undefined;
  for (const source of sources)
    for await (const document of documentsIn(session, source, query.validation)) {
      if (document instanceof Error) {
        yield document;
        continue;
      }
      try {
        const info = { ...(await recognised(session, query, document)), ...acceptOf(query) };
        const { resource, name } = info;
        if (query.fetch === 'latest' && name && resource.namespaced && !info.namespace)
          throw new Error(`no namespace set on resource ${resourceText(resource)} "${name}"`);
        const latest =
          query.fetch === 'latest' && info.name ? await fetched(session, query, info) : info;
        if (!selector || selector.matches(latest.object?.metadata?.labels)) yield latest;
      } catch (error) {
        yield error as Error;
      }
    }
}

/** What is no object is told, and the next one read; but where kinds are confirmed, that ends the source. */
async function* documentsIn(
  session: Session,
  source: Source,
  validation: string | undefined,
): AsyncGenerator<Document | Error> {
  try {
    for await (const document of readDocuments(source)) {
      if (validation === 'Strict' || validation === 'Warn') {
        confirmKinds(document);
        await checkedByServer(session, document.object as Unstructured);
      }
      let object: Document;
      try {
        object = asObject(document);
      } catch (error) {
        yield error as Error;
        continue;
      }
      yield* members(object);
    }
  } catch (error) {
    yield error as Error;
  }
}

/** The objects of a document that is a list, lists within lists included. */
const members = (document: Document): readonly Document[] =>
  isList(document.object)
    ? (document.object['items'] as readonly Unstructured[]).flatMap((object) =>
        members({ ...document, object }),
      )
    : [document];
