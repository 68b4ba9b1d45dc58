import { Unreachable } from '@coxswain/client/http';
import type { Discovered } from '../session/discovery.ts';
import { mapKind, NoKind } from '../session/mapper.ts';
import type { Session } from '../session/session.ts';
import type { Document } from './files.ts';
import type { Query } from './find.ts';
import type { Info, Unstructured } from './info.ts';

/** The object of a document with its resource, in the namespace that is worked in. */
export async function recognised(
  session: Session,
  query: Query,
  { source, object }: Document,
): Promise<Info> {
  const { metadata = {} as Partial<Unstructured['metadata']> } = object as Partial<Unstructured>;
  const { name = '', namespace = '' } = metadata;
  const resource = query.isLocal
    ? localResource(object)
    : await mapKind(session, object.apiVersion ?? '', object.kind ?? '').catch((error: unknown) => {
        if (error instanceof Unreachable)
          throw new Error(`unable to recognize ${JSON.stringify(source)}: ${error.message}`, {
            cause: error,
          });
        if (!(error instanceof NoKind)) throw error;
        throw new Error(
          `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} from ${JSON.stringify(source)}: ${error.message}\nensure CRDs are installed first`,
          { cause: error },
        );
      });
  const info: Info = {
    resource,
    name,
    namespace,
    source,
    subresource: query.subresource ?? '',
    object,
  };
  return inNamespace(
    info,
    query.isLocal || query.isClusterWide ? { name: '', isExplicit: false } : session.namespace(),
    query,
  );
}

/** What is known of a resource without a server. */
function localResource({ apiVersion = '', kind = '' }: Unstructured): Discovered {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  return {
    ...{ group, version, kind, resource: `${kind.toLowerCase()}s`, singular: kind.toLowerCase() },
    ...{ namespaced: true, shortNames: [], categories: [], verbs: [], subresources: {} },
  };
}

function inNamespace(info: Info, own: ReturnType<Session['namespace']>, query: Query): Info {
  const set = (namespace: string): Info => {
    const { namespace: _, ...metadata } = (info.object?.metadata ?? {}) as { namespace?: string };
    const object = { ...info.object, metadata: namespace ? { ...metadata, namespace } : metadata };
    return { ...info, namespace, object: object as unknown as Unstructured };
  };
  if (!info.resource.namespaced) return info.namespace ? set('') : info;
  if (!info.namespace) return own.name ? set(own.name) : info;
  const { requiresNamespace = own.isExplicit && !query.allNamespaces } = query;
  if (requiresNamespace && info.namespace !== own.name)
    throw new Error(
      `the namespace from the provided object ${JSON.stringify(info.namespace)} does not match the namespace ${JSON.stringify(own.name)}. You must pass '--namespace=${info.namespace}' to perform this operation.`,
    );
  return info;
}
