import { discovering } from './media.ts';
import type { Session } from './session.ts';

/** Where a server has the OpenAPI v3 document of each group version. */
export type OpenApiPaths = Readonly<Record<string, { readonly serverRelativeURL: string }>>;

export async function openApiPaths(session: Session): Promise<OpenApiPaths> {
  const { paths } = await session.rest().json<{ paths: OpenApiPaths }>({
    ...{ method: 'GET', path: '/openapi/v3', ...discovering, place: 'client.go:46' },
  });
  return paths;
}

/** The document at one of these paths. */
export function openApiDocument<T>(session: Session, url: string): Promise<T> {
  const { pathname, searchParams } = new URL(url, 'http://server');
  return session.rest().json<T>({
    ...{ method: 'GET', path: pathname, ...discovering, accept: 'application/json' },
    query: { ...Object.fromEntries(searchParams), ...discovering.query },
    place: 'groupversion.go:75',
  });
}
