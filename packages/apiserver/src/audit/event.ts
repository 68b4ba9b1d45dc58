import type { KubeObject, UserInfo } from '@coxswain/api';
import type { Status } from '@coxswain/api/types/meta';
import type { Request } from '../chain/station.ts';
import type { Level, Stage } from './policy.ts';

/** `audit.k8s.io/v1` Event, its members in upstream's order. */
export interface AuditEvent {
  readonly kind: 'Event';
  readonly apiVersion: 'audit.k8s.io/v1';
  readonly level: Level;
  readonly auditID: string;
  readonly stage: Stage;
  readonly requestURI: string;
  readonly verb: string;
  readonly user: AuditUser;
  readonly impersonatedUser?: AuditUser | undefined;
  readonly authenticationMetadata?: { readonly impersonationConstraint: string } | undefined;
  readonly sourceIPs?: readonly string[] | undefined;
  readonly userAgent?: string | undefined;
  readonly objectRef?: Readonly<Record<string, string>> | undefined;
  readonly responseStatus?: object | undefined;
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

export interface AuditUser {
  readonly username?: string | undefined;
  readonly uid?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

const agentMax = 1024;

export const auditUser = (user: UserInfo | undefined): AuditUser =>
  user
    ? {
        username: user.name,
        uid: user.uid || undefined,
        groups: user.groups.length ? user.groups : undefined,
        extra: user.extra,
      }
    : {};

/** Microseconds, as upstream writes moments of events; the clock counts milliseconds. */
export const moment = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

export function userAgent({ headers }: Request): string | undefined {
  const agent = headers['user-agent'];
  return agent && agent.length > agentMax ? `${agent.slice(0, agentMax)}...TRUNCATED` : agent;
}

/** Where a request came from: what proxies say, then who is connected. */
export function sourceIps({ headers, remoteAddress }: Request): readonly string[] | undefined {
  const forwarded = (headers['x-forwarded-for'] ?? '').split(',').map((one) => one.trim());
  const real = headers['x-real-ip'];
  const said = [...forwarded, ...(real ? [real] : [])].filter((one) =>
    /^[0-9a-fA-F.:]+$/.test(one),
  );
  const remote = remoteAddress.replace(/^::ffff:/, '');
  const all = [...new Set([...said, ...(remote && said.at(-1) !== remote ? [remote] : [])])];
  return all.length ? all : undefined;
}

/** What a request is about; what its path leaves open its object says. */
export function objectRef(
  { info }: Request,
  object: KubeObject | undefined,
): Readonly<Record<string, string>> | undefined {
  if (!info.isResource) return undefined;
  const { metadata } = object ?? {};
  const all = {
    resource: info.resource,
    namespace: info.namespace || metadata?.namespace,
    name: info.name || metadata?.name,
    uid: metadata?.uid,
    apiGroup: info.group,
    apiVersion: info.version,
    resourceVersion: metadata?.resourceVersion,
    subresource: info.subresource,
  };
  return Object.fromEntries(
    Object.entries(all).filter((one): one is [string, string] => Boolean(one[1])),
  );
}

/** The outcome: a Status as it is, of anything else only the code. */
export function responseStatus(code: number, object: unknown): object {
  const status = object as Partial<Status> | undefined;
  if (status?.kind !== 'Status') return { metadata: {}, code };
  const { kind: _k, apiVersion: _v, metadata, ...rest } = status;
  return { metadata: metadata ?? {}, ...rest, code: status.code ?? code };
}

/** `object` without the managed fields of it and of its items. */
export function withoutManagedFields(object: unknown): unknown {
  const one = object as Partial<KubeObject> & { items?: readonly unknown[]; rows?: unknown };
  if (one === null || typeof one !== 'object') return object;
  const { items, metadata } = one;
  const { managedFields: _, ...kept } = (metadata ?? {}) as { managedFields?: unknown };
  return {
    ...one,
    ...(metadata && { metadata: kept }),
    ...(Array.isArray(items) && { items: items.map(withoutManagedFields) }),
  };
}

/** A list as it goes on the wire: its items do not repeat their kind. */
export function asWritten(object: unknown): unknown {
  const list = object as { kind?: string; items?: unknown };
  if (!list?.kind?.endsWith('List') || !Array.isArray(list.items)) return object;
  const items = (list.items as readonly KubeObject[]).map(
    ({ kind: _k, apiVersion: _v, ...rest }) => rest,
  );
  return { ...list, items };
}

/** One line in the form that was there before JSON. */
export function legacyLine(event: AuditEvent): string {
  const { user, impersonatedUser: as, objectRef: about } = event;
  const quoted = (text: string | undefined): string => JSON.stringify(text ?? '');
  const groups = (list: readonly string[] | undefined, none: string): string =>
    list?.length ? list.map(quoted).join(',') : none;
  const code = (event.responseStatus as { code?: number } | undefined)?.code;
  return [
    `${event.requestReceivedTimestamp} AUDIT: id=${quoted(event.auditID)}`,
    `stage=${quoted(event.stage)} ip=${quoted(event.sourceIPs?.[0] ?? '<unknown>')}`,
    `method=${quoted(event.verb)} user=${quoted(user.username ?? '<none>')}`,
    `groups=${quoted(groups(user.groups, '<none>'))} as=${quoted(as?.username ?? '<self>')}`,
    `asgroups=${quoted(groups(as?.groups, '<lookup>'))} user-agent=${quoted(event.userAgent)}`,
    `namespace=${quoted(about?.['namespace'] ?? '<none>')} uri=${quoted(event.requestURI)}`,
    `response="${code ?? '<deferred>'}"`,
  ].join(' ');
}
